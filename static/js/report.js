// The report: prints, and shows a student's answer in a dialog. Arrow keys move in the table, which
// is one stop of the Tab key.

import "./lib/menus.js";
import { fetchPiece, newest } from "./lib/page.js";
import "./lib/picture.js";

const print = document.querySelector("[data-print]");
const dialog = document.querySelector("[data-given]");
const table = document.querySelector("[data-marks]"); // only in the private view
const beginShow = newest();

print.hidden = false;
print.addEventListener("click", () => window.print());

if (table) {
  const cells = Array.from(table.tBodies[0].rows, (row) => Array.from(row.querySelectorAll("td > a")));
  for (const link of cells.flat()) link.tabIndex = -1;
  cells[0][0].tabIndex = 0;
  table.addEventListener("focusin", ({ target }) => stop(cells, target));
  table.addEventListener("keydown", (event) => move(cells, event));
  table.addEventListener("click", (event) => show(event));
}

function place(cells, link) {
  const row = cells.findIndex((links) => links.includes(link));
  return row < 0 ? null : [row, cells[row].indexOf(link)];
}

function stop(cells, link) {
  if (!place(cells, link)) return;
  const before = table.querySelector("td > a[tabindex='0']");
  if (before) before.tabIndex = -1;
  link.tabIndex = 0;
}

function move(cells, event) {
  const from = place(cells, event.target);
  const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (!from || !by || event.ctrlKey || event.altKey || event.metaKey) return;
  const link = (cells[from[0] + by[0]] || [])[from[1] + by[1]];
  if (!link) return;
  event.preventDefault();
  link.focus();
}

// Without a script, or when the laptop does not answer, the link leads to a page with the answer.
async function show(event) {
  const link = event.target.closest("tbody a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const isNewest = beginShow();
  const html = await fetchPiece(link.href);
  if (!isNewest()) return;
  dialog.innerHTML = html || ""; // rendered and escaped by our server
  const close = dialog.querySelector("[data-close]");
  if (close) {
    close.hidden = false;
    dialog.showModal();
  } else location.assign(link.href);
}
