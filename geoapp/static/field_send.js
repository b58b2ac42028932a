// Sends one operation and believes only a receipt. The operation is plain data: {url, id, idName,
// fields: [[name, value]], photos: [{id, name, blob, role, addedAt, fix}]}; a ledger on the device
// can hold it and call send() whenever there is a connection.

const BASE_MS = 30000;
const SLOWEST_BYTES_A_MS = 5; // 5 KB/s: the slowest line on which a photo may still arrive
const PROBLEM = "application/problem+json";
const OK = 200;
const CREATED = 201;

/** The operation as a form; each photo with its own id, role, time and position. */
export function formOf(operation) {
  const form = new FormData();
  for (const [name, value] of operation.fields) form.append(name, value);
  form.append("device_at", new Date().toISOString()); // of this sending: shows a wrong clock
  for (const photo of operation.photos) {
    const prefix = `photo-${photo.id}-`;
    form.append(`${prefix}id`, photo.id);
    form.append(`${prefix}role`, photo.role);
    form.append(`${prefix}added_at`, photo.addedAt);
    for (const [name, value] of Object.entries(photo.fix ?? {})) form.append(prefix + name, value);
    form.append(`${prefix}file`, photo.blob, photo.name || "photo.jpg");
  }
  return form;
}

/** How many bytes the photos and texts of the operation have. */
export function weight(operation) {
  const texts = operation.fields.reduce((sum, [name, value]) => sum + name.length + 3 * value.length, 0);
  return operation.photos.reduce((sum, photo) => sum + photo.blob.size, texts);
}

function post(url, form, bytes, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of the upload's progress
    request.open("POST", url);
    request.setRequestHeader("Accept", `${PROBLEM}, application/json`);
    request.timeout = BASE_MS + bytes / SLOWEST_BYTES_A_MS;
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    const done = () => {
      let body = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        body = null;
      }
      resolve({ status: request.status, kind: request.getResponseHeader("Content-Type") ?? "", body });
    };
    request.addEventListener("load", done);
    for (const name of ["error", "timeout", "abort"]) request.addEventListener(name, () => resolve({ status: 0 }));
    request.send(form);
  });
}

async function freshToken() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("input[name=csrf_token]")?.value ?? "";
}

/**
 * Send; resolves with {receipt}, {problem} (the server's own refusal), {lost: true} (no answer) or
 * {strange: true} (somebody else answered). Never rejects, and may be repeated without harm.
 */
export async function send(operation, onProgress = () => {}, retried = false) {
  const answer = await post(operation.url, formOf(operation), weight(operation), onProgress);
  if (!answer.status) return { lost: true };
  const { status, kind, body } = answer;
  const isReceipt = (status === OK || status === CREATED) && body?.[operation.idName] === operation.id;
  if (isReceipt) return { receipt: body };
  if (!kind.startsWith(PROBLEM) || !body?.code) return { strange: true };
  if (body.code === "web.form_expired" && !retried) {
    const token = await freshToken().catch(() => "");
    const fields = operation.fields.map(([name, value]) => [name, name === "csrf_token" ? token : value]);
    return send({ ...operation, fields }, onProgress, true);
  }
  return { problem: body };
}
