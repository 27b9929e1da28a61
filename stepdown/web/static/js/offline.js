// Going on without a connection: what waits is always on the screen, a form that could not be
// sent is kept sealed on this device, and sent once when it can be.
// Contract: docs/guide/interface.md, "Without a connection".

import { capable } from "./offline/store.js";
import { actor, alive, desk, drop, forget, inHand, giveBack, keepSheet, locked, ring as askRing, sweep, tell } from "./offline/ring.js";
import { add, count, list, NEEDS, remove, sendAll, WAITS } from "./offline/queue.js";

const root = document.documentElement;
const strip = document.getElementById("waits");
const sign = document.getElementById("sync");
const FORM = "form[data-offline]";
const KEPT = "[data-submission=kept]";
const PROBE_MS = 15_000, SEND_MS = 30_000, ANSWER_MS = 15_000;
const UNREACHED = [502, 503, 504];
const first = document.querySelector(FORM);
const keptAt = Number(root.dataset.keptAt) || 0;   // set by the worker: this page was kept
const isShell = document.querySelector("[data-shell]") !== null;

// The page as the server drew it, before any script or hand has touched it.
const asDrawn = () => {
  const copy = root.cloneNode(true);
  copy.querySelector("#messages")?.replaceChildren();
  copy.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(field => field.setAttribute("value", ""));
  return `<!doctype html>${copy.outerHTML}`;
};
const drawn = first && !keptAt && !document.querySelector(KEPT) ? asDrawn() : "";

const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const clock = ms => new Intl.DateTimeFormat("en-GB", {
  timeZone: strip.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
}).format(ms);
const span = ms => {
  const minutes = Math.max(0, Math.floor(ms / 60_000)), hours = Math.floor(minutes / 60);
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
};
const ahead = () => inHand()?.ahead ?? 0;

// --- what the screen says
let online = !keptAt && !isShell && navigator.onLine, state = "", waiting = { own: 0, others: 0 }, needing = 0;

const number = (name, n) => n ? fill(n === 1 ? strip.dataset[`${name}One`] : strip.dataset[`${name}Many`], { n }) : "";
const say = () => {
  const at = keptAt && clock(keptAt), age = keptAt && span(Date.now() + ahead() - keptAt), words = strip.dataset;
  const said = [
    online ? "" : words.offline,
    keptAt && !online ? fill(words.keptPage, { at, age }) : "",
    keptAt && online ? fill(words.back, { at }) : "",
    isShell && online ? words.shellBack : "",
    first && !capable ? words.incapable : "",
    number("own", waiting.own),
    number("needs", needing),
    waiting.own && state === "signed out" ? words.signIn : "",
    number("others", waiting.others),
  ].filter(Boolean).join(" ");
  const place = strip.querySelector("[data-waits-words]");
  if (place.textContent !== said) place.textContent = said;
  strip.hidden = !said;
  strip.dataset.state = online ? "ok" : "offline";
  strip.querySelector("[data-waits-list]").hidden = !(waiting.own && actor) || location.pathname === "/offline/";
  strip.querySelector("[data-waits-anew]").hidden = !(online && (keptAt || isShell));
  const below = document.querySelector("[data-lock-waits]");
  if (below) below.textContent = [online ? "" : below.dataset.offline, number("own", waiting.own)].filter(Boolean).join(" ");
  if (!sign) return;
  sign.dataset.saved ??= sign.dataset.ok;
  sign.dataset.ok = waiting.own ? number("short", waiting.own) : sign.dataset.saved;
  sign.toggleAttribute("data-waits", waiting.own > 0);
  if (sign.dataset.state === "ok") sign.textContent = sign.dataset.ok;
};

const look = async () => {
  if (!capable) { say(); return; }
  waiting = await count();
  const found = waiting.own ? await list(inHand()) : { entries: [] };
  needing = found.entries.filter(each => each.state === NEEDS).length;
  say();
};

const reach = now => {
  if (now === online) return;
  online = now;
  look();
  if (now && actor) send();
};

const send = async how => {
  if (!capable || !actor || !online || locked()) return;
  const became = await sendAll(how).catch(() => "");
  if (became) state = became;
  if (became === "unreached") online = false;
  look();
};

// Whether the server is there: a file of the frame, never from a cache; nobody's activity.
const probe = async () => {
  try {
    const answer = await fetch("/static/mark.svg?there", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000) });
    return answer.ok;
  } catch { return false; }
};

// --- a form that did not reach the server
const sentForms = new WeakMap();
document.addEventListener("submit", event => {
  const form = event.target.closest?.(FORM);
  if (form) sentForms.set(form, { fields: new FormData(form, event.submitter), typed: Date.now() });
}, true);

const note = (form, template) => {
  form.parentElement.querySelectorAll("[data-kept-note]").forEach(old => old.remove());
  const made = document.getElementById(template).content.firstElementChild.cloneNode(true);
  form.before(made);
  return made;
};

const noteKept = (form, id, at) => {
  const made = note(form, "kept-note"), words = made.querySelector("[data-kept-words]");
  made.dataset.id = id;
  words.textContent = fill(words.dataset.kept, { at: clock(at) });
  made.querySelector("[data-kept-whose]").textContent = `${form.dataset.offlineWhose ?? ""}: ${form.dataset.offline}`;
  made.querySelector("[data-kept-anew]").href = location.pathname;
  form.querySelector("dialog[open]")?.close();
  form.hidden = true;
  made.focus();
};
const becomes = (id, what, values) => document.querySelectorAll(`[data-kept-note][data-id="${CSS.escape(id)}"]`).forEach(made => {
  const words = made.querySelector("[data-kept-words]");
  words.textContent = fill(words.dataset[what], values);
  made.classList.replace("alert--warn", what === "sent" ? "alert--ok" : "alert--warn");
});
document.addEventListener("stepdown:sent", ({ detail }) => {
  becomes(detail.id, "sent", { at: clock(detail.at) });
  document.querySelectorAll(`[data-kept-note][data-id="${CSS.escape(detail.id)}"] [data-kept-next]`).forEach(link => {
    link.hidden = !detail.next;
    link.href = detail.next ?? "";
  });
});
document.addEventListener("stepdown:needed", ({ detail }) => becomes(detail.id, "needs", { words: detail.words }));

