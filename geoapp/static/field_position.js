// The phone's position: the best of many fixes, until it is good enough or 20 s have passed.

const GOOD_M = 10; // better fixes do not come from phones
const LONGEST_MS = 20000;
const OPTIONS = { enableHighAccuracy: true, maximumAge: 0, timeout: LONGEST_MS };

/** The form fields that carry a fix. */
export const POSITION_FIELDS = ["lon", "lat", "accuracy_m", "age_s", "samples", "pos_source"];

/** Whether this page may ask at all; null when it may, else "insecure" or "unavailable". */
export function obstacle() {
  if (!window.isSecureContext) return "insecure";
  return "geolocation" in navigator ? null : "unavailable";
}

/** Whether the person has already allowed it, so that a page may measure without asking. */
export async function isAllowed() {
  if (obstacle() || !navigator.permissions) return false;
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state === "granted";
  } catch {
    return false;
  }
}

/** What the server stores of a fix; its age counts from the moment of asking. */
export function told(fix) {
  return {
    lon: fix.lon,
    lat: fix.lat,
    accuracy_m: Math.round(fix.accuracy * 10) / 10,
    age_s: Math.max(0, Math.round((Date.now() - fix.at) / 100) / 10),
    samples: fix.samples,
    pos_source: "gnss",
  };
}

/**
 * Measure: resolves with the best fix {lon, lat, accuracy, at, samples}, rejects with "denied",
 * "unavailable" or "insecure". *onSample* hears of every better fix on the way.
 */
export function measure(onSample = () => {}) {
  const blocked = obstacle();
  if (blocked) return Promise.reject(new Error(blocked));
  return new Promise((resolve, reject) => {
    let best = null;
    let samples = 0;
    const finish = (reason) => {
      navigator.geolocation.clearWatch(watch);
      clearTimeout(timer);
      if (best) resolve({ ...best, samples });
      else reject(new Error(reason));
    };
    const timer = setTimeout(() => finish("unavailable"), LONGEST_MS);
    const watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        samples += 1;
        if (!best || coords.accuracy <= best.accuracy) {
          best = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, at: timestamp };
        }
        onSample({ ...best, samples });
        if (best.accuracy <= GOOD_M) finish();
      },
      (error) => finish(error.code === error.PERMISSION_DENIED ? "denied" : "unavailable"),
      OPTIONS,
    );
  });
}
