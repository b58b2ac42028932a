// The photos of a form: added one after the other, kept in memory until they have been received.
import { $, $$, complain, fill, size, uuid } from "./field_texts.js";

/** Photos under the element *box*; *limits* {bytes, photos}; *whereNow()* gives the phone's fix. */
export class Photos {
  constructor(box, { limits, texts, whereNow = () => null, onChange = () => {} }) {
    Object.assign(this, { box, limits, texts, whereNow, onChange, list: [], role: box.dataset.role });
    $("[data-slots]", box).remove(); // the file fields of the page without scripts
    $("[data-add]", box).hidden = false;
    const pick = $("[data-pick]", box);
    pick.addEventListener("change", async () => {
      const files = [...pick.files];
      for (const file of files) await this.add(file);
      pick.value = ""; // the same photo can be chosen again after it was removed
    });
    this.total();
  }

  get bytes() {
    return this.list.reduce((sum, photo) => sum + photo.blob.size, 0);
  }

  async add(file) {
    const { limits, texts } = this;
    const limit = size(limits.bytes);
    const same = (other) => other.name === file.name && other.blob.size === file.size && other.at === file.lastModified;
    let refusal = "";
    if (this.list.length >= limits.photos) refusal = fill(texts.photoTooMany, { limit: limits.photos });
    else if (this.list.some(same)) refusal = fill(texts.photoTwice, { name: file.name });
    else if (this.bytes + file.size > limits.bytes)
      refusal = fill(texts.photoTooMuch, { name: file.name, size: size(file.size), limit });
    complain("photos", refusal, this.box);
    if (refusal) return;
    try {
      // a phone may take the file itself away while the form is open; its bytes stay here
      const blob = new Blob([await file.arrayBuffer()], { type: file.type });
      this.show({ id: uuid(), name: file.name, at: file.lastModified, blob, role: this.role, added: new Date(), fix: this.whereNow() });
    } catch {
      complain("photos", fill(texts.photoUnreadable, { name: file.name }), this.box);
    }
  }

  show(photo) {
    const card = $("[data-shot]", this.box).content.firstElementChild.cloneNode(true);
    const image = $("[data-preview]", card);
    photo.url = URL.createObjectURL(photo.blob);
    image.src = photo.url;
    image.addEventListener("error", () => card.classList.add("blind"), { once: true }); // HEIC in Chromium
    $("[data-name]", card).textContent = `${photo.name} · ${size(photo.blob.size)}`;
    $("[data-shot-error]", card).dataset.errorFor = `photo-${photo.id}`;
    const role = $("[data-shot-role]", card);
    role.value = photo.role;
    role.addEventListener("change", () => {
      this.role = photo.role = role.value;
      this.onChange();
    });
    $("[data-remove]", card).addEventListener("click", () => this.remove(photo, card));
    this.list.push(photo);
    $("[data-shots]", this.box).append(card);
    this.total();
  }

  remove(photo, card) {
    URL.revokeObjectURL(photo.url);
    this.list = this.list.filter((other) => other !== photo);
    card.remove();
    complain("photos", "", this.box);
    this.total();
    $("[data-pick]", this.box).focus();
  }

  total() {
    const { texts, limits } = this;
    $$("[data-shots] > li", this.box).forEach((card, index) => {
      $("[data-preview]", card).alt = fill(texts.photoAlt, { number: index + 1 });
      $("[data-shot-role]", card).setAttribute("aria-label", fill(texts.photoShows, { number: index + 1 }));
    });
    $("[data-total]", this.box).textContent = this.list.length
      ? fill(texts.photosTotal, { count: this.list.length, size: size(this.bytes), limit: size(limits.bytes) })
      : "";
    this.onChange();
  }

  /** How many photos show *role* (any role without it). */
  count(role) {
    return this.list.filter((photo) => !role || photo.role === role).length;
  }

  /** What an operation carries of each photo. */
  told() {
    return this.list.map(({ id, name, blob, role, added, fix }) => ({ id, name, blob, role, addedAt: added.toISOString(), fix }));
  }
}
