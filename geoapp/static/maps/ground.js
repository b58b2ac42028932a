// Declared layers under the points: towns, rivers, roads; drawn from GeoJSON of our own server.
"use strict";
GeoMap.ground = (map, options) => {
  const LABEL = { glyph: 14, line: 16 }; // pixels of one CJK character with its spacing
  const pane = `ground-${(map.geo.grounds = (map.geo.grounds ?? 0) + 1)}`;
  map.createPane(pane).style.zIndex = 210 + Math.min(options.order, 150);
  map.getPane(pane).style.pointerEvents = "none";
  const renderer = L.canvas({ pane, padding: 0.3 });
  const group = L.layerGroup([], { attribution: options.attribution });
  const labels = L.layerGroup([]);
  const named = [];
  let paths = null;

  function collect(feature, path) {
    const name = feature.properties?.[options.label];
    if (!name) return;
    const bounds = path.getBounds?.() ?? L.latLngBounds([path.getLatLng()]);
    const width = bounds.getEast() - bounds.getWest();
    named.push({ name: String(name), at: bounds.getCenter(), width });
  }

  function write({ name, at }) {
    const text = document.createElement("span");
    text.textContent = name;
    return L.tooltip({ permanent: true, direction: "center", className: "ground-label", interactive: false, pane: "labels" })
      .setContent(text)
      .setLatLng(at);
  }

  /** Labels of the widest features first; one that would cover another is left out. */
  function placeLabels() {
    labels.clearLayers();
    const taken = [];
    for (const item of named) {
      const half = L.point((item.name.length * LABEL.glyph) / 2, LABEL.line / 2);
      const at = map.latLngToLayerPoint(item.at);
      const box = L.bounds(at.subtract(half), at.add(half));
      if (taken.some((other) => other.overlaps(box))) continue;
      taken.push(box);
      labels.addLayer(write(item));
    }
  }

  async function load() {
    const data = await GeoMap.load(map, options.url);
    if (!data) return;
    paths = L.geoJSON(data, {
      pane,
      renderer,
      style: options.style,
      pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { ...options.style, pane, renderer, radius: 3 }),
      onEachFeature: options.label ? collect : undefined,
    });
    named.sort((a, b) => b.width - a.width);
    map.geo.ground = (map.geo.ground ?? 0) + paths.getLayers().length;
    byZoom();
  }

  function byZoom() {
    if (!paths) return;
    const zoom = map.getZoom();
    const visible = zoom >= options.minZoom && zoom <= options.maxZoom;
    const labelled = visible && zoom >= options.labelZoom;
    group[visible ? "addLayer" : "removeLayer"](paths);
    if (labelled) placeLabels();
    group[labelled ? "addLayer" : "removeLayer"](labels);
  }

  map.on("zoomend", byZoom);
  load();
  return group;
};
