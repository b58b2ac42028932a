// All points on one canvas: supercluster makes donuts when many, signs when few.
"use strict";
GeoMap.Points = L.Layer.extend({
  initialize(options) {
    L.setOptions(this, options);
    this.mode = "lamp";
    this.drawn = [];
    this.selected = null;
  },

  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated", map.getPane("points"));
    this.canvas.style.pointerEvents = "none";
    this.tip = L.tooltip({ direction: "top", offset: [0, -10], className: "map-tip" });
    map.on("moveend resize", this.draw, this);
    map.on("click", this.hit, this);
    map.on("mousemove", this.hover, this);
    map.on("geo:mode", this.read, this);
    map.on("geo:open", this.opened, this);
    this.cards ??= GeoMap.cards(map, this.options.card);
    if (this.index) this.draw();
    else this.load(map);
  },

  onRemove(map) {
    this.canvas.remove();
    map.off("moveend resize", this.draw, this);
    map.off("click", this.hit, this);
    map.off("mousemove", this.hover, this);
    map.off("geo:mode", this.read, this);
    map.off("geo:open", this.opened, this);
    this.tip.remove();
  },

  getEvents() {
    return { zoomanim: this.follow };
  },

  async load(map) {
    const data = await GeoMap.load(map, this.options.url);
    if (!data) return;
    this.data = data;
    const features = data.ids.map((_id, at) => ({
      type: "Feature",
      properties: { at },
      geometry: { type: "Point", coordinates: [data.lon[at], data.lat[at]] },
    }));
    const readings = { lamp: GeoMap.reading(this.options, "lamp"), stage: GeoMap.reading(this.options, "stage") };
    this.readings = readings;
    this.place = data.ids.map((_id, at) => {
      const item = { lamp: data.lamp[at], state: data.state[at] };
      return { lamp: readings.lamp.of(item), stage: readings.stage.of(item) };
    });
    const keys = ["lamp", "stage"].flatMap((mode) => readings[mode].signs.map((_sign, k) => mode + k));
    const zero = Object.fromEntries(keys.map((key) => [key, 0]));
    this.index = new Supercluster({
      radius: 54,
      extent: 256,
      maxZoom: 15,
      minPoints: 3,
      map: ({ at }) => ({ ...zero, [`lamp${this.place[at].lamp}`]: 1, [`stage${this.place[at].stage}`]: 1 }),
      reduce: (sum, more) => keys.forEach((key) => (sum[key] += more[key])),
    }).load(features);
    for (const { geometry } of features) map.geo.bounds.extend([geometry.coordinates[1], geometry.coordinates[0]]);
    GeoMap.settle(map);
    if (map.geo.focus) this.select(map.geo.focus, true);
    this.draw();
    this.tell(map);
  },

  /** Tell the legend how many there are of each. */
  tell(map) {
    const counts = { lamp: [], stage: [] };
    for (const mode of ["lamp", "stage"]) {
      counts[mode] = this.readings[mode].signs.map(() => 0);
      for (const place of this.place) counts[mode][place[mode]] += 1;
    }
    map.geo.counts = counts;
    map.fire("geo:counts", { counts, total: this.place.length });
  },

  read({ mode }) {
    this.mode = mode;
    this.draw();
  },

  /** Move the old picture with a zoom until the new one is drawn. */
  follow(event) {
    if (!this.seen) return;
    const at = this._map._latLngBoundsToNewLayerBounds(this.seen, event.zoom, event.center).min;
    L.DomUtil.setTransform(this.canvas, at, this._map.getZoomScale(event.zoom, this.zoom));
  },

  draw() {
    const map = this._map;
    if (!map || !this.index) return;
    const size = map.getSize();
    const rim = size.multiplyBy(0.15).round();
    const wide = size.x + 2 * rim.x;
    const high = size.y + 2 * rim.y;
    const ratio = window.devicePixelRatio || 1;
    const corner = map.containerPointToLayerPoint(rim.multiplyBy(-1));
    Object.assign(this.canvas, { width: wide * ratio, height: high * ratio });
    Object.assign(this.canvas.style, { width: `${wide}px`, height: `${high}px` });
    L.DomUtil.setTransform(this.canvas, corner, 1);
    this.seen = L.latLngBounds(map.layerPointToLatLng(corner), map.layerPointToLatLng(corner.add([wide, high])));
    this.zoom = map.getZoom();
    this.rim = rim;
    const g = this.canvas.getContext("2d");
    g.scale(ratio, ratio);
    this.drawn = this.items(corner);
    const { signs } = this.readings[this.mode];
    for (const item of this.drawn) {
      if (item.counts) GeoMap.draw.donut(g, signs, item.counts, item.total, item.x, item.y, item.r);
      else GeoMap.draw.sign(g, signs[item.sign], item.x, item.y, item.r);
      if (item.id === this.selected) GeoMap.draw.halo(g, item.x, item.y, item.r);
    }
  },

  /** What lies in the view, the smallest on top. */
  items(corner) {
    const { signs } = this.readings[this.mode];
    const box = [this.seen.getWest(), this.seen.getSouth(), this.seen.getEast(), this.seen.getNorth()];
    const found = this.index.getClusters(box, Math.floor(this.zoom)).map((feature) => {
      const [lon, lat] = feature.geometry.coordinates;
      const { x, y } = this._map.latLngToLayerPoint([lat, lon]).subtract(corner);
      const { cluster, cluster_id: node, point_count: total, at } = feature.properties;
      if (!cluster) return { x, y, lat, lon, r: 7, total: 1, id: this.data.ids[at], sign: this.place[at][this.mode] };
      const counts = signs.map((_sign, k) => feature.properties[this.mode + k]);
      return { x, y, lat, lon, r: GeoMap.draw.radius(total), total, counts, node };
    });
    return found.sort((a, b) => b.total - a.total || (b.sign ?? 0) - (a.sign ?? 0));
  },

  under(event, reach) {
    const { x, y } = event.containerPoint.add(this.rim ?? [0, 0]);
    return this.drawn.filter((item) => Math.hypot(item.x - x, item.y - y) <= item.r + reach);
  },
});
