// A page that keeps itself current: polls, and replaces only what changed.
// Contract: docs/guide/interface.md, "Live pages".

const page = document.querySelector("[data-live]");
const EVERY_S = Number(page?.dataset.every) || 15;
const news = document.querySelector("[data-live-news]");
const offline = document.querySelector("[data-live-offline]");
let etag = page?.dataset.etag ?? "", failing = false, timer = 0, running = false;

const locked = () => document.documentElement.hasAttribute("data-locked");

// Focus survives a replacement: the same id, or the same place among what can be focused.
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
const remember = element => {
  const active = document.activeElement;
  if (!element.contains(active)) return () => {};
  const id = active.id, place = [...element.querySelectorAll(FOCUSABLE)].indexOf(active);
  return fresh => {
    const target = (id && document.getElementById(id)) || fresh.querySelectorAll(FOCUSABLE)[place];
    target?.focus({ preventScroll: true });
  };
};

const swap = (old, fresh) => {
  const refocus = remember(old);
  old.replaceWith(fresh);
  refocus(fresh);
};

const apply = next => {
  let changed = 0;
  page.querySelectorAll("[data-fresh]").forEach(element => element.removeAttribute("data-fresh"));
  for (const fresh of next.querySelectorAll("[data-v][id]")) {
    const old = document.getElementById(fresh.id);
    if (!old) continue;
    if (old.dataset.v === fresh.dataset.v) continue;
    const counts = old.hasAttribute("data-tile");
    swap(old, document.adoptNode(fresh));
    if (counts) { changed += 1; fresh.setAttribute("data-fresh", ""); }
  }
  document.dispatchEvent(new CustomEvent("stepdown:swapped"));
  if (news && changed) {
    const words = changed === 1 ? news.dataset.one : news.dataset.many;
    news.textContent = words.replace("{}", changed);
  }
};

// Beds were added or taken away: the frame itself is different, so take the page anew.
const tiles = root => [...root.querySelectorAll("[data-tile]")].map(tile => tile.id).join();

const say = failed => {
  if (failed === failing) return;
  failing = failed;
  document.dispatchEvent(new CustomEvent(failed ? "stepdown:offline" : "stepdown:online"));
  if (!offline) return;
  offline.hidden = !failed;
  if (failed) {
    const since = document.querySelector("[data-clock]")?.textContent ?? "";
    offline.textContent = offline.dataset.since.replace("{}", since);
  }
};

const poll = async () => {
  if (running || locked() || document.hidden) return;
  running = true;
  try {
    const headers = { "X-Stepdown-Poll": "1", ...(etag && { "If-None-Match": etag }) };
    const answer = await fetch(page.dataset.live || location.href, { headers, credentials: "same-origin", cache: "no-store", redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      clearInterval(timer);
      location.reload();   // the sign-in has ended, or the role may no longer look
      return;
    }
    if (answer.status === 423) {
      document.dispatchEvent(new CustomEvent("stepdown:locked"));
      return;
    }
    if (answer.status === 304) { say(false); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    etag = answer.headers.get("ETag") ?? "";
    say(false);
    if (tiles(next) === tiles(page)) apply(next); else location.reload();
  } catch {
    say(true);
  } finally {
    running = false;
  }
};

if (page) {
  timer = setInterval(poll, EVERY_S * 1000);
  document.addEventListener("visibilitychange", poll);
  document.addEventListener("stepdown:unlocked", poll);
  addEventListener("online", poll);
  document.addEventListener("pointerdown", () => { if (news) news.textContent = ""; });
}
