// A long list: a field narrows it to what is typed, and a button says how many are ticked.

import { _ } from "./audience.js";

const search = document.querySelector("[data-search]");
const all = document.querySelector("[data-all]");
const items = Array.from(document.querySelectorAll("[data-list] > li"));
const boxes = items.map((item) => item.querySelector("[type=checkbox]")).filter(Boolean);

const normalize = (text) => text.normalize("NFKC").toLowerCase();
// What an item says, and its formulas as they were typed.
const read = (item) => normalize([item.textContent, ...Array.from(
  item.querySelectorAll("math"), (formula) => formula.getAttribute("alttext"),
)].join(" "));
const isShown = (box) => !box.closest("li").hidden;

function narrow() {
  const wanted = normalize(search.querySelector("input").value.trim());
  for (const item of items) item.hidden = !read(item).includes(wanted);
  const none = items.every((item) => item.hidden);
  search.querySelector("[data-none]").textContent = none ? _("Nothing matches your search.") : "";
  if (all) count();
}

// Ticks that the search hides count as well: the button says what it will do.
function count() {
  const ticked = boxes.filter((box) => box.checked).length;
  const shown = boxes.filter(isShown);
  const button = document.querySelector("[data-copy]");
  button.textContent = ticked === 0 ? _("Copy questions")
    : ticked === 1 ? _("Copy 1 question") : _("Copy {count} questions", { count: ticked });
  all.querySelector("input").checked = shown.length > 0 && shown.every((box) => box.checked);
}

if (search) {
  search.hidden = false; // it needs this script
  search.addEventListener("input", narrow);
}
if (all) {
  all.hidden = false;
  all.addEventListener("change", ({ target }) => {
    for (const box of boxes.filter(isShown)) box.checked = target.checked;
  });
  document.addEventListener("change", count);
  window.addEventListener("pageshow", count); // back from another page, with what was ticked
}
