// Conveniences of the question form: rows of options, texts that a button fills in, and pictures
// made small.

import { _ } from "./audience.js";
import "./lib/unsaved.js";

const PICTURES = [[1600, 0.85], [1280, 0.8], [960, 0.75], [640, 0.7], [480, 0.6]]; // longest side in px, quality

const editor = document.querySelector("[data-options]"); // none for types without
const rows = () => Array.from(editor.querySelectorAll(".option-row"));
const textOf = (row) => row.querySelector("textarea");
const tickOf = (row) => row.querySelector("input"); // none where no option is correct
const most = editor ? Number(editor.dataset.most) : 0;

function read() {
  return rows().map((row) => ({ text: textOf(row).value, right: Boolean(tickOf(row)) && tickOf(row).checked }));
}

// Show options in the rows, with an empty one behind them.
function write(options) {
  const shown = options.slice(0, most);
  while (rows().length < Math.min(shown.length + 1, most)) addRow();
  rows().forEach((row, n) => {
    const { text = "", right = false } = shown[n] || {};
    textOf(row).value = text;
    if (tickOf(row)) tickOf(row).checked = right;
    grow(textOf(row));
  });
  ask(options.length <= most ? "" : _("There can be at most {most} options; this has {count}.", { most, count: options.length }));
}

// One more row, while there may be more.
function addRow() {
  const last = rows().pop();
  const place = rows().length + 1;
  if (place > most) return;
  const row = last.cloneNode(true);
  textOf(row).value = "";
  textOf(row).setAttribute("aria-label", _("Option {place}", { place }));
  if (tickOf(row)) {
    tickOf(row).checked = false;
    tickOf(row).value = place;
    tickOf(row).setAttribute("aria-label", _("Option {place} is correct", { place }));
  }
  last.after(row);
  grow(textOf(row));
}

// As high as its text, also where a line is wrapped.
function grow(field) {
  field.style.setProperty("height", "auto");
  const border = field.offsetHeight - field.clientHeight;
  field.style.setProperty("height", `${field.scrollHeight + border}px`);
}

// The lines of a pasted list take the place of an empty row. A star in front of some marks them as
// correct; in front of all it may be the list's own, which is asked.
function paste(first, lines) {
  const at = rows().indexOf(first);
  const after = read().slice(at + 1).filter(({ text }) => text);
  const marks = Boolean(tickOf(first));
  const starred = marks ? lines.filter((line) => line.startsWith("*")).length : 0;
  const pasted = lines.map((line) => (marks ? {
    text: line.replace(/^\*\s*/, "").replace(/^\\\*/, "*"), right: line.startsWith("*") && starred < lines.length,
  } : { text: line }));
  write([...read().slice(0, at), ...pasted, ...after]);
  const filled = rows().slice(at, at + lines.length);
  if (starred === lines.length) {
    ask(_("Every line begins with a star. Is this a list, or is every option correct?"), {
      [_("It is a list")]: () => {},
      [_("Every option is correct")]: () => filled.forEach((row) => { tickOf(row).checked = true; }),
    });
  }
  textOf(rows()[Math.min(at + lines.length, rows().length - 1)]).focus();
}

// Say something below the rows, with buttons to answer it; no text takes it back.
function ask(text, answers = {}) {
  const said = editor.querySelector("[data-said]") || document.createElement("p");
  said.dataset.said = "";
  said.className = "problem";
  said.setAttribute("role", "alert");
  said.textContent = text;
  for (const [label, act] of Object.entries(answers)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = label;
    button.addEventListener("click", () => { act(); said.remove(); });
    said.append(" ", button);
  }
  if (text) editor.append(said);
  else said.remove();
}

const title = document.getElementById("title");
title.addEventListener("input", () => grow(title));
grow(title);

if (editor && rows().length) {
  rows().forEach((row) => grow(textOf(row)));
  editor.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea")) return;
    grow(target);
    if (target === textOf(rows().pop()) && target.value) addRow();
  });
  editor.addEventListener("paste", (event) => {
    const pasted = event.clipboardData.getData("text/plain").split("\n").filter((line) => line.trim());
    const lines = pasted.map((line) => line.trim());
    const row = event.target.closest(".option-row");
    // Within an option, lines are its own; and code, of which some lines are indented, is one option.
    const isCode = pasted.some((line) => /^\s/.test(line) !== /^\s/.test(pasted[0]))
      && !lines.some((line) => line.startsWith("*"));
    if (!row || lines.length < 2 || textOf(row).value || isCode) return;
    event.preventDefault();
    paste(row, lines);
  });
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return;
    event.preventDefault();
    const at = rows().indexOf(event.target.closest(".option-row"));
    if (at === rows().length - 1) addRow();
    if (rows()[at + 1]) textOf(rows()[at + 1]).focus();
  });
}

// A preset takes the place of another one, and stands behind what was typed.
for (const presets of document.querySelectorAll("[data-fills]")) {
  const buttons = Array.from(presets.querySelectorAll("[data-text]"));
  presets.addEventListener("click", (event) => {
    const button = event.target.closest("[data-text]");
    if (!button) return;
    const typed = read().filter(({ text }) => text);
    const written = typed.map(({ text }) => text).join("\n");
    const options = button.dataset.text.split("\n").map((text) => ({ text }));
    write(buttons.some(({ dataset }) => dataset.text === written) ? options : [...typed, ...options]);
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
