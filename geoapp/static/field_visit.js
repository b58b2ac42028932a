// The visit form: builds the operation out of what stands on the page, and hands it to the sender.
import { Sender, keepDraft, lacking, texts } from "./field_form.js";
import { Moves } from "./field_needs.js";
import { Photos } from "./field_photos.js";
import { POSITION_FIELDS, isAllowed, told } from "./field_position.js";
import { Position } from "./field_ring.js";
import { $, $$, complain, fill, json, metres, size } from "./field_texts.js";

const data = json("form-data");
const words = json("review-texts");
const form = $("#visit");
const field = (name) => form.elements.namedItem(name);
const answers = () => $$(".item input:checked", form);

let [position, photos, moves] = [null, null, null]; // each asks for the others while it is made

/** Whether the kind of check says "I was there". */
const isInPerson = () => data.offSite.presence.includes(field("method").value);
const isPresent = () => isInPerson() && Boolean(position?.place) && !position.place.isOff;

const draft = keepDraft(form, `visit.${data.personId}.${data.pointId}`, POSITION_FIELDS);
position = new Position(form, { texts, spot: data.spot, offSite: data.offSite, onFix: () => refresh() });
photos = new Photos($("[data-photos]"), {
  limits: data.limits,
  texts,
  whereNow: () => position.fix && told(position.fix),
  onChange: () => refresh(),
});

/** What the moves want to know of the visit. */
function state() {
  return {
    photos,
    isPresent: isPresent(),
    standards: data.standards.every((key) => field(`check-${key}`)?.value === "yes"),
    failed: answers().filter((input) => input.value === "no").length,
    findings: field("findings").value.trim(),
  };
}

moves = new Moves(form, { texts: words, state });

/** Ask only what the kind of check asks; the reason only where it is needed. */
function refresh() {
  const method = field("method").value;
  for (const item of $$("[data-methods]", form)) {
    const isAsked = item.dataset.methods.split(" ").includes(method);
    item.hidden = item.disabled = !isAsked;
  }
  const box = $("[data-off-site]", form);
  const isNeeded = isInPerson() && !isPresent();
  box.hidden = !isNeeded && field("off_site_reason").value.trim() === "";
  moves?.refresh();
}

/** The visit as plain data: what the server gets, and what a ledger on the device can keep. */
function operation() {
  position.write();
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  fields.push(["ended_at", new Date().toISOString()]);
  return { kind: "visit", url: form.action, id: field("visit_id").value, idName: "visit_id", fields, photos: photos.told() };
}

function where() {
  const { place } = position;
  if (!place) return texts.none;
  return fill(place.isOff ? texts.offSite : texts.onSite, { distance: metres(place.distance) });
}

function chosenMove() {
  const label = moves.chosen?.closest("label")?.textContent.trim() ?? texts.none;
  const lacks = moves.lacks();
  return lacks.length ? `${label} (${fill(words.lacking, { needs: lacks.join(" ") })})` : label;
}

function review() {
  const all = $$(".item:not([hidden])", form).length;
  const bad = answers().filter((input) => input.value === "no").length;
  const pairs = [
    [words.method, field("method").selectedOptions[0].textContent],
    [words.position, where()],
    [words.findings, field("findings").value.trim()],
    [words.photos, fill(words.photoCount, { count: photos.list.length, size: size(photos.bytes) })],
    [words.checklist, fill(words.checked, { done: answers().length, all, bad })],
  ];
  return moves.chosen ? [...pairs, [words.move, chosenMove()]] : pairs;
}

function isReady() {
  const names = ["findings"];
  if (isInPerson() && !isPresent()) names.push("off_site_reason");
  return !lacking(names);
}

function onRefused(problem, sentence) {
  const isMove = problem.code.startsWith("point.") && moves.chosen?.value;
  return Boolean(isMove) && complain("move", sentence);
}

const sender = new Sender({ form, draft, data, operation, review, onRefused });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  refresh();
  if (isReady()) sender.open();
});
form.addEventListener("change", () => {
  complain("move", "");
  refresh();
});
form.addEventListener("input", (event) => event.target.id && complain(event.target.id, ""));
refresh();
if (await isAllowed()) position.measure();
