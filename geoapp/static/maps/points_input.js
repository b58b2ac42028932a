// How people reach points on the map: click, hover, selection from the page around.
"use strict";
GeoMap.Points.include({
  hit(event) {
    if (this._map.geo.picking) return;
    const reach = L.Browser.mobile ? 14 : 4; // a thumb is wider than a pointer
    const found = this.under(event, reach);
    const singles = found.filter((item) => !item.counts);
    if (singles.length) return this.cards.open(singles.map((item) => item.id).reverse(), [singles.at(-1).lat, singles.at(-1).lon]);
    const cluster = found.at(-1);
    if (!cluster) return;
    const zoom = Math.min(this.index.getClusterExpansionZoom(cluster.node), this._map.getMaxZoom());
    this._map.setView([cluster.lat, cluster.lon], Math.max(zoom, this._map.getZoom() + 1));
  },

  hover(event) {
    const item = this.under(event, 2).at(-1);
    this._map.getContainer().classList.toggle("over-point", Boolean(item));
    if (!item) return void this.tip.remove();
    const { signs } = this.readings[this.mode];
    const words = item.counts
      ? item.counts.map((count, k) => (count ? `${signs[k].word} ${count}` : "")).filter(Boolean).join(" · ")
      : signs[item.sign].word;
    const text = document.createElement("span");
    text.textContent = words;
    this.tip.setContent(text).setLatLng([item.lat, item.lon]).addTo(this._map);
  },

  opened({ id }) {
    if (id !== null) this.select(id);
  },

  /** Mark the point *id*; *show* moves the map there, close enough to see it alone. */
  select(id, show = false) {
    if (this.selected === id && !show) return;
    this.selected = id;
    const at = this.data ? this.data.ids.findIndex((known) => String(known) === String(id)) : -1;
    if (at >= 0) {
      this.selected = this.data.ids[at];
      const place = [this.data.lat[at], this.data.lon[at]];
      if (show) this._map.setView(place, Math.max(this._map.getZoom(), 16), { animate: false });
    }
    this.draw();
  },
});

GeoMap.points = (map, options) => {
  map.geo.points = new GeoMap.Points(options);
  return map.geo.points;
};
