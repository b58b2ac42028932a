// What the forms of the phone share: draft, review, sending, and refusals that lose nothing.
import { Draft } from "./field_draft.js";
import { send, weight } from "./field_send.js";
import { $, clock, complain, fill, json, size } from "./field_texts.js";

const texts = json("form-texts");
const SIGN_IN = 401;
const TOO_LARGE = 413;

export { texts };

/** Bring an older draft of *form* back and say so; the page asks with Discard to begin anew. */
export function keepDraft(form, key, notKept = []) {
  const draft = new Draft(form, key, notKept);
  const since = $("[data-refusal] .alert") ? null : draft.restore(); // a refused form is newer
  if (since) {
    $("[data-restored-text]").textContent = fill(texts.restored, { time: clock(since) });
    $("[data-restored]").hidden = false;
  }
  $("[data-discard]").addEventListener("click", () => {
    draft.drop();
    location.reload();
  });
  return draft;
}

function rows(list, pairs) {
  list.replaceChildren(
    ...pairs.flatMap(([term, value]) => {
      const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
      dt.textContent = term;
      dd.textContent = value;
      return [dt, dd];
    }),
  );
}

/**
 * The dialog in which a person checks and sends. *review()* gives pairs to show, *operation()* what
 * is sent, *onRefused(problem)* may show the refusal at its field; then it returns true.
 */
export class Sender {
  constructor({ form, draft, data, operation, review, onRefused }) {
    Object.assign(this, { draft, limits: data.limits, receipts: data.receipts, operation, review, onRefused });
    // a repeat after a lost answer tells exactly the same, unless the person has changed something
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => (this.pending = null));
    this.dialog = $("#review");
    this.bar = $("progress", this.dialog);
    $("[data-back]", this.dialog).addEventListener("click", () => this.dialog.close());
    $("[data-send]", this.dialog).addEventListener("click", () => this.send());
    this.dialog.addEventListener("cancel", (event) => this.busy && event.preventDefault());
  }

  open() {
    rows($("[data-review]", this.dialog), this.review());
    this.say(null);
    this.dialog.showModal();
  }

  say(title, hint = "") {
    $("[data-send-error]", this.dialog).hidden = title === null;
    $("[data-send-error-text]", this.dialog).textContent = title ?? "";
    $("[data-send-error-hint]", this.dialog).textContent = hint;
  }

  progress(share) {
    this.bar.value = share * 100;
    const percent = Math.round(share * 100);
    $("[data-sending-text]", this.dialog).textContent =
      share < 1 ? fill(texts.sending, { percent }) : texts.checking;
  }

  set busy(value) {
    this.isBusy = value;
    $("[data-sending]", this.dialog).hidden = !value;
    for (const button of this.dialog.querySelectorAll("button")) button.disabled = value;
  }

  get busy() {
    return this.isBusy;
  }

  async send() {
    if (this.busy) return;
    const operation = (this.pending ??= this.operation());
    if (weight(operation) > this.limits.bytes) return this.tooLarge(operation);
    this.say(null);
    this.busy = true;
    this.progress(0);
    const result = await send(operation, (share) => this.progress(share));
    if (result.receipt) {
      this.draft.drop();
      location.replace(result.receipt.receipt_url); // "back" must not lead to a form that was sent
      return;
    }
    this.busy = false;
    if (result.lost) this.say(texts.notSent, texts.lost);
    else if (result.strange) this.say(texts.notSent, texts.strange);
    else this.refused(result.problem, operation);
  }

  tooLarge(operation) {
    const [largest] = [...operation.photos].sort((a, b) => b.blob.size - a.blob.size);
    const bytes = size(weight(operation));
    const name = largest?.name ?? "";
    this.say(texts.notSent, fill(texts.tooLarge, { size: bytes, limit: size(this.limits.bytes), name }));
  }

  /** An earlier sending arrived, its answer did not, and the form was changed in between. */
  received(problem, operation) {
    this.draft.drop();
    this.say(problem.detail, problem.hint);
    const link = document.createElement("a");
    link.className = "button wide";
    link.href = this.receipts + operation.id;
    link.textContent = texts.receipt;
    $("[data-send-error-hint]", this.dialog).append(link);
  }

  refused(problem, operation) {
    this.pending = null;
    if (problem.code === "visits.id_taken") return this.received(problem, operation);
    if (problem.status === SIGN_IN) return this.say(texts.notSent, texts.signIn);
    if (problem.status === TOO_LARGE && !problem.data?.field) return this.tooLarge(operation);
    const sentence = [problem.detail, problem.hint].filter(Boolean).join(" ");
    const field = problem.data?.field ?? "";
    const isShown = this.onRefused?.(problem, sentence) || (field && complain(field, sentence));
    if (!isShown) return this.say(problem.detail, problem.hint);
    this.dialog.close();
    const place = $(`[data-error-for]:not([hidden])`);
    place?.scrollIntoView({ block: "center" });
    (document.getElementById(field) ?? place)?.focus?.();
  }
}

/** Show *fields* that a form needs and does not have; true when one is missing. */
export function lacking(fields) {
  let first = null;
  for (const name of fields) {
    const control = document.getElementById(name);
    const isEmpty = control.value.trim() === "";
    complain(name, isEmpty ? texts.needed : "");
    if (isEmpty) first ??= control;
  }
  first?.focus();
  return first !== null;
}
