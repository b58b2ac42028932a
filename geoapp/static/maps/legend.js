// The legend: sign, word and number of each; two readings of the same points.
"use strict";
GeoMap.legend = (map, options) => {
  const number = new Intl.NumberFormat();
  const lists = {};

  function entry(list, sign) {
    const row = L.DomUtil.create("li", "", list);
    const shape = L.DomUtil.create("i", `shape shape-${sign.shape}`, row);
    shape.style.color = sign.colour;
    shape.setAttribute("aria-hidden", "true");
    L.DomUtil.create("span", "", row).textContent = sign.word;
    return L.DomUtil.create("b", "", row);
  }

  function choice(box, mode) {
    const label = L.DomUtil.create("label", "", box);
    const input = L.DomUtil.create("input", "", label);
    Object.assign(input, { type: "radio", name: "reading", value: mode, checked: mode === "lamp" });
    label.append(options.texts[mode]);
    input.addEventListener("change", () => {
      for (const key of Object.keys(lists)) lists[key].list.hidden = key !== mode;
      map.fire("geo:mode", { mode });
    });
  }

  const Legend = L.Control.extend({
    options: { position: "bottomright" },
    onAdd() {
      const box = L.DomUtil.create("details", "map-legend");
      box.open = map.getSize().x >= 520;
      L.DomUtil.create("summary", "", box).textContent = options.texts.title;
      const choices = L.DomUtil.create("div", "map-choice", box);
      for (const mode of ["lamp", "stage"]) {
        choice(choices, mode);
        const list = L.DomUtil.create("ul", "", box);
        list.hidden = mode !== "lamp";
        lists[mode] = { list, cells: options[`${mode}s`].map((sign) => entry(list, sign)) };
      }
      this.total = L.DomUtil.create("p", "", box);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },
  });

  const control = new Legend().addTo(map);
  map.on("geo:counts", ({ counts, total }) => {
    for (const mode of Object.keys(lists)) {
      lists[mode].cells.forEach((cell, k) => (cell.textContent = number.format(counts[mode][k])));
    }
    control.total.textContent = `${options.texts.total}: ${number.format(total)}`;
  });
  return control;
};
