// Scoring at the bedside. The page already works as plain radios and fields; this adds
// the live preview, the keys, and the second look at unusual values.
// The server computes every result again. Contract: docs/guide/interface.md, "Scoring".

const $ = (selector, within) => within.querySelector(selector);
const $$ = (selector, within) => [...within.querySelectorAll(selector)];
const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const keysOn = () => !document.documentElement.hasAttribute("data-keys-off");
const typing = target => target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select");

// --- vital signs: one number in the stored unit, whatever unit it was typed in
const typed = input => {
  const text = input.value.trim().replace(",", ".");
  return text === "" ? null : Number(text);
};
const line = input => {
  const unit = input.dataset.unitSelect && document.getElementById(input.dataset.unitSelect);
  const option = unit?.selectedOptions[0];
  return {
    unit: option?.value ?? input.dataset.unit,
    factor: Number(option?.dataset.factor ?? 1), offset: Number(option?.dataset.offset ?? 0),
  };
};
const stored = input => {
  const value = typed(input), { unit, factor, offset } = line(input);
  if (value === null || Number.isNaN(value) || unit === input.dataset.unit) return value;
  return Number((value * factor + offset).toFixed(Number(input.dataset.decimals ?? 0)));
};
// A warning speaks in the unit that was typed.
const spoken = (input, low, high) => {
  const { unit, factor, offset } = line(input);
  const back = limit => unit === input.dataset.unit ? limit : String(Math.round((Number(limit) - offset) / factor));
  return { value: input.value, low: back(low), high: back(high), unit };
};
const outside = (value, low, high) =>
  (low !== undefined && low !== "" && value < Number(low)) || (high !== undefined && high !== "" && value > Number(high));

// While somebody is still typing, a warning may go but none comes: half a number is no mistake.
const check = (input, stillTyping) => {
  const { min, max, low, high, decimals } = input.dataset, value = stored(input);
  const field = input.closest(".field, [data-field]"), ask = $("[data-ask]", field), error = $("[data-error]", field);
  const shown = $("[data-converted]", field);
  const impossible = value !== null && (Number.isNaN(value) || outside(value, min, max));
  const unusual = value !== null && !impossible && outside(value, low, high);
  const quiet = input === stillTyping;
  if (error && !(quiet && error.hidden)) {
    error.hidden = !impossible;
    error.textContent = impossible ? fill(error.dataset.say, spoken(input, min, max)) : "";
  }
  if (!impossible) input.removeAttribute("aria-invalid");
  else if (!quiet) input.setAttribute("aria-invalid", "true");
  if (ask && !(quiet && ask.hidden)) {
    const changed = ask.dataset.value !== String(value);
    ask.hidden = !unusual;
    if (changed) {
      ask.dataset.value = String(value);
      $("input[type=checkbox]", ask).checked = false;
      const told = $("input[type=hidden]", ask); // which number the tick will be for
      if (told) told.value = value === null ? "" : String(value);
      const words = $("[data-ask-words]", ask);
      words.textContent = fill(words.dataset.say, spoken(input, low, high));
    }
  }
  if (shown) {
    const other = value === null || Number.isNaN(value) || impossible ? null
      : stored(input) !== typed(input) ? `${value.toFixed(Number(decimals ?? 0))} ${input.dataset.unit}`
      : `${(value * Number(shown.dataset.factor) + Number(shown.dataset.offset ?? 0)).toFixed(Number(shown.dataset.decimals ?? 0))} ${shown.dataset.unit}`;
    shown.textContent = other === null ? "" : `= ${other}`;
  }
};

// --- items: what is asked, what is answered
const items = scale => $$("fieldset[data-item]", scale).filter(item => !item.hidden);
const number = item => $("input[data-number]", item);
// A number counts as answered once it is typed; whether it can be is judged by the server.
const answer = item => {
  const input = number(item);
  return input ? (input.value.trim() === "" ? null : input) : $("input[type=radio]:checked", item);
};
// What an answer is worth: an option's own points; a number by its steps, or as it is.
const points = item => {
  const input = number(item), chosen = answer(item);
  if (!input) return Number(chosen?.dataset.points ?? 0);
  const typed = chosen ? Number(input.value.trim()) : 0, worth = input.dataset.worth;
  if (worth === "none") return 0;
  if (!worth) return typed;
  const step = worth.split(" ").map(part => part.split(":")).find(([at_most]) => typed <= Number(at_most));
  return step ? Number(step[1]) : NaN;
};
const holds = (scale, conditions) => conditions.split(" ").map(condition => {
  const [, key, how, wanted] = condition.match(/^(\w+)([=>])(.*)$/);
  const item = $(`fieldset[data-item="${CSS.escape(key)}"]`, scale), chosen = item && answer(item);
  if (!chosen) return false;
  return how === ">" ? Number(chosen.value) >= Number(wanted) : wanted.split("|").includes(chosen.value);
});
const counts = (scale, item) => !item.dataset.notCountedWhen || !holds(scale, item.dataset.notCountedWhen).some(Boolean);
const derived = item => item.hasAttribute("data-derived-from");

