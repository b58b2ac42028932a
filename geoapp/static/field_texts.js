// The page's sentences and data, and how numbers are written; what every module of the phone uses.

/** The JSON of the script element with that id; {} where there is none. */
export const json = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");

/** Fill the holes {name} of a sentence. */
export const fill = (sentence, values = {}) =>
  sentence.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));

export const $ = (selector, from = document) => from.querySelector(selector);
export const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

const KILOMETRE_M = 1000;
const isChinese = document.documentElement.lang.startsWith("zh");

/** Metres, from one kilometre on in kilometres, as the server writes them. */
export function metres(value) {
  const [number, unit] = value < KILOMETRE_M
    ? [Math.round(value), isChinese ? "米" : "m"]
    : [(value / KILOMETRE_M).toFixed(value < 10 * KILOMETRE_M ? 1 : 0), isChinese ? "公里" : "km"];
  return `${number} ${unit}`;
}

const KILOBYTE = 1024;
const MEGABYTE = KILOBYTE * KILOBYTE; // as the server counts its limit

/** Bytes as kilobytes or megabytes. */
export function size(bytes) {
  if (bytes < MEGABYTE) return `${Math.ceil(bytes / KILOBYTE)} KB`;
  return `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`;
}

/** A time of day in Shanghai. */
export const clock = (date) =>
  date.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

/** A UUID, also on plain http, where crypto.randomUUID does not exist. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Show *text* beside the field of that name; empty takes it away. */
export function complain(field, text, from = document) {
  const place = $(`[data-error-for="${CSS.escape(field)}"]`, from);
  if (!place) return false;
  place.textContent = text;
  place.hidden = !text;
  const control = document.getElementById(field);
  if (text) control?.setAttribute("aria-invalid", "true");
  else control?.removeAttribute("aria-invalid");
  place.closest(".field")?.classList.toggle("wrong", Boolean(text));
  return true;
}
