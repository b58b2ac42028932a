// The list: more lines at its end, and nearest first once the phone has said where it is.
import { isAllowed, measure, obstacle } from "./field_position.js";
import { $, clock, fill, json } from "./field_texts.js";

const KEY = "geoapp.here"; // of this tab only: where somebody is does not outlive the walk
const FRESH_MS = 10 * 60 * 1000; // after ten minutes on foot another point is the nearest
const texts = json("list-texts");
const lines = $("#lines");
const box = $("[data-here]");
let here = null; // the position that the lines on the page are sorted by
const say = (text) => ($("[data-here-text]").textContent = text);

const digits = (value) => value.toFixed(5); // one metre

function remembered() {
  try {
    const fix = JSON.parse(sessionStorage.getItem(KEY));
    return fix && Date.now() - fix.at < FRESH_MS ? fix : null;
  } catch {
    return null;
  }
}

function remember(fix) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ lon: fix.lon, lat: fix.lat, at: Date.now() }));
  } catch {
    // a private window keeps nothing; the list is sorted all the same
  }
}

async function fetched(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text(); // our own template, escaped by the server
  return holder.content;
}

function address(fix, base = lines.dataset.items) {
  const url = new URL(base, location.href);
  const page = new URLSearchParams(location.search);
  for (const name of ["chip", "q"]) if (page.has(name)) url.searchParams.set(name, page.get(name));
  if (fix) url.searchParams.set("near", `${digits(fix.lon)},${digits(fix.lat)}`);
  return url;
}

async function sortFrom(fix) {
  try {
    lines.replaceChildren(await fetched(address(fix)));
    here = fix;
    say(fill(texts.sorted, { time: clock(new Date(fix.at)) }));
    $("[data-here-ask]").textContent = texts.again;
  } catch {
    say(texts.failed);
  }
}

async function ask() {
  const button = $("[data-here-ask]");
  button.disabled = true;
  say(texts.asking);
  try {
    const fix = { ...(await measure()), at: Date.now() };
    remember(fix);
    await sortFrom(fix);
  } catch {
    say(texts.denied);
  } finally {
    button.disabled = false;
  }
}

async function more(link) {
  link.setAttribute("aria-disabled", "true");
  try {
    const next = await fetched(address(here, link.dataset.more));
    const first = next.querySelector("a.list-item");
    link.closest("li").replaceWith(next);
    first?.focus();
  } catch {
    link.removeAttribute("aria-disabled");
    say(texts.failed);
  }
}

lines.addEventListener("click", (event) => {
  const link = event.target.closest("[data-more]");
  if (!link) return;
  event.preventDefault();
  if (!link.hasAttribute("aria-disabled")) more(link);
});

box.hidden = false;
if (obstacle()) {
  say(texts.impossible);
  $("[data-here-ask]").hidden = true;
} else {
  $("[data-here-ask]").addEventListener("click", ask);
  const fix = remembered();
  if (fix) sortFrom(fix);
  else if (await isAllowed()) ask();
}
