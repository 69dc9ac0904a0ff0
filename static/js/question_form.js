// Conveniences of the question form: Enter leads on, rows of options, texts that a button fills in,
// pictures made small, and previews of projector and phone.

import { _ } from "./audience.js";
import { isInCode, warn } from "./lib/keys.js";
import { openLooks } from "./lib/looks.js";
import { giveUpAfter, newest } from "./lib/page.js";
import "./lib/unsaved.js";

const PICTURES = [[1600, 0.85], [1280, 0.8], [960, 0.75], [640, 0.7], [480, 0.6]]; // longest side in px, quality
const OPTION_PICTURES = [[800, 0.85], [640, 0.8], [560, 0.75], [480, 0.7], [360, 0.6], [240, 0.5]];
const UPLOAD_MS = 10000;
const PREVIEW_MS = 300; // after the last key
const ANSWER_MS = 4000; // a preview that takes longer is given up

const form = document.getElementById("question");
const looks = document.querySelector("[data-previews]");
const lacks = looks.querySelector("[data-lacks]");
const projector = looks.querySelector("[data-projection]");
const { show, projected, phone } = openLooks(looks);
const beginPreview = newest();
let timer = 0;

// Keys

const title = document.getElementById("title");
const isTouched = matchMedia("(pointer: coarse)").matches; // its keyboard has no Shift+Enter
const isTyped = (field) => field.matches("textarea, input:not([type]), input[type=number]");

// Enter leads from the title and from each field of one line to the next one, past the explanation,
// and to the button at the end; Shift+Enter begins a new line.
function enter(event) {
  const isLine = event.target.matches("input") && isTyped(event.target);
  if (!isLine && (event.target !== title || isTouched || isInCode(title))) return;
  event.preventDefault();
  const stops = Array.from(form.elements)
    .filter((one) => one.matches(".primary") || isTyped(one) && one.offsetParent && one.name !== "explanation");
  stops[stops.indexOf(event.target) + 1].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault(); // the browser would save the page
  if (!event.repeat) form.querySelector("[data-close]").click();
});

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.querySelector(".primary").click();
  } else if (!event.shiftKey) enter(event);
});

for (const hint of form.querySelectorAll("[data-keys], [data-shortcut]")) hint.hidden = isTouched;

// Tab stops at one of the types; arrows lead to the others.
const types = Array.from(form.querySelectorAll(".chip"));
const stopAt = (stop) => types.forEach((type) => { type.tabIndex = type === stop ? 0 : -1; });

if (types.length) stopAt(types.find((type) => type.hasAttribute("aria-current")));
for (const [at, type] of types.entries()) {
  type.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = types[(at + step + types.length) % types.length];
    stopAt(next);
    next.focus();
  });
}

// As high as its text, also where a line is wrapped.
function grow(field) {
  field.style.setProperty("height", "auto");
  const border = field.offsetHeight - field.clientHeight;
  field.style.setProperty("height", `${field.scrollHeight + border}px`);
}

title.addEventListener("input", () => grow(title));
grow(title);

// Options

const editor = document.querySelector("[data-options]"); // none for types without
const rows = () => (editor ? Array.from(editor.querySelectorAll(".option-edit")) : []);
const textOf = (row) => row.querySelector("textarea");
const tickOf = (row) => row.querySelector("[name=right]");
const pictureOf = (row) => row.querySelector("[type=hidden]"); // its id
const altOf = (row) => row.querySelector(".option-picture input:not([type])");
const most = editor ? Number(editor.dataset.most) : 0;
const marks = Boolean(editor) && editor.dataset.marks !== undefined; // else ticks are only kept

function read() {
  return rows().map((row) => ({
    text: textOf(row).value, right: tickOf(row).checked, image: pictureOf(row).value, alt: altOf(row).value,
    awaits: row.dataset.awaits,
  }));
}

const isFilled = ({ text, image, awaits }) => text.trim() || image || awaits;

