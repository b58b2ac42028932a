// Choosing a place: the cross in the middle, a click, or Enter; the page around gets lon and lat.
"use strict";
GeoMap.picker = (map, options) => {
  const DIGITS = 6; // a tenth of a metre
  const CLOSE_ZOOM = 16;
  map.geo.picking = true;
  map.panBy = (offset) => L.Map.prototype.panBy.call(map, offset, { animate: false }); // Enter must not meet a moving map
  const box = map.getContainer();
  const cross = L.DomUtil.create("div", "map-cross", box);
  cross.setAttribute("aria-hidden", "true");
  const bar = L.DomUtil.create("div", "map-pick", box);
  const hint = L.DomUtil.create("p", "", bar);
  hint.textContent = options.texts.hint;
  const where = L.DomUtil.create("output", "", bar);
  const use = L.DomUtil.create("button", "", bar);
  use.type = "button";
  use.textContent = options.texts.use;
  L.DomEvent.disableClickPropagation(bar);
  const mark = L.circleMarker(map.getCenter(), { radius: 9, color: "#0a3440", weight: 3, fillColor: "#e5c987", fillOpacity: 1 });

  const rounded = (value) => Number(value.toFixed(DIGITS));
  function show(latlng) {
    mark.setLatLng(latlng).addTo(map);
    where.textContent = `${latlng.lng.toFixed(5)}, ${latlng.lat.toFixed(5)}`;
  }
  function place(latlng) {
    const wrapped = latlng.wrap();
    show(wrapped);
    map.fire("geo:placed", { lon: rounded(wrapped.lng), lat: rounded(wrapped.lat) });
  }

  use.addEventListener("click", () => place(map.getCenter()));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === box) place(map.getCenter());
  });
  map.on("click", (event) => {
    place(event.latlng);
    map.panTo(event.latlng);
  });
  map.on("geo:place", ({ lon, lat }) => {
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return;
    map.geo.held = true;
    show(L.latLng(lat, lon));
    map.setView([lat, lon], Math.max(map.getZoom(), CLOSE_ZOOM), { animate: false });
  });
  return {};
};
