// The service worker of the check-in desk; its scope is one desk's page. Every scan is first written down on the device, then
// sent in order; without a connection it stays and is sent later. The server knows each scan by its number, so sending one
// twice does no harm. The page itself is kept, so that it opens without a connection.
const KEPT = "desk";
const MUTE = 8000; // milliseconds after which a line that says nothing counts as lost

// --- What is written down ---------------------------------------------------------------------------------------------

function openStore() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("desk-queue", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("scans", { keyPath: "place", autoIncrement: true });
      asked.result.createObjectStore("refused", { keyPath: "client_id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function inStore(name, mode, act) {
  const store = await openStore();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = store.transaction(name, mode);
      const asked = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    store.close();
  }
}

const waiting = () => inStore("scans", "readonly", (store) => store.getAll());
const refused = () => inStore("refused", "readonly", (store) => store.getAll());

async function tell(message) {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}

async function tellState() {
  await tell({ type: "state", waiting: (await waiting()).length, refused: await refused() });
}

// --- Sending ----------------------------------------------------------------------------------------------------------

let token = ""; // the page's newest: that of a scan may be from before the person signed in again

async function send(scan) {
  const body = new URLSearchParams({ text: scan.text, desk: scan.desk, client_id: scan.client_id, scanned_at: scan.scanned_at });
  const answer = await fetch(scan.url, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": token || scan.token },
    redirect: "manual", // to the sign-in page: nothing was stored
    signal: AbortSignal.timeout(MUTE),
  });
  if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) return answer.json();
  throw Object.assign(new Error("not taken"), { signedOut: answer.type === "opaqueredirect" || answer.status === 403 });
}

// Sends what waits, oldest first; one at a time in the whole browser. Stops at the first that does not go through.
function drain(present) {
  return navigator.locks.request("desk-queue", async () => {
    let own = null;
    let signedOut = false;
    for (const scan of await waiting()) {
      let answer;
      try {
        answer = await send(scan);
      } catch (error) {
        signedOut = Boolean(error.signedOut);
        break;
      }
      if (scan.client_id === present) own = answer;
      else if (answer.kind === "no") {
        const line = { client_id: scan.client_id, text: scan.text, scanned_at: scan.scanned_at, sentence: answer.sentence };
        await inStore("refused", "readwrite", (store) => store.put(line));
      }
      await inStore("scans", "readwrite", (store) => store.delete(scan.place));
    }
    await tellState();
    return { own, signedOut };
  });
}

async function take(request) {
  const form = new URLSearchParams(await request.text());
  const scan = { url: request.url, token: request.headers.get("X-CSRFToken") ?? "" };
  for (const name of ["text", "desk", "client_id", "scanned_at"]) scan[name] = form.get(name) ?? "";
  token = scan.token;
  await inStore("scans", "readwrite", (store) => store.add(scan));
  let { own, signedOut } = await drain(scan.client_id);
  const isStillThere = (await waiting()).some((other) => other.client_id === scan.client_id);
  // Another tab has sent it a moment ago: the server says again what came of it.
  if (!own && !isStillThere) {
    own = await send(scan).catch(() => null);
    await inStore("refused", "readwrite", (store) => store.delete(scan.client_id));
  }
  if (!own) await self.registration.sync?.register("desk-queue").catch(() => {});
  return Response.json(own ?? { kind: "queued", signed_out: signedOut, waiting: (await waiting()).length });
}

// --- The page and what it needs -----------------------------------------------------------------------------------------

const plain = (url) => url.origin + url.pathname;
const isHashed = (url) => /\.[0-9a-f]{12}\./.test(url.pathname);

async function keep(urls) {
  const kept = await caches.open(KEPT);
  await Promise.all(urls.map(async (url) => {
    const answer = await fetch(url, { redirect: "manual" }).catch(() => null);
    if (answer?.ok) await kept.put(url, answer);
  }));
}

async function page(request, url) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected && request.method === "GET" && !url.search) {
      (await caches.open(KEPT)).put(plain(url), answer.clone());
    }
    return answer;
  } catch (error) {
    const kept = await caches.match(plain(url), { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function asset(request, url) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept && isHashed(url)) return kept;
  try {
    return await fetch(request);
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function question(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(MUTE) });
  } catch {
    return Response.json({ offline: true });
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => event.waitUntil(drain()));

self.addEventListener("message", (event) => {
  const { type, ...rest } = event.data;
  if (rest.token) token = rest.token;
  if (type === "keep") event.waitUntil(keep(rest.urls));
  if (type === "state") event.waitUntil(tellState());
  if (type === "replay") event.waitUntil(drain());
  if (type === "read") event.waitUntil(inStore("refused", "readwrite", (store) => store.delete(rest.client_id)).then(tellState));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && /\/desk\/scan\/$/.test(url.pathname) && request.mode !== "navigate") {
    event.respondWith(take(request));
  } else if (request.method !== "GET") {
    return;
  } else if (request.mode === "navigate") {
    if (/\/desk\/$/.test(url.pathname)) event.respondWith(page(request, url));
  } else if (request.headers.get("Accept") === "application/json") {
    event.respondWith(question(request));
  } else if (["script", "style", "image"].includes(request.destination)) {
    event.respondWith(asset(request, url));
  }
});
