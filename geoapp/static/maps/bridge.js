// Between the map document and the page around it: which point is marked. Same origin only.
"use strict";
GeoMap.bridge = (map) => {
  const outside = window.parent === window ? null : window.parent;
  const tell = (message) => outside?.postMessage({ from: "geoapp-map", ...message }, location.origin);

  map.on("geo:open", ({ id }) => tell({ type: "selected", id }));
  map.on("geo:counts", ({ total }) => tell({ type: "loaded", total }));
  map.on("geo:placed", ({ lon, lat }) => tell({ type: "placed", lon, lat }));
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== outside) return;
    const message = event.data ?? {};
    if (message.from !== "geoapp-page") return;
    if (message.type === "select") map.geo.points?.select(message.id, message.show === true);
    if (message.type === "place") map.fire("geo:place", message);
  });
  tell({ type: "ready" });
  return {};
};
