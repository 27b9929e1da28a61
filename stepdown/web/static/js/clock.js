// The clock shows the server's time in the facility's zone, and ages stay true.
// The device's own clock may be wrong; only its running is trusted.

const clock = document.querySelector("[data-clock]");
const words = document.body.dataset;

const arrived = () => {
  const [page] = performance.getEntriesByType("navigation");
  return performance.timeOrigin + (page?.responseStart ?? 0);
};
const ahead = clock ? Number(clock.dataset.clock) * 1000 - arrived() : 0;
const now = () => Date.now() + ahead;

const face = clock && new Intl.DateTimeFormat("en-GB", {
  timeZone: clock.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

// The same two largest units as stepdown/web/times.py writes.
const span = seconds => {
  const whole = Math.floor(Math.abs(seconds));
  const days = Math.floor(whole / 86400), hours = Math.floor(whole % 86400 / 3600), minutes = Math.floor(whole % 3600 / 60);
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  return `${minutes} min`;
};
const age = seconds => Math.abs(seconds) < 60
  ? words.justNow
  : (seconds > 0 ? words.ago : words.ahead).replace("{}", span(seconds));

const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const tick = () => {
  const present = now();
  if (clock) write(clock, face.format(present));
  document.querySelectorAll(".age[data-at]").forEach(element =>
    write(element, age(present / 1000 - Number(element.dataset.at))));
  document.querySelectorAll(".late[data-since]").forEach(element =>
    write(element, element.dataset.words.replace("{}", span(present / 1000 - Number(element.dataset.since)))));
};
tick();
setInterval(tick, 5000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
document.addEventListener("stepdown:swapped", tick);
document.addEventListener("htmx:afterSwap", tick);