// Show options in the rows, with an empty one behind them.
function write(options) {
  ask(options.length <= most ? "" : _("There can be at most {most} options; this has {count}.", { most, count: options.length }));
  if (options.length > most) return false;
  while (rows().length < Math.min(options.length + 1, most)) addRow();
  rows().forEach((row, n) => {
    const { text = "", right = false, image = "", alt = "", awaits = "" } = options[n] || {};
    textOf(row).value = text;
    tickOf(row).checked = right;
    showOptionPicture(row, image, alt, awaits);
    grow(textOf(row));
  });
  changed();
  return true;
}

// One more row, while there may be more.
function addRow() {
  if (rows().length >= most) return;
  const last = rows().pop();
  const row = last.cloneNode(true);
  textOf(row).value = "";
  tickOf(row).checked = false;
  showOptionPicture(row, "", "");
  last.after(row);
  grow(textOf(row));
  nameRows();
}

// Rows have letters and places in their order.
function nameRows() {
  rows().forEach((row, n) => {
    const letter = String.fromCharCode(65 + n);
    row.dataset.key = letter;
    row.querySelector(".letter").textContent = letter;
    textOf(row).setAttribute("aria-label", _("Option {letter}", { letter }));
    tickOf(row).setAttribute("aria-label", _("Option {letter} is correct", { letter }));
    tickOf(row).value = n + 1;
    row.querySelector("[data-remove]").setAttribute("aria-label", _("Remove option {letter}", { letter }));
    for (const field of row.querySelectorAll(".option-picture [name]")) field.name = field.name.replace(/\d+$/, n + 1);
    for (const one of row.querySelectorAll("[data-pick], [type=file]")) {
      one.setAttribute("aria-label", _("Picture of option {letter}", { letter }));
    }
    altOf(row).setAttribute("aria-label", _("Picture description of option {letter}", { letter }));
    row.querySelector(".thumb").alt = _("Picture of option {letter}", { letter });
  });
}

function remove(row) {
  const at = rows().indexOf(row);
  if (rows().length <= 2) addRow();
  row.remove();
  nameRows();
  changed();
  textOf(rows()[Math.min(at, rows().length - 1)]).focus();
}

// Exchange a row with the one above or below.
function move(row, by) {
  const other = rows()[rows().indexOf(row) + by];
  if (!other) return;
  if (by < 0) other.before(row);
  else other.after(row);
  nameRows();
  changed();
  textOf(row).focus(); // browsers take it away from what is moved
}

// The lines of a pasted list take the place of an empty row. A star in front of some marks them as
// correct; in front of all it may be the list's own, which is asked.
function paste(first, lines) {
  const at = rows().indexOf(first);
  const after = read().slice(at + 1).filter(isFilled);
  const starred = marks ? lines.filter((line) => line.startsWith("*")).length : 0;
  const pasted = lines.map((line) => (marks ? {
    text: line.replace(/^\*\s*/, "").replace(/^\\\*/, "*"), right: line.startsWith("*") && starred < lines.length,
  } : { text: line }));
  if (!write([...read().slice(0, at), ...pasted, ...after])) return;
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

if (editor && rows().length) {
  for (const button of editor.querySelectorAll("[data-remove]")) button.hidden = false;
  rows().forEach((row) => grow(textOf(row)));
  editor.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea")) return;
    grow(target);
    if (target === textOf(rows().pop()) && target.value) addRow();
  });
  editor.addEventListener("click", ({ target }) => {
    const row = target.closest(".option-edit");
    if (target.closest("[data-remove]")) remove(row);
    if (target.closest("[data-pick]")) row.querySelector("[type=file]").click();
    if (target.closest("[data-unpick]")) {
      setOptionPicture(row, "");
      row.querySelector("[data-pick]").focus();
    }
  });
  editor.addEventListener("change", ({ target }) => {
    if (target.type !== "file" || !target.files[0]) return;
    addOptionPicture(target.closest(".option-edit"), target.files[0]);
    target.value = ""; // it is not sent with the form
  });
  editor.addEventListener("paste", (event) => {
    const pasted = event.clipboardData.getData("text/plain").split("\n").filter((line) => line.trim());
    const lines = pasted.map((line) => line.trim());
    const row = event.target.closest(".option-edit");
    // Within an option, lines are its own; and code, of which some lines are indented, is one option.
    const isCode = pasted.some((line) => /^\s/.test(line) !== /^\s/.test(pasted[0]))
      && !lines.some((line) => line.startsWith("*"));
    if (!row || lines.length < 2 || textOf(row).value || isCode) return;
    event.preventDefault();
    paste(row, lines);
  });
  editor.addEventListener("keydown", (event) => {
    const row = event.target.closest(".option-edit");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (row && event.altKey && step) {
      event.preventDefault();
      move(row, step);
    }
    if (!event.target.matches("textarea") || event.isComposing) return;
    if (event.key === " " && event.ctrlKey && marks) {
      event.preventDefault();
      if (!event.repeat) tickOf(row).click();
    }
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain || event.key !== "Enter" && event.key !== "Tab") return;
    if (event.key === "Enter" && isInCode(event.target)) return;
    const at = rows().indexOf(row);
    if (event.key === "Enter" && at === rows().length - 1) addRow();
    const next = rows()[at + 1];
    if (next || event.key === "Enter") event.preventDefault();
    if (next) textOf(next).focus(); // past the tick and the button, which Shift+Tab reaches
  });
}

