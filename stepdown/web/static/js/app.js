// What every page shares: chips, dialogs, keys, printing, one submit at a time.
// Everything is an extra: pages read and submit without it.

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const shown = element => element.getClientRects().length > 0;

// --- chips: aria-pressed is the state; data-single makes a group exclusive
document.addEventListener("click", event => {
  const chip = event.target.closest("button[aria-pressed]:not([data-theme-toggle])");
  if (!chip) return;
  const group = chip.closest("[data-single]");
  const pressed = group ? "true" : String(chip.getAttribute("aria-pressed") !== "true");
  if (group) $$("button[aria-pressed]", group).forEach(one => one.setAttribute("aria-pressed", "false"));
  chip.setAttribute("aria-pressed", pressed);
  chip.dispatchEvent(new CustomEvent("chip", { bubbles: true }));
});

// --- the board's role filter dims; it never moves a bed
const filterByRole = () => {
  const chosen = $("[data-role-filter] button[aria-pressed=true]");
  if (!chosen) return;
  $$("[data-roles]").forEach(element => {
    const mine = chosen.value === "all" || element.dataset.roles.split(" ").includes(chosen.value);
    element.toggleAttribute("data-dim", !mine);
    if (element.closest(".due")) element.hidden = !mine;
  });
};
document.addEventListener("chip", event => { if (event.target.closest("[data-role-filter]")) filterByRole(); });
document.addEventListener("stepdown:swapped", filterByRole);

// --- dialogs and printing
document.addEventListener("click", event => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target.closest("[data-print]")) print();
});

// --- one submit at a time: a second press does nothing until the first is answered
const busy = (form, on) => {
  form.toggleAttribute("data-sending", on);
  $$("button:not([type=button])", form).concat($$(`button[form="${form.id}"]`))
    .forEach(button => { if (on) button.setAttribute("aria-busy", "true"); else button.removeAttribute("aria-busy"); });
};
document.addEventListener("submit", event => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-unlock")) return;
  if (form.hasAttribute("data-sending")) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  // Later, so that the browser has read which button was pressed, and another script may hold it back.
  setTimeout(() => { if (!form.hasAttribute("data-held")) busy(form, true); });
}, true);
document.addEventListener("htmx:afterRequest", event => {
  const form = event.detail.elt.closest?.("form");
  if (form) setTimeout(() => busy(form, false));
});
addEventListener("pageshow", () => $$("form[data-sending]").forEach(form => busy(form, false)));

// --- errors: the summary takes the focus, so that it is read and seen
const focusErrors = within => $("[data-focus]", within)?.focus();
document.addEventListener("htmx:afterSwap", event => focusErrors(event.detail.target.parentNode ?? document));
focusErrors(document);

// --- a short confirmation; failures stay on the page instead
let toastTimer;
document.addEventListener("stepdown:toast", event => {
  const toast = $("#toast");
  toast.textContent = event.detail;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.textContent = ""; }, 5000);
});

// --- connection: what the top bar says about saving
export const sync = (state, since = "") => {
  const sign = $("#sync");
  if (!sign || sign.dataset.state === state) return;
  sign.dataset.state = state;
  sign.textContent = (sign.dataset[state] ?? "").replace("{}", since);
};
const clockNow = () => $("[data-clock]")?.textContent ?? "";
document.addEventListener("stepdown:offline", () => sync("offline", clockNow()));
document.addEventListener("stepdown:online", () => sync("ok"));
document.addEventListener("htmx:sendError", () => sync("offline", clockNow()));
document.addEventListener("htmx:afterOnLoad", () => sync("ok"));

// --- the house answered that it could not: the form stays as it is, and the sentence stands above it
document.addEventListener("htmx:responseError", event => {
  const { xhr } = event.detail;
  const place = $("#messages");
  if (xhr.status < 500 || !place) return;
  const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  const alert = document.createElement("div");
  alert.className = "alert alert--stop";
  alert.setAttribute("role", "alert");
  alert.tabIndex = -1;
  alert.textContent = plain && xhr.responseText ? xhr.responseText : place.dataset.failed;
  place.replaceChildren(alert);
  alert.focus();
});

// --- keys: single letters are off in fields and can be turned off (WCAG 2.1.4)
const keysOn = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
const toggle = $("[data-keys-toggle]");
if (toggle) {
  toggle.checked = keysOn();
  document.documentElement.toggleAttribute("data-keys-off", !keysOn());
  toggle.addEventListener("change", () => {
    try { localStorage.setItem("keys", toggle.checked ? "on" : "off"); } catch { /* private window */ }
    document.documentElement.toggleAttribute("data-keys-off", !toggle.checked);
  });
}
const typing = target => target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

const step = direction => {
  const items = $$("[data-jk] a, [data-jk] summary").filter(shown);
  if (!items.length) {
    $(direction > 0 ? "a[rel~=next]" : "a[rel~=prev]")?.click();
    return;
  }
  const here = items.findIndex(item => item === document.activeElement);
  items[Math.min(Math.max(here + direction, 0), items.length - 1)].focus();
};

let going = 0;
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!keysOn() || typing(event.target) || $("dialog[open]")) return;
  if (event.key === "?") { $("#keys")?.showModal(); event.preventDefault(); return; }
  if (event.key === "/") {
    const find = $("[data-find]");
    const page = $("[data-search]");
    if (find) { find.focus(); event.preventDefault(); } else if (page) { page.click(); event.preventDefault(); }
    return;
  }
  if (event.key === "g") { going = event.timeStamp; return; }
  if (going && event.timeStamp - going < 1500) {
    const place = $(`[data-go="${CSS.escape(event.key)}"]`);
    going = 0;
    if (place) { place.click(); event.preventDefault(); return; }
  }
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
});

// --- on a phone the open tab is scrolled into view
$$(".subnav [aria-current], .bar__nav [aria-current]").forEach(tab => {
  const box = tab.parentElement;
  box.scrollLeft = tab.offsetLeft - box.offsetLeft - 40;
});
