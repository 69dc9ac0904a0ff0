// Conveniences of the question form: texts that a button fills in, and pictures made small.

import { _ } from "./audience.js";

const PICTURES = [[1600, 0.85], [1280, 0.8], [960, 0.75], [640, 0.7], [480, 0.6]]; // longest side in px, quality

const options = document.querySelector("[data-options]"); // none for types without
const rows = () => Array.from(options.querySelectorAll(".option-row"));
const textOf = (row) => row.querySelector("textarea");
const tickOf = (row) => row.querySelector("input");

// One more row, while there may be more.
function addRow() {
  const last = rows().pop();
  const place = rows().length + 1;
  if (place > Number(options.dataset.most)) return;
  const row = last.cloneNode(true);
  textOf(row).value = "";
  textOf(row).rows = 1;
  textOf(row).setAttribute("aria-label", _("Option {place}", { place }));
  if (tickOf(row)) {
    tickOf(row).checked = false;
    tickOf(row).value = place;
    tickOf(row).setAttribute("aria-label", _("Option {place} is correct", { place }));
  }
  last.after(row);
}

// Put texts into rows from the given one on; the row that comes after them.
function fillRows(first, texts) {
  let at = rows().indexOf(first);
  for (const text of texts) {
    if (at >= rows().length - 1) addRow();
    const row = rows()[at];
    if (!row) break;
    textOf(row).value = text;
    grow(textOf(row));
    at += 1;
  }
  return rows()[Math.min(at, rows().length - 1)];
}

function grow(field) {
  field.rows = field.value.split("\n").length;
}

// The lines of a pasted list. A star in front of some marks them as correct; in front of all it may
// be the list's own, which is asked.
function paste(first, lines) {
  const bare = lines.map((line) => line.replace(/^\*\s*/, "").replace(/^\\\*/, "*"));
  const starred = lines.map((line) => line.startsWith("*"));
  const at = rows().indexOf(first);
  const next = fillRows(first, bare);
  const tick = () => starred.forEach((star, n) => {
    const box = star && rows()[at + n] && tickOf(rows()[at + n]);
    if (box) box.checked = true;
  });
  if (starred.every(Boolean) && tickOf(first)) askAboutStars(tick);
  else tick();
  textOf(next).focus();
}

function askAboutStars(tick) {
  const question = document.createElement("p");
  question.className = "problem";
  question.setAttribute("role", "alert");
  question.textContent = _("Every line begins with a star. Is this a list, or is every option correct?");
  for (const [text, act] of [[_("It is a list"), () => {}], [_("Every option is correct"), tick]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = text;
    button.addEventListener("click", () => { act(); question.remove(); });
    question.append(" ", button);
  }
  options.append(question);
}

if (options && rows().length) {
  options.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea")) return;
    grow(target);
    if (target === textOf(rows().pop()) && target.value) addRow();
  });
  options.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
    const row = event.target.closest(".option-row");
    if (!row || lines.length < 2 || textOf(row).value) return; // within an option, lines are its own
    event.preventDefault();
    paste(row, lines);
  });
  options.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return;
    event.preventDefault();
    const at = rows().indexOf(event.target.closest(".option-row"));
    if (at === rows().length - 1) addRow();
    if (rows()[at + 1]) textOf(rows()[at + 1]).focus();
  });
}

for (const presets of document.querySelectorAll("[data-fills]")) {
  presets.addEventListener("click", (event) => {
    const button = event.target.closest("[data-text]");
    if (!button) return;
    rows().forEach((row) => { textOf(row).value = ""; });
    fillRows(rows()[0], button.dataset.text.split("\n"));
    textOf(rows()[0]).focus();
  });
}

const picture = document.querySelector("input[name=picture]");
const preview = document.querySelector("[data-preview]");
const problem = document.querySelector("[data-picture-problem]");
const submit = picture.form.querySelector(".primary");

// Drawn again, a picture is small enough for a room full of phones, and no longer holds the place
// where it was taken and whatever else a camera writes into it. JPEG, because old iPhones know no WebP.
async function shrink(file) {
  const drawn = await createImageBitmap(file);
  for (const [side, quality] of PICTURES) {
    const scale = Math.min(1, side / Math.max(drawn.width, drawn.height));
    preview.width = Math.max(1, Math.round(drawn.width * scale));
    preview.height = Math.max(1, Math.round(drawn.height * scale));
    const canvas = preview.getContext("2d");
    canvas.fillStyle = "#fff"; // under what is transparent
    canvas.fillRect(0, 0, preview.width, preview.height);
    canvas.drawImage(drawn, 0, 0, preview.width, preview.height);
    const small = await new Promise((done) => { preview.toBlob(done, "image/jpeg", quality); });
    if (small.size <= Number(picture.dataset.max)) return new File([small], "picture.jpg");
  }
  throw new Error("too large");
}

picture.addEventListener("change", async () => {
  const [file] = picture.files;
  problem.textContent = "";
  preview.hidden = true;
  if (!file) return;
  submit.disabled = true; // or the large one would be sent
  try {
    const chosen = new DataTransfer();
    chosen.items.add(await shrink(file));
    picture.files = chosen.files;
    preview.hidden = false;
  } catch (unreadable) {
    picture.value = "";
    problem.textContent = _("This picture can't be read. A PNG, JPEG, WebP or GIF file can.");
  }
  submit.disabled = false;
});
