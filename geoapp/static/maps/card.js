// Cards of points, fetched when a point is opened; the server escapes every text in them.
"use strict";
GeoMap.cards = (map, template) => {
  const popup = L.popup({ minWidth: 240, maxWidth: 320, autoPanPadding: [24, 24], className: "card-popup" });

  function pager(found, at, show) {
    const row = L.DomUtil.create("div", "card-pager");
    for (const [sign, step] of [["‹", -1], ["›", 1]]) {
      const button = L.DomUtil.create("button", "", row);
      button.type = "button";
      button.textContent = sign;
      button.addEventListener("click", (event) => {
        event.stopPropagation(); // the button is gone when Leaflet asks where the click was
        show((at + step + found.length) % found.length);
      });
    }
    row.children[0].insertAdjacentText("afterend", ` ${at + 1} / ${found.length} `);
    return row;
  }

  /** Open the card of the first of *found* (ids of points on the same spot) at *latlng*. */
  function open(found, latlng, at = 0) {
    const box = L.DomUtil.create("div", "card-box");
    box.textContent = "…";
    popup.setLatLng(latlng).setContent(box).openOn(map);
    map.fire("geo:open", { id: found[at] });
    fetch(template.replace("{id}", encodeURIComponent(found[at])), { headers: { Accept: "text/html" } })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then((text) => {
        box.innerHTML = text;
        if (found.length > 1) box.append(pager(found, at, (next) => open(found, latlng, next)));
        popup.update();
      })
      .catch(() => {
        box.textContent = map.geo.texts.failed;
      });
  }
  map.on("popupclose", () => map.fire("geo:open", { id: null }));
  return { open };
};