const keep = async form => {
  const { fields, typed } = sentForms.get(form) ?? { fields: new FormData(form), typed: Date.now() };
  const id = fields.get("submission");
  const ring = capable && id ? await askRing().catch(() => null) : null;
  const entry = {
    id, typed, zone: strip.dataset.zone, path: new URL(form.action, location.href).pathname,
    what: form.dataset.offline, whose: form.dataset.offlineWhose ?? "", when: form.dataset.offlineWhen ?? "occurred_at",
    fields: [...fields].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string"),
  };
  try {
    if (!ring) throw new Error("no key");
    await add(ring, entry);
  } catch (fault) {
    console.warn("not kept:", fault?.message);   // for whoever runs the tablets; never what was typed
    note(form, "not-kept").focus();   // everything typed stays on the page
    return;
  }
  noteKept(form, id, typed + ring.ahead);
  online = false;
  await look();
};

const ofEvent = event => event.detail.elt?.closest?.(FORM);
document.addEventListener("htmx:beforeSend", event => { if (ofEvent(event)) event.detail.xhr.timeout = ANSWER_MS; });
for (const kind of ["htmx:sendError", "htmx:timeout"])
  document.addEventListener(kind, event => { const form = ofEvent(event); if (form) keep(form); });
document.addEventListener("htmx:responseError", event => {
  const form = ofEvent(event);
  if (form && UNREACHED.includes(event.detail.xhr.status)) keep(form);
});
// Sent from the page after all, so it no longer waits.
document.addEventListener("htmx:afterRequest", event => {
  const form = ofEvent(event), id = form && sentForms.get(form)?.fields.get("submission");
  const status = event.detail.xhr?.status ?? 0;   // a redirect of htmx's own is not called successful
  if (id && capable && status >= 200 && status < 400) remove(id);
});
// Where htmx is missing, a press asks first whether anybody is there.
document.addEventListener("submit", async event => {
  const form = event.target.closest?.(FORM);
  const byHtmx = self.htmx && form?.hasAttribute("hx-post");
  if (!form || byHtmx || event.defaultPrevented || form.hasAttribute("data-held")) return;
  event.preventDefault();
  if (!await probe()) { keep(form); form.removeAttribute("data-sending"); return; }
  if (event.submitter?.name) {
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value });
    form.append(pressed);
  }
  HTMLFormElement.prototype.submit.call(form);
});

// A kept page is a new form each time it is opened.
const renumber = () => document.querySelectorAll(`${FORM} [name=submission]:not(${KEPT})`)
  .forEach(field => { field.value = crypto.randomUUID(); });
if (keptAt && capable) renumber();

// --- the device: who works here now, and what of others goes
let active = Date.now();
for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"])
  addEventListener(kind, () => { active = Date.now(); }, { passive: true });

const settle = async () => {
  if (!capable) { say(); return; }
  if (!actor) {
    if (!isShell) await forget();
    await look();
    return;
  }
  await tell({ kind: "here", desk: await desk() });
  waiting = await count();
  if (first && !keptAt) await navigator.serviceWorker.register("/offline/worker.js", { scope: "/" })
    .then(() => navigator.serviceWorker.ready).catch(() => null);
  const ring = first || keptAt || waiting.own || root.querySelector("[data-waits-page]") ? await askRing() : null;
  await sweep({ lasts: ring?.lasts });
  if (drawn && ring) await keepSheet(ring, {
    path: location.pathname, html: drawn, title: first.dataset.offlineSheet ?? `${first.dataset.offlineWhose ?? ""}: ${first.dataset.offline}`,
  });
  await look();
  document.dispatchEvent(new CustomEvent("stepdown:settled"));
  await send({ again: true });
};

new MutationObserver(() => {
  if (locked()) tell({ kind: "lock" });
  else giveBack().then(() => send());
  say();
}).observe(root, { attributes: true, attributeFilter: ["data-locked"] });

document.addEventListener("submit", event => {
  if (event.target.action?.includes("/account/logout/") && capable) forget();
}, true);
const channel = "BroadcastChannel" in window ? new BroadcastChannel("stepdown") : null;
channel?.addEventListener("message", ({ data }) => { if (data.kind === "here" && data.actor !== actor) drop(); });

addEventListener("offline", () => reach(false));
addEventListener("online", async () => reach(await probe()));
document.addEventListener("htmx:sendError", () => reach(false));
document.addEventListener("htmx:afterOnLoad", () => reach(true));
document.addEventListener("stepdown:offline", () => reach(false));
document.addEventListener("stepdown:online", () => reach(true));
document.addEventListener("stepdown:queued", look);
document.addEventListener("stepdown:send", () => send({ again: true }));

if (strip) {
  say();
  settle().catch(() => say());
  setInterval(async () => {
    alive(active);
    if (document.hidden) return;
    if (!online || first || waiting.own) reach(await probe());
    say();
  }, PROBE_MS);
  setInterval(() => { if (!document.hidden && waiting.own) send(); }, SEND_MS);
}
