// Entries that wait: put in, looked at, sent in order and once, or thrown away with a reason.

import { all, put, remove as removeRecord, seal, unseal } from "./store.js";
import { locked, owner, ring as askRing, token } from "./ring.js";

export const WAITS = "waits", NEEDS = "needs", GOING = "discarded";
const SEND_MS = 20_000;
const UNREACHED = [502, 503, 504];   // a door before the server answers: nobody knows, so send again
const changed = (kind, detail) => document.dispatchEvent(new CustomEvent(`stepdown:${kind}`, { detail }));

export const count = async () => {
  const mine = await owner(), found = await all("entries");
  const own = found.filter(each => each.owner === mine);
  return { own: own.length, others: found.length - own.length };
};

const write = async (ring, entry) => {
  const { id, ...value } = entry;
  await put("entries", await seal("entries", { id, owner: await owner() }, value, ring.keys));
};

// Mine, opened, in the order in which they happened; with how many would not open.
export const list = async ring => {
  const mine = await owner(), own = (await all("entries")).filter(each => each.owner === mine);
  if (!ring) return { entries: [], closed: own.length };
  const told = await Promise.all(own.map(async each => {
    const value = await unseal("entries", each, ring.keys);
    return value && { id: each.id, ...value };
  }));
  const entries = told.filter(Boolean).sort((a, b) => a.happened < b.happened ? -1 : a.happened > b.happened ? 1 : a.typed - b.typed);
  return { entries, closed: told.length - entries.length };
};

// The wall time of the ward, as a date-and-time field writes it; to the second.
export const wall = (ms, zone) => {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`;
};

export const add = async (ring, { id, path, what, whose, when, fields, typed, zone }) => {
  const told = fields.find(([name]) => name === when)?.[1];
  const at = typed + ring.ahead;
  // What waits is never written over; what was refused and opened again is what it says now.
  const before = (await list(ring)).entries.find(each => each.id === id);
  if (before && before.state !== NEEDS) throw new Error("this form waits already");
  await write(ring, {
    id, path, what, whose, when, fields, typed, at, state: WAITS, words: "", status: 0, tries: 0,
    happened: told ? `${told}:00`.slice(0, 19) : wall(at, zone), stamp: ring.stamp, stamped: ring.stamped,
  });
  navigator.storage?.persist?.().catch(() => false);
  changed("queued", { id });
};

export const remove = async id => { await removeRecord("entries", id); changed("queued", { id }); };

export const discard = async (id, reason) => {
  const ring = await askRing(), { entries } = await list(ring);
  const entry = entries.find(each => each.id === id);
  if (!entry) return false;
  await write(ring, { ...entry, fields: [], state: GOING, reason });   // what it said goes at once
  changed("queued", { id });
  return true;
};

// --- the server's words: plain, or the errors of the form it drew
const wordsOf = async answer => {
  const text = (await answer.text().catch(() => "")).trim();
  if (!text.startsWith("<")) return text;
  const drawn = new DOMParser().parseFromString(text, "text/html");
  const said = drawn.querySelector("[role=alert] li") ? [...drawn.querySelectorAll("[role=alert] li")]
    : [drawn.querySelector("[role=alert] p, main .verdict p, main p")].filter(Boolean);
  return said.map(each => {
    each.querySelectorAll("b").forEach(heading => heading.remove());
    return each.textContent.trim().replace(/\s+/g, " ");
  }).join(" ").slice(0, 500);
};

const post = (path, fields, headers = {}) => fetch(path, {
  method: "POST", body: new URLSearchParams(fields), credentials: "same-origin", cache: "no-store", redirect: "manual",
  signal: AbortSignal.timeout(SEND_MS), headers: { "X-CSRFToken": token(), "X-Stepdown-Fetch": "1", ...headers },
});

const stay = path => path.match(/[0-9a-f]{8}-[0-9a-f-]{27}/)?.[0] ?? path;

// My own next entry was typed with my last one in view, which had no number yet.
const handOn = async (ring, sent, answer, waiting) => {
  const seen = JSON.parse(answer.headers.get("X-Stepdown-Recorded") ?? "{}");
  for (const entry of waiting.filter(each => stay(each.path) === stay(sent.path))) {
    let touched = false;
    entry.fields = entry.fields.map(([name, value]) => {
      const had = sent.fields.find(([one]) => one === name);
      if (!(name in seen) || !had || had[1] !== value) return [name, value];
      touched = true;
      return [name, seen[name]];
    });
    if (touched) await write(ring, entry);
  }
};

// What became of one: "sent", "needs", or why the rest must wait as well.
const sendOne = async (ring, entry, waiting) => {
  let answer;
  try {
    answer = entry.state === GOING
      ? await post("/offline/discarded/", { path: entry.path, what: entry.what, reason: entry.reason,
        typed: `${new Date(entry.at).toISOString().slice(0, 19).replace("T", " ")}Z` })
      : await post(entry.path, entry.fields, { "HX-Request": "true", "X-Stepdown-Typed": JSON.stringify(
        { stamp: entry.stamp, stamped: entry.stamped, typed: entry.typed, sent: Date.now() }) });
  } catch { return "unreached"; }
  if (UNREACHED.includes(answer.status)) return "unreached";
  if (answer.status === 401) return "signed out";
  if (answer.status === 423) { document.dispatchEvent(new CustomEvent("stepdown:locked")); return "locked"; }
  if (answer.status === 429) return "later";
  if (answer.ok || answer.type === "opaqueredirect") {
    await handOn(ring, entry, answer, waiting);
    await removeRecord("entries", entry.id);
    changed("sent", { id: entry.id, at: Date.now() + ring.ahead, next: answer.headers.get("HX-Redirect") });
    return "sent";
  }
  if (answer.status >= 500 && (entry.tries += 1) < 3) { await write(ring, entry); return "later"; }
  if (entry.state === GOING) return "later";
  const words = await wordsOf(answer);
  await write(ring, { ...entry, state: NEEDS, status: answer.status, words });
  changed("needed", { id: entry.id, words });
  return "needs";
};

const REACHED = ["sent", "needs"];

// One tab sends at a time. ``again``: also what was refused for the role that was at work then.
export const sendAll = async ({ again = false } = {}) => {
  if (locked() || !(await count()).own) return "";
  return navigator.locks.request("stepdown-send", { ifAvailable: true }, async mine => {
    const ring = mine && await askRing();
    if (!ring) return mine ? "closed" : "";
    const { entries } = await list(ring);
    const ready = entries.filter(each => each.state !== NEEDS || (again && each.status === 403));
    let became = "";
    while (ready.length) {
      became = await sendOne(ring, ready.shift(), ready);
      if (!REACHED.includes(became)) break;
    }
    changed("queued", {});
    return became;
  });
};