const branch = scale => $$("fieldset[data-asked-when]", scale).forEach(item => {
  const asked = holds(scale, item.dataset.askedWhen).every(Boolean);
  item.hidden = !asked;
  item.disabled = !asked;
});

const derive = (scale, form) => $$("fieldset[data-derived-from]", scale).forEach(item => {
  const input = $(`[data-vital="${item.dataset.derivedFrom}"]`, form);
  if (!input) return; // a correction: the vital sign is another entry, and the server has answered
  const value = stored(input);
  const usable = value !== null && Number.isInteger(value) && !outside(value, input.dataset.min, input.dataset.max);
  const step = usable && item.dataset.steps.split(" ").map(part => part.split(":"))
    .find(([at_most]) => value <= Number(at_most));
  const code = usable ? (step ? step[1] : item.dataset.above) : null;
  $$("input[type=radio]", item).forEach(radio => { radio.checked = radio.value === code; });
});

// --- the preview: a total exists only when every item is answered
const preview = scale => {
  const asked = items(scale), left = asked.filter(item => !answer(item)).length;
  asked.forEach(item => item.toggleAttribute("data-done", answer(item) !== null));
  const sign = $("[data-sign]", scale.closest("form") ?? scale);
  const box = $("[data-total]", scale.closest("form") ?? scale);
  sign?.toggleAttribute("data-incomplete", left > 0);
  if (!box || box.dataset.total !== scale.dataset.scale) { // a tier: answers, and no points
    mark(sign, { left, all: asked.length }, left);
    return;
  }
  const counted = asked.filter(item => counts(scale, item));
  const total = counted.reduce((sum, item) => sum + (answer(item) ? points(item) : Number(item.dataset.least ?? 0)), 0);
  const band = JSON.parse(box.dataset.bands).filter(one => total >= one.at_least).at(-1);
  const previous = box.dataset.prev === undefined || box.dataset.prev === "" ? null : Number(box.dataset.prev);
  const change = previous === null ? null : total - previous;
  const values = { left, all: asked.length, total, n: Math.abs(change ?? 0), at: box.dataset.prevAt, prev: previous };
  box.dataset.n = left || !band ? "none" : band.severity;
  $$(".steps rect", box).forEach((step, at) => step.classList.toggle("on", !left && at < (band?.severity ?? 0)));
  $("[data-num]", box).textContent = left || Number.isNaN(total) ? "–" : total;
  $("[data-band]", box).textContent = left ? fill(box.dataset.sayLeft, values) : band?.label ?? box.dataset.sayNoBand ?? "";
  const moved = change === null ? "" : change > 0 ? box.dataset.sayUp : change < 0 ? box.dataset.sayDown : box.dataset.saySame;
  $("[data-delta]", box).textContent = fill(left ? box.dataset.sayAtLeast : moved, values);
  mark(sign, values, left);
};
const mark = (sign, values, left) => {
  const label = sign && $("[data-sign-label]", sign);
  if (label) label.textContent = fill(left ? label.dataset.sayLeft : label.dataset.saySign, values);
};

// --- why and when, as the closed fold says it
const why = form => {
  const words = $("[data-why-now]", form), chosen = $("input[name=context]:checked", form);
  if (!words || !chosen) return;
  const earlier = $("input[name=occurred_at]", form)?.value;
  words.textContent = `${chosen.nextElementSibling.textContent}, ${earlier ? words.dataset.earlier : words.dataset.now}`;
};

const refresh = (form, stillTyping = null) => {
  why(form);
  $$("[data-vital]", form).forEach(input => check(input, stillTyping));
  $$("[data-scale]", form).forEach(scale => { branch(scale); derive(scale, form); preview(scale); });
};