// A preset takes the place of another one, and stands behind what was typed.
for (const presets of document.querySelectorAll("[data-fills]")) {
  presets.hidden = false;
  const buttons = Array.from(presets.querySelectorAll("[data-text]"));
  presets.addEventListener("click", (event) => {
    const button = event.target.closest("[data-text]");
    if (!button) return;
    const typed = read().filter(isFilled);
    const written = typed.map(({ text }) => text).join("\n");
    const options = button.dataset.text.split("\n").map((text) => ({ text }));
    write(buttons.some(({ dataset }) => dataset.text === written) ? options : [...typed, ...options]);
    textOf(rows()[0]).focus();
  });
}

// Where students pick one option, say what several ticks mean, in the place of the hint.
const several = form.querySelector("[data-several]");

function explainTicks() {
  if (!several) return;
  several.hidden = read().filter((option) => option.right && isFilled(option)).length < 2;
  document.getElementById("options-hint").hidden = !several.hidden;
}

// Live results

const live = form.querySelector("[data-live]");
const unticked = form.querySelector("[type=hidden][name=live]"); // says that the box may be empty
const discuss = form.querySelector("[type=checkbox][name=discuss]"); // none for texts
let isWanted = live.checked;

// Until it is touched, the box shows what the server will choose, and is not sent. For a question
// that is discussed it is off, and what the teacher wants otherwise goes along unseen.
function showLive() {
  if (unticked.disabled) isWanted = Boolean(live.dataset.live) && !form.querySelector("[name=right]:checked");
  const isOff = Boolean(discuss) && discuss.checked;
  unticked.value = Number(isWanted && isOff);
  live.checked = isWanted && !isOff;
  live.disabled = isOff;
  live.setAttribute("aria-describedby", isOff ? "live-off" : "");
  form.querySelector("[data-live-off]").hidden = !isOff;
}

if (unticked.disabled) live.removeAttribute("name");
live.addEventListener("input", () => {
  isWanted = live.checked;
  unticked.disabled = false;
  live.name = "live";
});
showLive();

// Pictures. Drawn again, one is small enough for a room full of phones, and no longer holds the place
// where it was taken and whatever else a camera writes into it. JPEG, because old iPhones know no WebP.

async function shrink(file, canvas, sizes, most) {
  const drawn = await createImageBitmap(file);
  for (const [side, quality] of sizes) {
    const scale = Math.min(1, side / Math.max(drawn.width, drawn.height));
    canvas.width = Math.max(1, Math.round(drawn.width * scale));
    canvas.height = Math.max(1, Math.round(drawn.height * scale));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff"; // under what is transparent
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", quality); });
    if (small.size <= Number(most)) return new File([small], "picture.jpg");
  }
  throw new Error("too large");
}

