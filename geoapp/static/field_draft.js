// What was typed survives a killed page: kept in this browser, a person and a place at a time.

const KEPT_MS = 7 * 24 * 3600 * 1000; // a visit that was not sent for a week is history
const PAUSE_MS = 250; // after the last key

/** The draft of *form* under *key*; fields of the names in *notKept* are left out. */
export class Draft {
  constructor(form, key, notKept = []) {
    this.form = form;
    this.notKept = new Set(["csrf_token", ...notKept]);
    this.key = `geoapp.draft.${key}`;
    this.timer = 0;
    const soon = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), PAUSE_MS);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    addEventListener("pagehide", () => this.dirty && this.save());
    document.addEventListener("visibilitychange", () => this.dirty && document.hidden && this.save());
    form.addEventListener("input", () => (this.dirty = true));
    form.addEventListener("change", () => (this.dirty = true));
  }

  save() {
    if (this.closed) return;
    const fields = [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !this.notKept.has(name));
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), fields }));
      this.dirty = false;
    } catch {
      // storage is full or forbidden: the page itself still holds everything
    }
  }

  /** Put an older draft back into the form; its date, or null where there is none. */
  restore() {
    let draft = null;
    try {
      draft = JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
    if (!draft || Date.now() - draft.at > KEPT_MS) return null;
    const given = new Map(draft.fields);
    for (const control of this.form.elements) {
      if (!control.name || this.notKept.has(control.name) || control.type === "file") continue;
      if (control.type === "radio") control.checked = given.get(control.name) === control.value;
      else if (control.type === "checkbox") control.checked = given.has(control.name);
      else if (given.has(control.name)) control.value = given.get(control.name);
    }
    return new Date(draft.at);
  }

  /** Forget the draft: it was received, or the person does not want it. */
  drop() {
    this.closed = true;
    clearTimeout(this.timer);
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }
}
