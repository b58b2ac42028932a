// What the chosen move still lacks, as the form stands now. The server has the last word.
import { $, $$ } from "./field_texts.js";

const TWO = 2;
const PAIR = new Set(["two_photos", "after_photos"]);

/** The list of moves in *form*; *state()* gives {photos, position, standards, failed, findings}. */
export class Moves {
  constructor(form, { texts, state }) {
    Object.assign(this, { form, texts, state });
    form.addEventListener("input", () => this.refresh());
    form.addEventListener("change", () => this.refresh());
    this.refresh();
  }

  /** The chosen radio button; undefined where the form offers no move. */
  get chosen() {
    return $$("input[name=move]", this.form).find((radio) => radio.checked);
  }

  isMet(kind, verb) {
    const { photos, isPresent, standards, failed, findings } = this.state();
    if (kind.startsWith("fields ")) return kind.split(" ").slice(1).every((name) => this.isFilled(`${verb}-${name}`));
    if (PAIR.has(kind)) return photos.count(kind === "after_photos" ? "after" : undefined) >= TWO;
    const checks = {
      photo: () => photos.count() > 0,
      relapse_photo: () => photos.count() > 0,
      visit: () => true,
      recent_visit: () => isPresent,
      reason: () => findings !== "",
      failed_items: () => failed > 0,
      five_checks: () => standards,
    };
    return checks[kind]?.() ?? false;
  }

  isFilled(name) {
    const control = this.form.elements.namedItem(name);
    return control !== null && (control.type === "checkbox" ? control.checked : control.value.trim() !== "");
  }

  refresh() {
    const chosen = this.chosen?.value ?? "";
    for (const box of $$("[data-move]", this.form)) {
      box.hidden = box.dataset.move !== chosen;
      if (!box.hidden) for (const item of $$("[data-need]", box)) this.mark(item);
    }
    for (const output of $$("[data-progress]", this.form)) {
      output.textContent = `${this.form.elements.namedItem(output.htmlFor.value).value} %`;
    }
  }

  mark(item) {
    const isMet = "met" in item.dataset || this.isMet(item.dataset.need, item.dataset.verb);
    item.classList.toggle("met", isMet);
    $(".shape", item).className = `shape ${isMet ? "shape-circle" : "shape-ring"}`;
    $("[data-need-state]", item).textContent = isMet ? this.texts.given : this.texts.missing;
  }

  /** The sentences of what the chosen move lacks. */
  lacks() {
    const box = $$("[data-move]", this.form).find((one) => !one.hidden);
    if (!box) return [];
    return $$("[data-need]:not(.met)", box).map((item) => item.lastElementChild.lastChild.textContent.trim());
  }
}
