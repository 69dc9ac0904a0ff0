// Texts as a list that fills the screen: equal ones once with their count, the newest or most
// frequent on top. Few short ones are large. What finds no room on the screen is counted below it,
// and is not in the page: laying out what is not visible takes seconds for some scripts.
//
//   draw(container, message)   a results message; replaces what changed. With `data-hides` on the
//                              container each text is a button
//   clear(container)           takes everything away again

import { _ } from "../audience.js";

const LINES_MAX = 8;            // of one text; the stylesheet has the same, and puts "…" behind
const LINES_KEPT = 10;          // in the page, as long lines: cut by a fifth, still more than is seen
const FEW = 8;                  // items tried first, and then twice as many each time

const context = document.createElement("canvas").getContext("2d");

export function draw(container, message) {
  const [list, more] = container.children.length ? container.children : build(container);
  list.classList.add("is-large");
  let shown = fill(list, message.results, container);
  if (shown < message.results.length) {
    list.classList.remove("is-large");
    shown = fill(list, message.results, container);
  }
  const left = message.results.length - shown + (message.more || 0);
  more.textContent = left ? _("+{count} more", { count: left }) : "";
}

// Put in as many rows as there is room for; how many.
function fill(list, rows, container) {
  const { font } = getComputedStyle(list);
  list.replaceChildren(document.createElement("li"));
  const widest = LINES_KEPT * list.firstChild.offsetWidth;
  // The style sheet puts what is too much into columns outside.
  const isOutside = (item) => item.offsetLeft - list.offsetLeft >= list.clientWidth;
  list.replaceChildren();
  for (let count = FEW; list.children.length < rows.length; count *= 2) {
    context.font = font;
    const next = rows.slice(list.children.length, count);
    list.append(...next.map((row) => listItem(row, cut(row.label, widest), container)));
    if (isOutside(list.lastChild)) break;
  }
  for (const item of Array.from(list.children).filter(isOutside)) item.remove();
  return list.children.length;
}

function listItem(row, label, container) {
  const item = document.createElement("li");
  item.dataset.key = row.key;
  item.classList.toggle("is-right", Boolean(row.right));
  item.dir = "auto"; // each text begins where its script begins
  const text = document.createElement("span");
  text.textContent = label;
  const holder = "hides" in container.dataset ? document.createElement("button") : item;
  holder.append(text);
  if (holder !== item) item.append(holder);
  if (row.count > 1) item.append(" ", _("{count}×", row));
  if (row.right) item.append(" ", _("✓ right answer"));
  return item;
}

// No more of a text than its lines can show: some characters are so wide that four fill a line.
function cut(text, widest) {
  const lines = text.split("\n");
  let signs = Array.from(lines.slice(0, LINES_MAX).join("\n"));
  const whole = lines.length <= LINES_MAX ? signs.length : 0;
  while (signs.length > 1 && context.measureText(signs.join("")).width > widest) {
    signs = signs.slice(0, signs.length * 0.8);
  }
  return signs.length === whole ? text : `${signs.join("")}…`;
}

function build(container) {
  const list = document.createElement("ul");
  list.className = "entries";
  const more = document.createElement("p");
  more.className = "chart-more";
  container.append(list, more);
  return [list, more];
}

export function clear(container) {
  container.replaceChildren();
}
