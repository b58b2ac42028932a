// The point page: how far it is from here, and its position for another app.
import { towards } from "./field_geo.js";
import { isAllowed, measure } from "./field_position.js";
import { $, $$, fill, json, metres } from "./field_texts.js";
import { toast } from "./toast.js";

const { spot, texts } = json("point-data");

for (const button of $$("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(texts.copied);
  });
}

if (await isAllowed()) {
  const show = (fix) => {
    const away = $("[data-away]");
    away.textContent = fill(texts.away, { distance: metres(towards(spot.shape, fix).distance) });
    away.hidden = false;
  };
  measure(show).then(show, () => {});
}
