// Short messages in the corner; spoken by screen readers.
const STAY_MS = 6000; // long enough to read two lines
const SHAPES = { red: "square", yellow: "triangle", green: "circle", blue: "diamond" };

/** Show *message*; tone is green, yellow, red or blue. */
export function toast(message, tone = "green") {
  const box = document.getElementById("toasts");
  if (!box) return;
  const item = document.createElement("div");
  item.className = `alert tone-${tone}`;
  const shape = document.createElement("span");
  shape.className = `shape shape-${SHAPES[tone] ?? "ring"}`;
  shape.setAttribute("aria-hidden", "true");
  const text = document.createElement("p");
  text.textContent = message;
  item.append(shape, text);
  box.append(item);
  setTimeout(() => item.remove(), STAY_MS);
}

/** The page's own small sentences, in the reader's language. */
export const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
