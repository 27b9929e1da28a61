// Reading a chart entry by entry: a line through every panel, the numbers under it.
// The numbers come from the table beside the chart, so both always say the same.

for (const plots of document.querySelectorAll("[data-scrub]")) {
  const table = document.getElementById(plots.dataset.scrub);
  const readout = plots.querySelector("[data-readout]");
  const course = plots.querySelector("[data-from]");
  if (!table || !readout || !course) continue;

  const from = Number(course.dataset.from), to = Number(course.dataset.to);
  const heads = [...table.tHead.rows[0].cells].map(cell => cell.textContent.trim());
  const entries = [...table.tBodies[0].rows]
    .filter(row => row.dataset.at)
    .map(row => ({ row, at: Number(row.dataset.at) }))
    .filter(({ at }) => at >= from && at <= to)
    .sort((one, two) => one.at - two.at);
  const areas = [...plots.querySelectorAll(".plot__area")];
  const lines = areas.map(area => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "scrubline");
    line.setAttribute("y2", area.getAttribute("height"));
    line.setAttribute("visibility", "hidden");
    return area.appendChild(line);
  });
  let index = -1;

  const show = next => {
    if (next === index) return;
    entries[index]?.row.removeAttribute("aria-current");
    index = next;
    const entry = entries[index];
    const x = entry ? `${100 * (entry.at - from) / (to - from)}%` : "0";
    for (const line of lines) {
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      line.setAttribute("visibility", entry ? "visible" : "hidden");
    }
    readout.replaceChildren();
    if (!entry) return;
    entry.row.setAttribute("aria-current", "true");
    [...entry.row.cells].forEach((cell, column) => {
      const value = cell.textContent.trim();
      if (!value) return;
      if (column) readout.append(", ", heads[column], " ");
      const strong = document.createElement("b");
      strong.textContent = value;
      readout.append(strong);
    });
  };

  // The entry nearest to a place, found by halving: long stays have hundreds.
  const nearest = seconds => {
    let low = 0, high = entries.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (entries[middle].at < seconds) low = middle + 1; else high = middle;
    }
    const before = entries[low - 1];
    return before && seconds - before.at < entries[low].at - seconds ? low - 1 : low;
  };
  const point = event => {
    const area = event.target.closest?.(".plot__area");
    if (!area || !entries.length) return;
    const box = areas[0].getBoundingClientRect();
    show(nearest(from + (to - from) * (event.clientX - box.left) / box.width));
  };
  plots.addEventListener("pointermove", point);
  plots.addEventListener("pointerdown", point);
  plots.addEventListener("keydown", event => {
    const moves = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: entries.length - 1 };
    if (event.key === "Escape") { show(-1); return; }
    if (!(event.key in moves) || !entries.length) return;
    event.preventDefault();
    const start = index < 0 && event.key === "ArrowLeft" ? entries.length - 1 : moves[event.key];
    show(Math.min(Math.max(start, 0), entries.length - 1));
  });
}
