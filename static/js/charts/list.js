// Texts as a list that fills the screen: equal ones once with their count, the newest or most
// frequent on top. They are as large as they fit; what finds no room even at the smallest size is
// on further pages, and is not in the page: laying out what is not visible takes seconds for some
// scripts.
//
//   draw(container, message)   a results message; replaces what changed. With `data-hides` on the
//                              container each text is a button
//   turn(container, by)        show the next page (1), or the one before (-1)
//   clear(container)           takes everything away again

import { _ } from "../audience.js";

const LINES_MAX = 8;            // of one text; the stylesheet has the same, and puts "…" behind
const LINES_KEPT = 10;          // in the page, as long lines: cut by a fifth, still more than is seen
const FEW = 8;                  // items tried first, and then twice as many each time
const SIZES = 4;                // in the stylesheet, largest first

const context = document.createElement("canvas").getContext("2d");
const built = new WeakMap();    // container → {list, foot, rows, more, starts: of the pages so far}

export function draw(container, message) {
  const drawn = built.get(container) || build(container);
  drawn.rows = message.results;
  drawn.more = message.more || 0;
  while (drawn.starts.length > 1 && last(drawn.starts) >= drawn.rows.length) drawn.starts.pop();
  show(drawn, container);
}

export function turn(container, by) {
  const drawn = built.get(container);
  if (!drawn) return;
  if (by < 0 && drawn.starts.length > 1) drawn.starts.pop();
  else if (by > 0 && drawn.left) drawn.starts.push(drawn.rows.length - drawn.left);
  show(drawn, container);
}

export function clear(container) {
  container.replaceChildren();
  built.delete(container);
}

const last = (list) => list[list.length - 1];

function show(drawn, container) {
  const { list, rows, starts } = drawn;
  const start = last(starts);
  drawn.foot.hidden = true;
  let shown = 0;
  for (let size = start ? SIZES - 1 : 0; size < SIZES; size += 1) {
    list.dataset.step = size;
    if (size === SIZES - 1) drawn.foot.hidden = false;
    shown = fill(list, rows.slice(start), container);
    if (start + shown >= rows.length && !start && !drawn.more) break;
  }
  drawn.left = rows.length - start - shown;
  drawn.foot.hidden = !drawn.left && !start && !drawn.more;
  drawn.next.hidden = !drawn.left;
  drawn.next.firstChild.textContent = _("Next {count}", { count: Math.min(shown, drawn.left) });
  drawn.back.hidden = !start;
  drawn.place.textContent = drawn.left || start || drawn.more ? _("{first} – {last} of {count}", {
    first: start + 1, last: start + shown, count: rows.length + drawn.more,
  }) : "";
}

// Put in as many rows as there is room for, one at least; how many.
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
  for (const item of Array.from(list.children).slice(1).filter(isOutside)) item.remove();
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
  if (row.right) item.append(" ", mark());
  return item;
}

function mark() {
  const tick = document.createElement("b");
  tick.className = "tick";
  tick.textContent = "✓";
  tick.setAttribute("role", "img");
  tick.setAttribute("aria-label", _("Correct answer"));
  return tick;
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
  const foot = document.createElement("p");
  foot.className = "chart-more";
  const place = document.createElement("span");
  const back = pageButton(container, -1, _("Back"), "↑");
  const next = pageButton(container, 1, "", "↓");
  foot.append(place, back, next);
  container.append(list, foot);
  const drawn = { list, foot, place, back, next, rows: [], more: 0, left: 0, starts: [0] };
  built.set(container, drawn);
  return drawn;
}

function pageButton(container, by, text, key) {
  const button = document.createElement("button");
  const name = document.createElement("kbd");
  name.textContent = key;
  name.setAttribute("aria-hidden", "true");
  button.type = "button";
  button.append(text, name);
  button.addEventListener("click", (event) => {
    turn(container, by);
    if (event.detail) button.blur(); // after a mouse, Space is the next step again
  });
  return button;
}