// --- keys: a digit answers the current item by its points and moves on
const focusItem = item => {
  const target = answer(item) ?? $("input[type=radio]:not(:disabled), input[data-number]", item);
  target?.focus();
  item.scrollIntoView({ block: "nearest" });
};
const press = (event, form) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keysOn() || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const all = $$("[data-scale]", form).flatMap(items).filter(item => !derived(item));
  const here = event.target.closest?.("fieldset[data-item]");
  const at = here && all.includes(here) ? all.indexOf(here) : all.findIndex(item => !answer(item));
  const item = all[at];
  if (!item) return;
  if (/^\d$/.test(event.key)) {
    const radio = $(`input[type=radio][data-points="${event.key}"]`, item);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    const next = $$("[data-scale]", form).flatMap(items).filter(one => !derived(one)).slice(at + 1).find(one => !answer(one));
    if (next) focusItem(next); else $("[data-sign]", form)?.focus();
  }
  if (event.key === "Backspace") {
    event.preventDefault();
    $$("input[type=radio]", item).forEach(radio => { radio.checked = false; });
    refresh(form);
  }
};

// --- sending: unusual values are asked twice, in place, and an unfinished scale is pointed at
const send = (event, form) => {
  refresh(form);
  const held = $$("[data-ask]:not([hidden])", form).find(ask => !$("input[type=checkbox]", ask).checked);
  const wrong = $("[data-vital][aria-invalid=true]", form);
  const open = event.submitter?.hasAttribute("data-incomplete")
    ? $$("[data-scale]", form).flatMap(items).find(item => !answer(item)) : null;
  form.toggleAttribute("data-held", Boolean(held || wrong || open));
  if (!form.hasAttribute("data-held")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (wrong) wrong.focus();
  else if (held) $("input[type=checkbox]", held).focus();
  else if (derived(open)) $(`[data-vital="${open.dataset.derivedFrom}"]`, form)?.focus();
  else focusItem(open);
};

// --- the unit somebody reads is a habit of the device; what is sent always names its unit
const unitKey = select => `unit:${select.dataset.keeps}`;
const recall = form => $$("select[data-keeps]", form).forEach(select => {
  const input = $(`[data-vital="${select.dataset.keeps}"]`, form);
  if (input?.value) return; // what stands here was typed in the unit shown
  try {
    const kept = localStorage.getItem(unitKey(select));
    if ([...select.options].some(option => option.value === kept)) select.value = kept;
  } catch { /* private window */ }
});
const remember = event => {
  if (!event.target.matches("select[data-keeps]")) return;
  try { localStorage.setItem(unitKey(event.target), event.target.value); } catch { /* private window */ }
};

// --- a form's own number: fresh whenever the page is, also when the browser brings an old page back,
// so that going back and saving again is a second score and not a silent repeat of the first
const renumber = form => {
  const number = $("[data-submission]", form);
  if (number && number.dataset.submission !== "kept" && crypto.randomUUID) number.value = crypto.randomUUID();
};
addEventListener("pageshow", event => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-observe]").forEach(form => {
    const number = $("[data-submission]", form);
    if (number) number.dataset.submission = "";
    renumber(form);
  });
});

// Leaving a field may bring up a warning, and everything below it moves. While a finger or
// button is down that waits: the press must end on what it began on, or it would be lost.
let isDown = false, waiting = null;
addEventListener("mousedown", () => { isDown = true; }, true);
addEventListener("mouseup", () => {
  isDown = false;
  setTimeout(() => { const form = waiting; waiting = null; if (form) refresh(form); });
}, true);
const settle = form => { if (isDown) waiting = form; else refresh(form); };

const started = new WeakSet();
const start = form => {
  if (started.has(form)) return;
  started.add(form);
  recall(form);
  renumber(form);
  const reopened = $("dialog[open]", form); // the server left it open, over a mistake
  if (reopened) { reopened.close(); reopened.showModal(); }
  form.addEventListener("change", remember);
  form.addEventListener("input", event => refresh(form, event.target));
  form.addEventListener("change", () => settle(form));
  form.addEventListener("submit", event => send(event, form), true);
  refresh(form);
};
const startAll = () => document.querySelectorAll("form[data-observe]").forEach(start);
document.addEventListener("keydown", event => {
  const form = document.querySelector("form[data-observe]");
  if (form) press(event, form);
});
document.addEventListener("htmx:afterSwap", startAll);
startAll();

// --- an open fold is put away by a press beside it, or Escape
const putAway = keep => document.querySelectorAll("details.why[open]")
  .forEach(fold => { if (!keep || !fold.contains(keep)) fold.open = false; });
document.addEventListener("click", event => putAway(event.target));
document.addEventListener("keydown", event => { if (event.key === "Escape") putAway(null); });
