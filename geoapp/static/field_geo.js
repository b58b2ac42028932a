// Metres between a phone and a point's shape. The plane touches the globe at the phone, so within a
// few kilometres the error is far below the fix's own; the server measures again on the ellipsoid.

const RADIUS_M = 6371008.8; // mean radius of the WGS-84 ellipsoid
const RADIANS = Math.PI / 180;

const plane = (here) => {
  const shrink = Math.cos(here.lat * RADIANS);
  return ([lon, lat]) => [(lon - here.lon) * RADIANS * RADIUS_M * shrink, (lat - here.lat) * RADIANS * RADIUS_M];
};

/** The place on segment a-b nearest to the origin. */
function nearestOn(a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const part = length ? Math.min(1, Math.max(0, -(a[0] * dx + a[1] * dy) / length)) : 0;
  return [a[0] + part * dx, a[1] + part * dy];
}

function nearestOnLine(line) {
  let best = line[0];
  for (let index = 1; index < line.length; index += 1) {
    const place = nearestOn(line[index - 1], line[index]);
    if (Math.hypot(...place) < Math.hypot(...best)) best = place;
  }
  return best;
}

/** Whether the origin lies inside the ring. */
function inside(ring) {
  let within = false;
  for (let index = 0, last = ring.length - 1; index < ring.length; last = index, index += 1) {
    const [[x1, y1], [x2, y2]] = [ring[index], ring[last]];
    if (y1 > 0 !== y2 > 0 && ((x2 - x1) * -y1) / (y2 - y1) + x1 > 0) within = !within;
  }
  return within;
}

function nearestOnArea(rings) {
  if (inside(rings[0]) && !rings.slice(1).some(inside)) return [0, 0];
  return shortest(rings.map(nearestOnLine));
}

const shortest = (places) => places.reduce((a, b) => (Math.hypot(...a) <= Math.hypot(...b) ? a : b));

/**
 * Where the nearest part of *shape* (GeoJSON) lies from *here*: {distance, east, north} in metres.
 */
export function towards(shape, here) {
  const flat = plane(here);
  const lines = (coordinates) => coordinates.map((line) => line.map(flat));
  const kinds = {
    Point: (coordinates) => flat(coordinates),
    LineString: (coordinates) => nearestOnLine(coordinates.map(flat)),
    MultiLineString: (coordinates) => shortest(lines(coordinates).map(nearestOnLine)),
    Polygon: (coordinates) => nearestOnArea(lines(coordinates)),
    MultiPolygon: (coordinates) => shortest(coordinates.map((area) => nearestOnArea(lines(area)))),
  };
  const [east, north] = kinds[shape.type](shape.coordinates);
  return { distance: Math.hypot(east, north), east, north };
}