const UNREADABLE = _("This picture can't be read. A PNG, JPEG, WebP or GIF file can.");
const submits = form.querySelectorAll("button:not([type=button])");
let busy = 0; // pictures that are not ready yet
let uploads = 0;

// Nothing is sent meanwhile: the form would go without the picture, or with the large one.
async function waitFor(ready) {
  busy += 1;
  submits.forEach((button) => { button.disabled = true; });
  try {
    return await ready;
  } finally {
    busy -= 1;
    submits.forEach((button) => { button.disabled = busy > 0; });
  }
}

// A picture that was pasted or dropped belongs to the option where that happened, else to the question.
const isPicture = ({ type }) => type.startsWith("image/");

function takePicture(event, { files, types }) {
  const file = Array.from(files).find(isPicture);
  if (!file || types.includes("text/plain")) return; // such as cells of a table, which are both
  event.preventDefault();
  const row = event.target.closest("[data-pictures] .option-edit");
  if (row) addOptionPicture(row, file);
  else addPicture(file);
}

form.addEventListener("paste", (event) => takePicture(event, event.clipboardData));
form.addEventListener("drop", (event) => takePicture(event, event.dataTransfer));
form.addEventListener("dragover", (event) => {
  if (Array.from(event.dataTransfer.items).some(({ kind }) => kind === "file")) event.preventDefault(); // allows it
});

// Of an option: the server has it before the form is saved, so that it can go from row to row. While
// it is on its way the option may go, too, and may be given another picture.
async function addOptionPicture(row, file) {
  ask("");
  uploads += 1;
  const number = String(uploads);
  row.dataset.awaits = number;
  const { image, failure } = await waitFor(upload(file));
  const waiting = rows().find(({ dataset }) => dataset.awaits === number);
  if (!waiting) return;
  waiting.dataset.awaits = "";
  if (failure) ask(failure);
  else setOptionPicture(waiting, image);
  if (waiting === rows().pop() && image) addRow();
}

// Send it; {image}, its id, or {failure}, a sentence.
async function upload(file) {
  let failure = UNREADABLE;
  try {
    const body = new FormData();
    body.append("picture", await shrink(file, document.createElement("canvas"), OPTION_PICTURES, editor.dataset.pictureMax));
    failure = _("The picture could not be added. Try again.");
    const response = await fetch(editor.dataset.pictures, {
      method: "POST", body, headers: { "HX-Request": "true" }, signal: giveUpAfter(UPLOAD_MS),
    });
    if (!response.ok) throw new Error(response.status);
    return await response.json();
  } catch (lost) {
    return { failure };
  }
}

function setOptionPicture(row, image) {
  showOptionPicture(row, image, image ? altOf(row).value : "");
  altOf(row).dispatchEvent(new Event("input", { bubbles: true }));
}

// Without a picture, nothing of it is there but the button. `awaits` is the number of an upload.
function showOptionPicture(row, image, alt, awaits = "") {
  const panel = row.querySelector(".option-picture");
  const thumb = panel.querySelector("img");
  row.dataset.awaits = awaits;
  pictureOf(row).value = image;
  altOf(row).value = alt;
  panel.hidden = !image || editor.dataset.pictures === undefined;
  thumb.hidden = !image;
  panel.open = true;
  if (image) thumb.src = `/images/${image}`;
  else thumb.removeAttribute("src");
  row.querySelector("[data-pick]").hidden = Boolean(image) || editor.dataset.pictures === undefined;
  panel.querySelector("[type=checkbox]").checked = false;
}

if (rows().length) {
  editor.classList.add("is-scripted");
  for (const row of rows()) {
    row.querySelector("[data-unpick]").hidden = false;
    const dropped = row.querySelector(".option-picture [type=checkbox]").checked;
    showOptionPicture(row, dropped ? "" : pictureOf(row).value, altOf(row).value);
  }
}

