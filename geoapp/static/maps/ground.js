// Declared layers under the points: towns, rivers, roads; drawn from GeoJSON of our own server.
"use strict";
GeoMap.ground = (map, options) => {
  const pane = `ground-${options.order}-${map.geo.grounds ?? 0}`;
  map.geo.grounds = (map.geo.grounds ?? 0) + 1;
  map.createPane(pane).style.zIndex = 210 + Math.min(options.order, 150);
  map.getPane(pane).style.pointerEvents = "none";
  const renderer = L.canvas({ pane, padding: 0.3 });
  const group = L.layerGroup([], { attribution: options.attribution });
  const labels = L.layerGroup([]);
  let paths = null;

  const label = (feature, path) => {
    const name = feature.properties?.[options.label];
    if (!name) return;
    const text = document.createElement("span");
    text.textContent = name;
    const place = path.getCenter?.bind(path) ?? path.getLatLng.bind(path);
    labels.addLayer(
      L.tooltip({ permanent: true, direction: "center", className: "ground-label", interactive: false, pane: "tooltipPane" })
        .setContent(text)
        .setLatLng(path.getBounds ? path.getBounds().getCenter() : place()),
    );
  };

  async function load() {
    const data = await GeoMap.load(map, options.url);
    if (!data) return;
    paths = L.geoJSON(data, {
      pane,
      renderer,
      style: options.style,
      pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { ...options.style, pane, renderer, radius: 3 }),
      onEachFeature: options.label ? label : undefined,
    });
    map.geo.ground = (map.geo.ground ?? 0) + paths.getLayers().length;
    byZoom();
  }

  function byZoom() {
    if (!paths) return;
    const zoom = map.getZoom();
    const visible = zoom >= options.minZoom && zoom <= options.maxZoom;
    group[visible ? "addLayer" : "removeLayer"](paths);
    group[visible && zoom >= options.labelZoom ? "addLayer" : "removeLayer"](labels);
  }

  map.on("zoomend", byZoom);
  load();
  return group;
};
