// The base of every map document: opens the Leaflet map, fetches data, says when that failed.
// Classic script: Folium's own inline script calls GeoMap while the page is being parsed.
"use strict";
const GeoMap = (() => {
  const VIEW_KEY = "geoapp.map.view"; // where the reader moved to; what we fit is nobody's choice
  const OWN_KEYS = new Set(["at", "focus", "pick", "lang"]); // of the document, not of the data
  const CLOSE_ZOOM = 16;
  const FIT = { padding: [36, 36], maxZoom: 15 };
  L.Control.Attribution.mergeOptions({ prefix: false });
  L.Control.Layers.addInitHook(function () {
    const add = this.onAdd;
    this.onAdd = function (map) {
      const box = add.call(this, map);
      const link = box.querySelector(".leaflet-control-layers-toggle");
      link.title = map.geo.texts.layers;
      link.setAttribute("aria-label", map.geo.texts.layers);
      return box;
    };
  });

  const asked = new URLSearchParams(location.search);

  function storedView() {
    try {
      return JSON.parse(sessionStorage.getItem(VIEW_KEY));
    } catch {
      return null; // storage is blocked in some office browsers
    }
  }

  function keepView(map) {
    const { lat, lng } = map.getCenter();
    try {
      sessionStorage.setItem(VIEW_KEY, JSON.stringify({ lat, lon: lng, zoom: map.getZoom() }));
    } catch {
      // a map that forgets its place still works
    }
  }

  /** The place in ?at=lon,lat of this document; null: none or nonsense. */
  function givenPlace() {
    const [lon, lat, more] = (asked.get("at") ?? "").split(",").map(Number);
    const good = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && more === undefined;
    return good ? [lat, lon] : null;
  }

  function button(container, title, onClick) {
    const link = L.DomUtil.create("a", "", container);
    link.href = "#";
    link.role = "button";
    L.DomUtil.create("span", "home-sign", link);
    link.title = title;
    link.setAttribute("aria-label", title);
    L.DomEvent.disableClickPropagation(link);
    L.DomEvent.on(link, "click", (event) => {
      L.DomEvent.preventDefault(event);
      onClick();
    });
    return link;
  }

  /** Open the map in the element *id*; see BaseMap in maps/elements.py for *config*. */
  function open(id, config) {
    const place = givenPlace();
    const map = L.map(id, {
      center: place ?? config.center,
      zoom: place ? CLOSE_ZOOM : config.zoom,
      maxZoom: config.maxZoom,
      minZoom: 3,
      zoomControl: false,
      zoomSnap: 0.5,
      fadeAnimation: false,
    });
    map.geo = { texts: config.texts, bounds: L.latLngBounds([]), ready: 0, held: Boolean(place), focus: asked.get("focus") };
    map.getContainer().setAttribute("aria-label", config.texts.map);
    map.getContainer().setAttribute("role", "application");
    L.control.zoom({ zoomInTitle: config.texts.zoomIn, zoomOutTitle: config.texts.zoomOut }).addTo(map);
    const Home = L.Control.extend({
      options: { position: "topleft" },
      onAdd() {
        const box = L.DomUtil.create("div", "leaflet-bar");
        button(box, config.texts.home, () => fit(map));
        return box;
      },
    });
    new Home().addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    for (const [name, level] of [["labels", 390], ["shapes", 410], ["points", 450]]) {
      map.createPane(name).style.zIndex = level;
    }
    map.getPane("labels").style.pointerEvents = "none";
    map.on("moveend", () => map.geo.ready && !map.geo.picking && !map.geo.held && !map.geo.settling && keepView(map));
    return map;
  }

  /** Show everything that was loaded. */
  function fit(map) {
    if (map.geo.bounds.isValid()) map.fitBounds(map.geo.bounds, FIT);
  }

  /** After loading: stay where the reader was if something is there, else show everything. */
  function settle(map) {
    map.geo.ready += 1;
    if (map.geo.held) return; // a place was given: the reader is there already
    map.geo.settling = true;
    const kept = storedView();
    const there = kept && map.geo.bounds.contains([kept.lat, kept.lon]);
    if (there) map.setView([kept.lat, kept.lon], kept.zoom, { animate: false });
    else if (map.geo.bounds.isValid()) map.fitBounds(map.geo.bounds, { ...FIT, animate: false });
    map.geo.settling = false;
  }

  /** Fetch JSON from *url* with the filters of this document's address; a failure shows a bar. */
  async function load(map, url) {
    const address = new URL(url, location.href);
    for (const [key, value] of asked) {
      if (!OWN_KEYS.has(key)) address.searchParams.append(key, value);
    }
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json, application/geo+json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      return await answer.json();
    } catch {
      complain(map);
      return null;
    }
  }

  function complain(map) {
    const box = map.getContainer();
    if (box.querySelector(".map-alert")) return;
    const bar = L.DomUtil.create("div", "map-alert", box);
    bar.setAttribute("role", "alert");
    bar.textContent = `■ ${map.geo.texts.failed} `;
    const again = L.DomUtil.create("button", "", bar);
    again.textContent = map.geo.texts.retry;
    again.addEventListener("click", () => location.reload());
  }

  /** Options of one reading: "lamp" or "stage" → signs, and which sign a point has. */
  function reading(options, mode) {
    const signs = mode === "stage" ? options.stages : options.lamps;
    const place = new Map(signs.map((sign, index) => [sign.key, index]));
    const key = mode === "stage" ? (item) => options.stageOf[item.state] : (item) => item.lamp;
    return { signs, of: (item) => place.get(key(item)) ?? signs.length - 1 };
  }

  return { open, fit, settle, load, reading };
})();
