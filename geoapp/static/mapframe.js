// A page with a map frame: rows [data-point] and points mark each other; a place fills the form.
// The frame is <iframe data-map>; a picker names its inputs: data-lon="#lon" data-lat="#lat".

const frames = () => document.querySelectorAll("iframe[data-map]");
const tell = (frame, message) =>
  frame.contentWindow?.postMessage({ from: "geoapp-page", ...message }, location.origin);
const inputs = (frame) => [frame.dataset.lon, frame.dataset.lat].map((name) => name && document.querySelector(name));

function mark(id) {
  for (const row of document.querySelectorAll("[data-point]")) {
    const here = id !== null && row.dataset.point === String(id);
    if (here === (row.getAttribute("aria-selected") === "true")) continue;
    row.toggleAttribute("aria-selected", here);
    if (here) {
      row.setAttribute("aria-selected", "true");
      row.scrollIntoView({ block: "nearest" });
    }
  }
}

function typed(frame) {
  const [lon, lat] = inputs(frame).map((input) => (input && input.value.trim() !== "" ? Number(input.value) : NaN));
  if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) tell(frame, { type: "place", lon, lat });
}

function fill(frame, message) {
  inputs(frame).forEach((input, index) => {
    if (!input) return;
    input.value = String(index ? message.lat : message.lon);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new CustomEvent("placed", { bubbles: true }));
  });
}

window.addEventListener("message", (event) => {
  const frame = [...frames()].find((item) => item.contentWindow === event.source);
  const message = event.data ?? {};
  if (!frame || event.origin !== location.origin || message.from !== "geoapp-map") return;
  if (message.type === "selected") mark(message.id);
  if (message.type === "placed") fill(frame, message);
  if (message.type === "ready" && frame.dataset.lon) typed(frame);
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-point]");
  if (!row || event.target.closest("a, button, input, select, label")) return;
  mark(row.dataset.point);
  for (const frame of frames()) tell(frame, { type: "select", id: row.dataset.point, show: true });
});

document.addEventListener("change", (event) => {
  for (const frame of frames()) if (inputs(frame).includes(event.target)) typed(frame);
});

// A frame that came up before this script has already said "ready" to nobody.
for (const frame of frames()) {
  const inside = frame.contentDocument;
  if (frame.dataset.lon && inside?.readyState === "complete" && inside.URL !== "about:blank") typed(frame);
}
