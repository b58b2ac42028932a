// The card of a position: how far from the point, how exact, drawn as rings and said in words.
import { towards } from "./field_geo.js";
import { POSITION_FIELDS, measure, obstacle, told } from "./field_position.js";
import { $, fill, metres } from "./field_texts.js";

const HALF = 54; // half the drawing, in its own units

/**
 * The position of *form*. With *spot* and *offSite* it judges the distance; *onFix(fix)* hears of
 * every better fix. ``fix`` is the best one, ``place`` how far it is: {distance, isOff, isCoarse}.
 */
export class Position {
  constructor(form, { texts, spot = null, offSite = null, onFix = () => {} }) {
    Object.assign(this, { form, texts, spot, offSite, onFix, fix: null, place: null });
    this.button = $("[data-measure]", form);
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.measure());
    const blocked = obstacle();
    if (blocked) this.fail(blocked);
  }

  say(main, notes = "") {
    $("[data-position-main]", this.form).textContent = main;
    $("[data-position-notes]", this.form).textContent = notes;
  }

  fail(reason) {
    this.say(this.texts[reason]);
    this.button.textContent = this.texts.again;
    this.button.hidden = reason === "insecure";
    this.onFix(this.fix);
  }

  async measure() {
    this.button.disabled = true;
    this.say(this.texts.waiting);
    try {
      this.take(await measure((fix) => this.sample(fix)));
    } catch (error) {
      this.fail(error.message);
    } finally {
      this.button.disabled = false;
    }
  }

  sample(fix) {
    this.judge(fix);
    const { count, accuracy } = { count: fix.samples, accuracy: Math.round(fix.accuracy) };
    this.say(fill(this.texts.measuring, { count, accuracy }));
  }

  take(fix) {
    this.judge(fix);
    const { texts, place } = this;
    const accuracy = Math.round(fix.accuracy);
    const notes = fill(texts.accuracy, { accuracy, count: fix.samples });
    if (!place) this.say(texts.exact, notes);
    else if (place.isCoarse) this.say(fill(texts.coarse, { accuracy }), notes);
    else this.say(fill(place.isOff ? texts.offSite : texts.onSite, { distance: metres(place.distance) }), notes);
    this.button.textContent = texts.again;
  }

  judge(fix) {
    this.fix = fix;
    if (this.spot) {
      const found = towards(this.spot.shape, fix);
      const limit = Math.max(this.offSite.floorM, this.offSite.factor * fix.accuracy);
      const isCoarse = fix.accuracy > this.offSite.coarseM;
      this.place = { ...found, limit, isCoarse, isOff: isCoarse || found.distance > limit };
      this.draw();
    }
    this.write();
    this.onFix(fix);
  }

  draw() {
    const { fix, place } = this;
    const rings = $("[data-rings]", this.form);
    const scale = HALF / Math.max(place.limit, place.distance + Math.min(fix.accuracy, place.distance + 30));
    const me = $("[data-ring-me]", rings);
    const around = $("[data-ring-accuracy]", rings);
    for (const circle of [me, around]) {
      circle.setAttribute("cx", -place.east * scale); // the point is the middle, the phone goes round
      circle.setAttribute("cy", place.north * scale);
    }
    around.setAttribute("r", fix.accuracy * scale);
    $("[data-ring-limit]", rings).setAttribute("r", place.limit * scale);
    rings.classList.toggle("off", place.isOff);
    rings.removeAttribute("hidden");
  }

  /** Write the fix into the form; its age counts to this moment. */
  write() {
    if (!this.fix) return;
    const values = told(this.fix);
    for (const name of POSITION_FIELDS) {
      const input = this.form.elements.namedItem(name);
      if (input?.type === "hidden") input.value = values[name];
    }
  }
}
