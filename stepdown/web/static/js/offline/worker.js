// The service worker. It answers only where the network does not: with style sheets and scripts,
// with a sheet that this person opened here, or with a page that says there is no connection.
// It never answers a post, and never keeps a board or a chart. Contract: docs/guide/interface.md.

const CACHE = `stepdown-${GIVEN.version}`;
const UNREACHED = [502, 503, 504];

self.addEventListener("install", event => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll(GIVEN.files.map(file => new Request(file, { cache: "reload" })));
  // Asked for without a cookie: it names nobody.
  await cache.add(new Request(GIVEN.shell, { cache: "reload", credentials: "omit" }));
  await self.skipWaiting();
})()));

self.addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys())
    if (name.startsWith("stepdown-") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

// --- the key ring: in memory, while somebody is at work
let ring = null, active = 0;
const held = () => {
  if (ring && (Date.now() > ring.until || Date.now() - active > ring.idle)) ring = null;
  return ring;
};

self.addEventListener("message", ({ data, ports }) => {
  if (data.kind === "take") { ring = data.ring; active = Date.now(); }
  if (data.kind === "forget" || data.kind === "lock") ring = null;
  if (data.kind === "here" && ring?.desk !== data.desk) ring = null;
  if (data.kind === "alive") {   // a worker that was put to sleep meanwhile gets the ring back
    active = Math.max(active, data.active);
    ring ??= data.ring;
  }
  if (data.kind === "give") ports[0]?.postMessage(held()?.desk === data.desk ? ring : null);
});

// --- sheets
const bytes = text => new TextEncoder().encode(text);
const tag = async (...parts) => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(parts.join("|"))));
  return btoa(String.fromCharCode(...digest.slice(0, 18))).replaceAll("+", "-").replaceAll("/", "_");
};
const read = id => new Promise((resolve, reject) => {
  const asked = indexedDB.open("stepdown");
  asked.onerror = () => reject(asked.error);
  asked.onupgradeneeded = () => asked.transaction.abort();   // nothing is kept here yet
  asked.onsuccess = () => {
    const found = asked.result.transaction("sheets").objectStore("sheets").get(id);
    found.onsuccess = () => { asked.result.close(); resolve(found.result); };
    found.onerror = () => { asked.result.close(); reject(found.error); };
  };
});

const open = async sheet => {
  for (const key of ring?.keys ?? []) {
    const additionalData = bytes(`sheets|${sheet.owner}|${sheet.id}`);
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sheet.iv, additionalData }, key, sheet.box);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch { /* sealed under another of them */ }
  }
  return null;
};

const keptSheet = async path => {
  if (!held()) return null;
  const sheet = await read(await tag("sheet", ring.desk, path)).catch(() => null);
  if (!sheet || Date.now() - sheet.at > ring.lasts) return null;
  const found = await open(sheet);
  if (!found) return null;
  const now = Math.floor((Date.now() + ring.ahead) / 1000);
  const html = found.html
    .replace(/<html\b/, `<html data-kept-at="${sheet.at + ring.ahead}"`)
    .replace(/data-clock="\d+"/, `data-clock="${now}"`);   // the clock goes on, the page does not
  return new Response(html, { headers: GIVEN.headers });
};

// A tablet in the hands of the person in care opens nothing from memory, with a network or without.
const empty = () => new Promise(resolve => {
  ring = null;
  const asked = indexedDB.open("stepdown");
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => resolve();
  asked.onsuccess = () => {
    const change = asked.result.transaction("sheets", "readwrite");
    change.objectStore("sheets").clear();
    change.oncomplete = change.onabort = () => { asked.result.close(); resolve(); };
  };
});

const page = async (request, path) => {
  try {
    const answer = await fetch(request);
    if (answer.headers.has("X-Stepdown-Handed")) await empty();
    return UNREACHED.includes(answer.status) ? await keptSheet(path) ?? answer : answer;
  } catch {
    return await keptSheet(path) ?? await caches.match(GIVEN.shell) ?? Response.error();
  }
};
const file = async request => {
  try { return await fetch(request); }
  catch { return await caches.match(request) ?? Response.error(); }
};

self.addEventListener("fetch", event => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
  else if (url.pathname.startsWith(GIVEN.static) && !url.search) event.respondWith(file(request));
});
