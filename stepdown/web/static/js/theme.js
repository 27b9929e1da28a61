// Night shift is a choice of the device, not of the person: a ward tablet stays dark until morning.
// Loaded in the head without defer, so that the page is never painted in the wrong theme.
(() => {
  const root = document.documentElement;
  const read = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = theme => { try { localStorage.setItem("theme", theme); } catch { /* private window */ } };
  const isNight = () => root.dataset.theme
    ? root.dataset.theme === "night"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const show = () => document.querySelectorAll("[data-theme-toggle]")
    .forEach(button => button.setAttribute("aria-pressed", String(isNight())));

  const chosen = read();
  if (chosen === "night" || chosen === "light") root.dataset.theme = chosen;
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", event => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    root.dataset.theme = isNight() ? "light" : "night";
    keep(root.dataset.theme);
    show();
  });
})();
