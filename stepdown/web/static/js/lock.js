// The idle lock: an opaque sheet over everything, with whatever was typed still under it.
// The session is locked on the server, too; this only shows and lifts the sheet.
// A locked server answers scripts with 423 and the event stepdown:locked.

const sheet = document.getElementById("lock");
const body = document.body.dataset;
const root = document.documentElement;
const idleMs = Number(body.idleSeconds) * 1000;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("stepdown") : null;
const tell = (kind, detail = {}) => channel?.postMessage({ kind, actor: body.actor, ...detail });
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
  ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const post = url => fetch(url, {
  method: "POST", credentials: "same-origin", keepalive: true,
  headers: { "X-CSRFToken": token(), "X-Stepdown-Fetch": "1" },
}).catch(() => null);

let active = Date.now(), told = active, title = document.title;

const locked = () => root.hasAttribute("data-locked");
const lock = ({ here }) => {
  if (locked()) return;
  title = document.title;
  document.title = sheet.querySelector("h2").textContent.trim();   // no name stays on a tab
  root.setAttribute("data-locked", "");
  sheet.showModal();
  if (here) { tell("locked"); if (body.lockUrl) post(body.lockUrl); }
};
const unlock = ({ here }) => {
  if (!locked()) return;
  root.removeAttribute("data-locked");
  document.title = title;
  sheet.querySelector("form").reset();
  sheet.querySelector("#lock-error").textContent = "";
  sheet.close();
  active = Date.now();
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(field => { field.value = token(); });
  if (here) tell("unlocked");
  document.dispatchEvent(new CustomEvent("stepdown:unlocked"));
};

const stir = () => {
  if (locked()) return;
  const now = Date.now();
  if (now - active > 5000) tell("active");
  active = now;
  if (body.touchUrl && now - told > idleMs / 4) { told = now; post(body.touchUrl); }
};

const send = async event => {
  event.preventDefault();
  const form = event.target, error = form.querySelector("#lock-error");
  error.textContent = "";
  const data = new FormData(form);
  data.set("csrfmiddlewaretoken", token());
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST", body: data, credentials: "same-origin", redirect: "manual",
      headers: { "X-Stepdown-Fetch": "1" },
    });
  } catch { error.textContent = error.dataset.offline; return; }
  if (answer.status === 204) { unlock({ here: true }); return; }
  const words = answer.type === "opaqueredirect" ? "" : await answer.text();
  error.textContent = /^\s*</.test(words) || !words ? error.dataset.failed : words;
  form.querySelector("[data-over]").hidden = answer.status !== 401;   // signed out: unlocking is over
  form.querySelector("input[type=password]").select();
};

if (sheet && idleMs) {
  for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"])
    addEventListener(kind, stir, { passive: true });
  setInterval(() => { if (Date.now() - active > idleMs) lock({ here: true }); }, 1000);
  sheet.addEventListener("cancel", event => event.preventDefault());
  sheet.addEventListener("close", () => { if (locked()) sheet.showModal(); });
  sheet.querySelector("form").addEventListener("submit", send);
  channel?.addEventListener("message", ({ data }) => {
    if (data.kind === "active") active = Date.now();
    if (data.kind === "locked") lock({ here: false });
    if (data.kind === "unlocked" && data.actor === body.actor) unlock({ here: false });
    if (data.kind === "here" && data.actor === body.actor) unlock({ here: false });
  });
  document.addEventListener("stepdown:locked", () => lock({ here: false }));
  document.addEventListener("click", event => {
    if (!event.target.closest("[data-lock-now]")) return;
    event.preventDefault();   // the form round it is for pages without script
    lock({ here: true });
  });
}
if (body.actor) tell("here");
