// The page of what waits: whose, what, when typed, what became of it; and the sheets kept here.

import { all, capable, unseal } from "./store.js";
import { desk, ring as askRing, token } from "./ring.js";
import { discard, GOING, list, NEEDS, wall } from "./queue.js";

const page = document.querySelector("[data-waits-page]");
const zone = document.getElementById("waits").dataset.zone;
const words = page.dataset;
const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const when = ms => new Intl.DateTimeFormat("en-GB", {
  timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
}).format(ms);
const from = id => document.getElementById(id).content.firstElementChild.cloneNode(true);
const UNSPOKEN = /^(submission|.*_seen|.*-asked|.*-unit|do|confirmed|unit)$/;

const stateOf = entry => entry.state === GOING ? words.going
  : entry.state === NEEDS ? fill(words.needs, { words: entry.words || words.unsaid }) : words.waits;

const line = entry => {
  const made = from("waits-entry"), part = name => made.querySelector(`[data-${name}]`);
  part("whose").textContent = entry.whose;
  part("what").textContent = entry.what;
  part("typed").textContent = fill(words.typed, { at: when(entry.at) });
  part("state").textContent = stateOf(entry);
  made.classList.toggle("alert--warn", entry.state === NEEDS);
  const told = part("told");
  for (const [name, value] of entry.fields) {
    if (UNSPOKEN.test(name) || !value.trim()) continue;
    const term = document.createElement("dt"), said = document.createElement("dd");
    term.textContent = name.replace(/[-_]/g, " ");
    said.textContent = value;
    told.append(term, said);
  }
  part("fields").hidden = !told.children.length;
  const open = part("open-form"), away = part("discard");
  open.hidden = entry.state !== NEEDS || entry.status === 403;
  open.addEventListener("click", () => reopen(entry));
  away.hidden = entry.state === GOING;
  away.addEventListener("click", () => ask(entry));
  return made;
};

// The form itself, posted as it was typed: the server draws it with what is wrong, or with the
// other score beside it. Its time is written out, so that "now" can no longer be meant.
const reopen = entry => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: entry.path, hidden: true });
  const fields = new Map(entry.fields);
  if (!fields.get(entry.when)) fields.set(entry.when, wall(entry.at, zone).slice(0, 16));
  const once = entry.fields.filter(([name]) => name !== entry.when);
  const sent = [...once, [entry.when, fields.get(entry.when)], ["csrfmiddlewaretoken", token()]];
  for (const [name, value] of sent) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form);
  form.submit();
};

const dialog = document.getElementById("discard");
let chosen = null;
const ask = entry => {
  chosen = entry;
  dialog.querySelector("[data-which]").textContent = `${entry.whose}: ${entry.what}, ${fill(words.typed, { at: when(entry.at) })}`;
  dialog.querySelector("form").reset();
  dialog.querySelector("[role=alert]").textContent = "";
  dialog.showModal();
};
dialog.querySelector("form").addEventListener("submit", async event => {
  event.preventDefault();
  const reason = new FormData(event.target).get("reason").trim(), error = dialog.querySelector("[role=alert]");
  if (!reason) { error.textContent = error.dataset.say; return; }
  await discard(chosen.id, reason);
  dialog.close();
  document.dispatchEvent(new CustomEvent("stepdown:send"));
});
page.querySelector("[data-send]").addEventListener("click", () => document.dispatchEvent(new CustomEvent("stepdown:send")));

const sheets = async ring => {
  const mine = await desk(), found = (await all("sheets")).filter(each => each.owner === mine);
  const opened = await Promise.all(found.map(async each => ({ at: each.at + ring.ahead, ...await unseal("sheets", each, ring.keys) })));
  return opened.filter(each => each.title).sort((a, b) => a.title < b.title ? -1 : 1);
};

const draw = async () => {
  if (!capable) { page.querySelector("[data-incapable]").hidden = false; return; }
  const ring = await askRing(), { entries, closed } = await list(ring);
  page.querySelector("[data-entries]").replaceChildren(...entries.map(line));
  page.querySelector("[data-none]").hidden = entries.length + closed > 0;
  page.querySelector("[data-send]").hidden = !entries.length;
  const shut = page.querySelector("[data-closed]");
  shut.hidden = !closed;
  shut.textContent = closed ? fill(ring ? words.lost : words.closed, { n: closed }) : "";
  const kept = ring ? await sheets(ring) : [];
  page.querySelector("[data-sheets]").hidden = !kept.length;
  page.querySelector("[data-sheet-list]").replaceChildren(...kept.map(each => {
    const made = from("waits-sheet"), link = made.querySelector("a");
    link.href = each.path;
    link.textContent = each.title;
    made.querySelector("[data-at]").textContent = fill(words.kept, { at: when(each.at) });
    return made;
  }));
};

document.addEventListener("stepdown:queued", draw);
document.addEventListener("stepdown:settled", draw);
draw();
