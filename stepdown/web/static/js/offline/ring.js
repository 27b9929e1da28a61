// The key ring of who works here: given by the server to a signed-in page, held in memory by
// the page and by the worker, and by nobody once the screen is locked or somebody signs out.

import { all, capable, device, put, remove, seal, tag } from "./store.js";

const body = document.body.dataset;
export const actor = body.actor ?? "";
const RENEW_MS = 10 * 60_000;   // a stamp older than this is renewed while the server is there
const WAIT_MS = 8000;

export const locked = () => document.documentElement.hasAttribute("data-locked");
export const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
  ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

// Whose entries these are, and whose sheets: entries are a person's, sheets a person's in one role.
export const owner = async () => actor && tag("person", await device(), actor);
export const desk = async () => actor && tag("desk", await device(), actor, body.working ?? "");

const worker = async () => {
  const found = navigator.serviceWorker.controller
    ?? (await navigator.serviceWorker.getRegistration("/"))?.active;
  return found ?? null;
};
export const tell = async (message, ports = []) => capable && (await worker())?.postMessage(message, ports);

const askWorker = async message => {
  const there = await worker();
  if (!there) return null;
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve(null), 4000);
    there.postMessage(message, [port2]);
  });
};

const askServer = async () => {
  const sent = Date.now();
  const answer = await fetch("/offline/key/", {
    method: "POST", credentials: "same-origin", cache: "no-store", redirect: "manual",
    signal: AbortSignal.timeout(WAIT_MS), body: new URLSearchParams({ device: await device() }),
    headers: { "X-CSRFToken": token(), "X-Stepdown-Fetch": "1" },
  });
  if (!answer.ok) return null;
  const given = await answer.json(), stamped = Math.round((sent + Date.now()) / 2);
  const keys = await Promise.all(given.keys.map(each => crypto.subtle.importKey(
    "raw", Uint8Array.from(atob(each), one => one.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"])));
  return {
    desk: await desk(), keys, stamp: given.stamp, stamped, ahead: given.now - stamped,
    working: given.working, lasts: given.lasts_ms, until: stamped + given.lasts_ms, idle: given.idle_ms,
  };
};

let held = null, asking = null;
const usable = ring => ring && ring.working === (body.working ?? "") && Date.now() < ring.until;

const find = async () => {
  if (!capable || !actor) return null;
  held ??= await askWorker({ kind: "give", desk: await desk() });
  if (!usable(held)) held = null;
  if (held && (Date.now() - held.stamped < RENEW_MS || locked())) return held;
  const fresh = await askServer().catch(() => null);
  if (fresh && usable(fresh)) {
    held = fresh;
    await tell({ kind: "take", ring: held });
    await keepList(held).catch(() => null);
  }
  return held;
};

// The ring of who works here, or null: not signed in, not in touch and none in memory, or too old.
export const ring = () => asking ??= find().finally(() => { asking = null; });
export const inHand = () => usable(held) ? held : null;

export const giveBack = async () => { if (usable(held)) await tell({ kind: "take", ring: held }); };
export const alive = active => { if (usable(held) && !locked()) tell({ kind: "alive", active, ring: held }); };
export const drop = () => { held = null; };

// --- sheets: a page kept whole, sealed, for the person and role it was drawn for
export const keepSheet = async (ring, { path, html, title }) => {
  const record = { id: await tag("sheet", ring.desk, path), owner: ring.desk, at: Date.now() };
  await put("sheets", await seal("sheets", record, { path, html, title }, ring.keys));
};
const keepList = async ring => {   // the list of what waits is needed most when it cannot be asked for
  const answer = await fetch("/offline/", { credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(WAIT_MS) });
  if (answer.ok) await keepSheet(ring, { path: "/offline/", html: await answer.text(), title: "" });
};

// Sheets of anybody else, of another role, or too old, are gone as soon as a page sees them.
export const sweep = async ({ lasts = Infinity, everything = false } = {}) => {
  const mine = await desk();
  for (const sheet of await all("sheets"))
    if (everything || sheet.owner !== mine || Date.now() - sheet.at > lasts) await remove("sheets", sheet.id);
};
export const forget = async () => {
  held = null;
  await tell({ kind: "forget" });
  await sweep({ everything: true });
};
