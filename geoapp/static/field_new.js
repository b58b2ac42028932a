// A new point found on the way: its place by satellites, by the cross on a map, or typed.
import { Sender, keepDraft, lacking, texts } from "./field_form.js";
import { Photos } from "./field_photos.js";
import { isAllowed, told } from "./field_position.js";
import { Position } from "./field_ring.js";
import { $, complain, fill, json, size } from "./field_texts.js";

const LAST = "geoapp.last-new"; // category and unit of the last point: rounds are alike
const PAUSE_MS = 400;
const data = json("form-data");
const words = json("review-texts");
const form = $("#new");
const field = (name) => form.elements.namedItem(name);

function preset() {
  try {
    const last = JSON.parse(localStorage.getItem(LAST)) ?? {};
    for (const name of ["category", "responsible_unit_id"]) if (last[name]) field(name).value = last[name];
  } catch {
    // nothing was kept
  }
}

function rememberLast() {
  try {
    const last = { category: field("category").value, responsible_unit_id: field("responsible_unit_id").value };
    localStorage.setItem(LAST, JSON.stringify(last));
  } catch {
    // the next form begins empty
  }
}

if (!$("[data-refusal] .alert")) preset();
const draft = keepDraft(form, `new.${data.personId}`);

const position = new Position(form, {
  texts,
  onFix: (fix) => {
    if (!fix) return;
    place("gnss", fix.lon, fix.lat);
  },
});
const photos = new Photos($("[data-photos]"), {
  limits: data.limits,
  texts,
  whereNow: () => position.fix && told(position.fix),
});

/** Take a place; what was chosen by another way before is replaced. */
function place(method, lon, lat) {
  field("location_method").value = method;
  field("lon").value = Number(lon).toFixed(6);
  field("lat").value = Number(lat).toFixed(6);
  if (method !== "typed") field("datum").value = "wgs84";
  complain("position", "");
  lookAround();
}

let timer = 0;
function lookAround() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const url = new URL(data.nearbyUrl, location.href);
    url.searchParams.set("near", `${field("lon").value},${field("lat").value}`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) $("[data-nearby]").innerHTML = await answer.text(); // our own template
  }, PAUSE_MS);
}

for (const name of ["lon", "lat"]) {
  field(name).addEventListener("placed", () => {
    place("map_click", field("lon").value, field("lat").value);
    position.say(words.chosen, `${field("lon").value}, ${field("lat").value}`);
  });
  field(name).addEventListener("input", (event) => {
    if (!event.isTrusted) return; // written by the map, not by a person
    field("location_method").value = "typed";
    position.say(words.typed);
    lookAround();
  });
}

$("[data-map-fold]").addEventListener("toggle", (event) => {
  const box = $("[data-map-box]");
  if (!event.target.open || box.firstChild) return;
  const frame = document.createElement("iframe");
  Object.assign(frame, { className: "map", src: box.dataset.src, title: box.dataset.title });
  Object.assign(frame.dataset, { map: "", lon: "#lon", lat: "#lat" });
  box.append(frame);
});

function operation() {
  position.write();
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return { kind: "point", url: form.action, id: field("point_id").value, idName: "point_id", fields, photos: photos.told() };
}

const review = () => [
  [words.category, field("category").selectedOptions[0].textContent],
  [words.name, field("name").value.trim()],
  [words.position, `${field("lon").value}, ${field("lat").value}`],
  [words.photos, fill(words.photoCount, { count: photos.list.length, size: size(photos.bytes) })],
];

function onRefused(problem) {
  if (problem.code === data.outsideCode) $("[data-outside]").hidden = false;
  return problem.code === data.outsideCode && complain("position", [problem.detail, problem.hint].join(" "));
}

const sender = new Sender({ form, draft, data, operation, review, onRefused });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (lacking(["name", "description"])) return;
  const isPlaced = field("lon").value.trim() !== "" && field("lat").value.trim() !== "";
  complain("position", isPlaced ? "" : texts.needed);
  complain("photos", photos.list.length ? "" : texts.needed);
  const missing = $("[data-error-for]:not([hidden])");
  if (missing) return missing.scrollIntoView({ block: "center" });
  rememberLast();
  sender.open();
});
form.addEventListener("input", (event) => event.target.id && complain(event.target.id, ""));
if (field("lon").value) lookAround();
else if (await isAllowed()) position.measure();
