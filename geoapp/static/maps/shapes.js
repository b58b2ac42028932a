// Points that are lines or areas: colour and dash say the lamp or the stage.
"use strict";
GeoMap.shapes = (map, options) => {
  const DASHES = { circle: null, triangle: "9 5", square: null, diamond: "12 4 2 4", ring: "2 5", down: "9 5", hexagon: "14 4", target: "12 4 2 4", cross: "2 5" };
  const SMALLEST_ZOOM = 11; // below this a line is a dot, and the point layer draws the dot
  const group = L.layerGroup([]);
  const renderer = L.canvas({ pane: "shapes", padding: 0.3, tolerance: 6 });
  const cards = GeoMap.cards(map, options.card);
  let layer = null;
  let mode = "lamp";

  const style = ({ properties }) => {
    const { signs, of } = GeoMap.reading(options, mode);
    const { colour, shape } = signs[of(properties)];
    return { color: colour, weight: shape === "square" ? 5 : 4, opacity: 0.95, dashArray: DASHES[shape], fillColor: colour, fillOpacity: 0.18, lineCap: "butt" };
  };

  async function load() {
    const data = await GeoMap.load(map, options.url);
    if (!data) return;
    layer = L.geoJSON(data, {
      pane: "shapes",
      renderer,
      style,
      onEachFeature: (feature, path) => {
        path.on("click", (event) => {
          if (map.geo.picking) return;
          L.DomEvent.stopPropagation(event);
          cards.open([feature.properties.id], event.latlng);
        });
      },
    });
    const bounds = layer.getBounds();
    if (bounds.isValid()) map.geo.bounds.extend(bounds);
    map.geo.shapes = layer.getLayers().length;
    byZoom();
  }

  function byZoom() {
    if (!layer) return;
    if (map.getZoom() >= SMALLEST_ZOOM) group.addLayer(layer);
    else group.removeLayer(layer);
  }

  map.on("zoomend", byZoom);
  map.on("geo:mode", (event) => {
    mode = event.mode;
    layer?.setStyle(style);
  });
  load();
  return group;
};