// Of the question: it is sent with the form.
const picture = document.getElementById("picture");
const pictures = document.querySelector("[data-picture]");
const chosen = pictures.querySelector("[data-chosen]"); // a canvas with the one that was chosen
const stored = pictures.querySelector("[data-stored]"); // the one that the question has, if any
const dropping = pictures.querySelector("[name=remove_image]");
const problem = pictures.querySelector("[data-picture-problem]");
const beginChoice = newest();

// Show the picture that the question will have, with what belongs to one.
function showPicture() {
  const kept = Boolean(stored) && chosen.hidden && !dropping.checked;
  const any = kept || !chosen.hidden;
  if (stored) stored.hidden = !kept;
  pictures.querySelector("label[for=picture]").textContent = any ? _("Replace picture") : _("Add a picture");
  pictures.querySelector("[data-drop]").hidden = !any;
  pictures.querySelector("[data-description]").hidden = !any;
  changed();
}

async function addPicture(file) {
  const isNewest = beginChoice();
  problem.textContent = "";
  chosen.hidden = true;
  if (file) {
    const canvas = document.createElement("canvas");
    const small = await waitFor(shrink(file, canvas, PICTURES, picture.dataset.max)).catch(() => null);
    if (!isNewest()) return;
    const sent = new DataTransfer();
    if (small) {
      sent.items.add(small);
      copyPicture(canvas, chosen);
      if (dropping) dropping.checked = false;
    }
    picture.files = sent.files;
    chosen.hidden = !small;
    problem.textContent = small ? "" : UNREADABLE;
  }
  showPicture();
}

function copyPicture(from, canvas) {
  canvas.width = from.width;
  canvas.height = from.height;
  canvas.getContext("2d").drawImage(from, 0, 0);
}

picture.addEventListener("change", () => addPicture(picture.files[0]));

pictures.querySelector("[data-drop]").addEventListener("click", () => {
  beginChoice(); // one that is not ready yet is not wanted either
  picture.value = "";
  chosen.hidden = true;
  if (dropping) dropping.checked = true;
  showPicture();
  picture.focus();
});

pictures.classList.add("is-scripted");
showPicture();

// Previews

function changed() {
  showLive();
  explainTicks();
  clearTimeout(timer);
  timer = setTimeout(preview, PREVIEW_MS);
}

// Show the question as the server would. What is missing is said quietly, beside the previews of
// what was complete last.
async function preview() {
  const isNewest = beginPreview();
  const texts = Array.from(new FormData(form)).filter(([, value]) => typeof value === "string");
  const answer = document.createElement("template");
  try {
    const response = await fetch(looks.dataset.previews, {
      method: "POST", body: new URLSearchParams([...texts, ["typing", "1"]]), headers: { "HX-Request": "true" },
      redirect: "manual", signal: giveUpAfter(ANSWER_MS),
    });
    answer.innerHTML = await response.text();
  } catch (lost) {
    return; // with the next key it is tried again
  }
  const reason = answer.content.querySelector(".problem");
  if (!isNewest() || !reason && !answer.content.querySelector("[data-preview]")) return;
  warn(answer.content);
  lacks.hidden = !reason;
  lacks.textContent = reason ? reason.firstChild.textContent.trim() : "";
  looks.classList.toggle("is-old", Boolean(reason));
  if (reason) return;
  show(answer.content);
  if (!chosen.hidden) showChosen();
}

// The picture that was chosen is not on the server yet.
function showChosen() {
  const scene = projector.querySelector(".scene");
  scene.classList.add("has-picture");
  for (const [box, place] of [[scene, scene.lastElementChild], [phone, phone.querySelector("h2")]]) {
    const copy = document.createElement("canvas");
    copy.className = "picture";
    copyPicture(chosen, copy);
    const before = box.querySelector(".picture");
    if (before) before.replaceWith(copy);
    else place.after(copy);
  }
  projected.fit();
}

looks.querySelector("button").hidden = true;
form.addEventListener("input", changed);
// Nothing is missing from a form that is empty, and what was refused says so already.
clearTimeout(timer);
if (title.value && !form.querySelector("[aria-invalid]")) preview();
