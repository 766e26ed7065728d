/**
 * @file What pages do: sort tables, filter them, and read values off curves. Without it, everything can be read as well.
 *
 * It runs in the browser and is put into every page as it is written here.
 */

export const script = `
"use strict";
const words = new Intl.Collator("en", { numeric: true });

/* Tables: the text of each heading becomes a button. */
for (const table of document.querySelectorAll("table.sortable")) {
  const [head] = table.tHead.rows;
  const [body] = table.tBodies;
  if (body.rows.length < 2) continue;
  for (const heading of head.cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(head, body, heading));
  }
}

/* Numbers begin with the highest, words with A; unknown values come last either way. */
function sort(head, body, heading) {
  const column = heading.cellIndex;
  const rows = [...body.rows].map((row) => ({ row, ...keyOf(row.cells[column]) }));
  const numeric = rows.some(({ number }) => number !== undefined);
  const first = numeric ? "descending" : "ascending";
  const second = numeric ? "ascending" : "descending";
  const order = heading.getAttribute("aria-sort") === first ? second : first;
  for (const other of head.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", order);
  const sign = order === "ascending" ? 1 : -1;
  rows.sort((a, b) => {
    if (a.none || b.none) return Number(a.none) - Number(b.none);
    return sign * (numeric ? a.number - b.number : words.compare(a.words, b.words));
  });
  body.append(...rows.map(({ row }) => row));
}

function keyOf(cell) {
  const { sort } = cell.dataset;
  const number = sort === undefined ? undefined : Number(sort);
  return { number, words: cell.textContent, none: cell.classList.contains("none") };
}

/* A filter shows the rows that contain every word. */
for (const filter of document.querySelectorAll(".filter")) {
  const [body] = document.getElementById(filter.dataset.table).tBodies;
  const input = filter.querySelector("input");
  const status = filter.querySelector("output");
  filter.hidden = false;
  input.addEventListener("input", () => {
    const asked = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const said = row.textContent.toLowerCase();
      row.hidden = !asked.every((word) => said.includes(word));
      if (!row.hidden) shown += 1;
    }
    status.textContent = shown + " of " + body.rows.length;
  });
}

/* Curves: a slider over the epochs, by pointer and by keys. Values are those of the table below the curves. */
for (const plot of document.querySelectorAll(".plot")) {
  const svg = plot.querySelector("svg.curves");
  const cursor = svg.querySelector(".cursor");
  const outputs = [...plot.querySelectorAll(".legend b")];
  const where = plot.querySelector(".legend .where");
  const rows = [...plot.querySelector("tbody").rows];
  const names = [...plot.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  const [left, right, viewed] = ["left", "right", "width"].map((name) => Number(svg.dataset[name]));
  const xOf = (i) => (rows.length < 2 ? left : left + (i / (rows.length - 1)) * (right - left));
  const slider = svg.parentElement;
  let at = rows.length - 1;
  const show = (i) => {
    at = Math.min(rows.length - 1, Math.max(0, i));
    const cells = [...rows[at].cells].map((cell) => cell.textContent);
    where.textContent = names[0] + " " + cells[0];
    outputs.forEach((output, j) => (output.textContent = cells[j + 1]));
    cursor.setAttribute("x1", xOf(at));
    cursor.setAttribute("x2", xOf(at));
    slider.setAttribute("aria-valuenow", String(at + 1));
    slider.setAttribute(
      "aria-valuetext",
      cells.map((cell, j) => names[j] + " " + cell).join(", "),
    );
  };
  slider.tabIndex = 0;
  slider.setAttribute("role", "slider");
  slider.setAttribute("aria-label", svg.getAttribute("aria-label"));
  slider.setAttribute("aria-valuemin", "1");
  slider.setAttribute("aria-valuemax", String(rows.length));
  svg.setAttribute("aria-hidden", "true");
  show(at);
  const follow = (event) => {
    cursor.removeAttribute("visibility");
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * viewed;
    show(Math.round(((x - left) / (right - left)) * (rows.length - 1)));
  };
  svg.addEventListener("pointermove", follow);
  svg.addEventListener("pointerdown", follow);
  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };
  slider.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    cursor.removeAttribute("visibility");
    show(at + step);
  });
}
`;
