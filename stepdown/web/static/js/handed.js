// A form in the hands of the person in care. The server is the lock and keeps every answer;
// this covers other tabs, says when the connection is gone, and asks before the form closes.

const $ = selector => document.querySelector(selector);
const channel = "BroadcastChannel" in window ? new BroadcastChannel("stepdown") : null;

// Every other tab of this browser covers itself. What was typed there stays under the cover.
const cover = () => channel?.postMessage({ kind: "locked" });
cover();
addEventListener("pageshow", event => { if (event.persisted) location.reload(); });

// --- time: the server's clock decides; here it is only counted
let touched = Date.now(), closed = false;
const sheet = () => $("[data-ends]");
const soon = show => { const box = $("[data-soon]"); if (box && box.hidden === show) { box.hidden = !show; if (show) box.querySelector("button").focus(); } };
const close = () => {   // nothing of the answers stays on the screen, with or without a connection
  closed = true;
  const main = $("#main"), rest = sheet()?.dataset.rest;
  main.replaceChildren($("#closed").content.cloneNode(true));
  if (rest) fetch(rest, { credentials: "same-origin", redirect: "manual" }).then(() => location.reload(), () => {});
};
setInterval(() => {
  const form = sheet();
  if (!form || closed) return;
  const idle = (Date.now() - touched) / 1000, ends = Number(form.dataset.ends);
  if (idle > ends + 1) close();
  else soon(idle > ends - Number(form.dataset.warns));
}, 1000);
document.addEventListener("click", event => {
  if (event.target.closest("[data-more]")) location.reload();   // opening the page is a touch
});
addEventListener("online", () => { if (closed) location.reload(); });

// --- answers: one at a time, and never lost in silence
let sending = false;
document.addEventListener("submit", event => {
  if (sending) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  sending = true;
  setTimeout(() => { sending = false; }, 8000);
}, true);
document.addEventListener("htmx:afterRequest", () => { sending = false; });
document.addEventListener("htmx:afterSwap", () => {
  touched = Date.now();
  $("#offline").hidden = true;
  $("[data-focus]")?.focus();
  cover();
});
const failed = () => { $("#offline").hidden = false; sending = false; };
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:timeout", failed);
document.addEventListener("htmx:responseError", () => location.reload());   // the session ended, or the house is down
