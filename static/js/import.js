// The page for a list of questions: what is pasted, dropped, chosen or typed is read while the page
// stays, and shown below it.

import { _ } from "./audience.js";
import { openLooks } from "./lib/looks.js";
import "./lib/unsaved.js";

const READ_MS = 400; // after the last key
const ANSWER_MS = 20000; // a list that takes longer is given up
const STYLE = /\sstyle\s*=\s*("[^"]*"|'[^']*')/gi; // our policy would complain
const QUOTE = "\u0022";
const NARROW = window.matchMedia("(max-width: 899px)"); // the sheet has the same

const form = document.getElementById("list");
const text = document.getElementById("text");
const file = document.getElementById("file");
const chooser = document.querySelector("[data-chooser]");
const label = chooser.querySelector("label");
const name = document.getElementById("name"); // of a new session
const failed = document.querySelector("[data-failed]");
const said = document.querySelector("[data-said]");
const zone = document.querySelector("[data-drop]");
const looks = document.querySelector("[data-previews]");
const home = looks.parentNode;
const pictures = openLooks(looks);
let found = document.querySelector("[data-found]");
let reading = null; // the AbortController of a request under way
let timer = 0;

// Reading

// Send the list, with what one button says, and show what is understood.
async function read(field, value) {
  clearTimeout(timer);
  if (reading) reading.abort();
  reading = null;
  failed.textContent = checkSize();
  const kept = found.querySelector("[name=kept]");
  if (failed.textContent || !text.value.trim() && !file.files.length && !kept) return show("");
  const body = new FormData(form);
  if (field) body.set(field, value);
  const mine = new AbortController();
  reading = mine;
  showAdd();
  const answer = await send(body, mine);
  if (mine !== reading) return undefined;
  reading = null;
  return answer ? show(answer) : fail();
}

// The pieces of our server's HTML for the form, or "" where they cannot be had.
function send(body, request) {
  setTimeout(() => request.abort(), ANSWER_MS);
  return fetch(form.action, {
    method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual", signal: request.signal,
  }).then((answer) => (answer.type === "opaqueredirect" || answer.status >= 500 ? "" : answer.text())).catch(() => "");
}

function fail() {
  failed.textContent = _("The laptop did not answer. Try again.");
  showAdd();
}

const listBoxes = (list) => Array.from(list.querySelectorAll("[type=checkbox][name=leave_out]"));

// What the button will add, for which it waits until that is shown.
function showAdd() {
  const add = found.querySelector("[data-add]");
  if (!add) return;
  const count = listBoxes(found).filter((box) => !box.checked).length;
  add.textContent = count === 1 ? _("Add 1 question") : _("Add {count} questions", { count });
  add.disabled = count === 0 || reading !== null;
}

function checkSize() {
  const most = Number(chooser.dataset.max) - 10000; // the form's other fields need room
  const size = file.files.length ? file.files[0].size : new Blob([text.value]).size;
  if (size <= most) return "";
  return file.files.length ? chooser.dataset.large : _("A list can have 2 MB. Split it, and add one part after the other.");
}

function show(html) {
  const answer = document.createElement("template");
  answer.innerHTML = html; // rendered and escaped by our server
  const fresh = answer.content.querySelector("[data-found]") || document.createElement("div");
  const problem = answer.content.querySelector(".problem");
  if (problem && !answer.content.querySelector("[data-found]")) failed.textContent = problem.textContent.trim();
  fresh.dataset.found = "";
  const { activeElement: active } = document;
  const focused = found.contains(active) && active.name;
  if (found.querySelector("details[open]") && fresh.querySelector("details")) fresh.querySelector("details").open = true;
  // Ticks may have changed since the list was sent.
  const ticks = new Map(listBoxes(found).map(({ value, checked }) => [value, checked]));
  for (const box of listBoxes(fresh)) if (ticks.has(box.value)) box.checked = ticks.get(box.value);
  home.append(looks);
  looks.hidden = true;
  found.replaceWith(fresh);
  found = fresh;
  showAdd();
  const again = focused && Array.from(form.elements).find((one) => one.name === focused && one.value === active.value
    && one.type !== "hidden");
  if (again) again.focus();
  if (!NARROW.matches) showLooks(html, found.querySelector(".found li"));
  const summary = found.querySelector("[data-summary]");
  said.textContent = summary ? summary.textContent.trim().replace(/\s+/g, " ") : "";
}

// What projector and phones will show of one question: beside the list, or below the question.
// Whether that is shown.
async function showLooks(html, item) {
  if (!await pictures.showAt(html, NARROW.matches && item)) return false;
  for (const other of found.querySelectorAll("li.is-shown")) other.classList.remove("is-shown");
  if (item) item.classList.add("is-shown");
  return true;
}

async function look(button) {
  const item = button.closest("li");
  const body = new FormData(form);
  body.set("look", button.value);
  if (!looks.hidden && item.contains(looks)) {
    looks.hidden = true;
    return;
  }
  const isShown = await showLooks(send(body, new AbortController()), item);
  if (isShown) looks.scrollIntoView({ block: "nearest" });
}

function readSoon() {
  clearTimeout(timer);
  timer = setTimeout(read, READ_MS);
}

// Only what adds the questions leaves the page.
form.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (submitter && submitter.name === "confirm" && form.reportValidity()) return;
  event.preventDefault();
  event.stopPropagation(); // nothing is saved yet (lib/unsaved.js)
  if (!submitter) read();
  else if (submitter.name === "drop") dropFile();
  else if (submitter.name === "look") look(submitter);
  else if (submitter.name !== "confirm") read(submitter.name, submitter.value);
});

form.addEventListener("change", showAdd);

// A form that comes back after its questions were added is another one.
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) window.location.reload(); });

// What comes as a whole is not looked at: what was found is.
async function readWhole() {
  text.rows = 3;
  await read();
  if (NARROW.matches && found.querySelector("[data-summary]")) found.scrollIntoView();
}

// Text: another one takes the place of a file.

text.addEventListener("input", () => {
  text.rows = 9;
  clearFile();
  readSoon();
});

function insert(pasted) {
  text.setRangeText(pasted, text.selectionStart, text.selectionEnd, "end");
  clearFile();
  readWhole();
}

// The cells of a pasted table, with tabs between them; "" if there is more than a table. Browsers'
// plain text of a table does not say which line break is within a cell.
function readTable(html) {
  const page = document.createElement("template");
  page.innerHTML = html.replace(/<[^<>]*>/g, (tag) => tag.replace(STYLE, "")); // it stays inert
  const table = page.content.querySelector("table");
  if (!table) return "";
  for (const hidden of page.content.querySelectorAll("style, script, title")) hidden.remove();
  const rows = Array.from(table.rows, (row) => Array.from(row.cells).flatMap(readCell).join("\t"));
  table.remove();
  return page.content.textContent.trim() ? "" : rows.join("\n");
}

function readCell(cell) {
  for (const end of cell.querySelectorAll("br")) end.replaceWith("\u2028");
  for (const block of cell.querySelectorAll("p + p, div + div, li + li")) block.prepend("\u2028");
  const words = cell.textContent.replace(/\s*\u2028\s*|\s+/g, (space) => (space.includes("\u2028") ? "\n" : " ")).trim();
  const quoted = [QUOTE, words.split(QUOTE).join(QUOTE + QUOTE), QUOTE].join("");
  return [/[\u0022\t\n]/.test(words) ? quoted : words, ...new Array(cell.colSpan - 1).fill("")];
}

document.addEventListener("paste", (event) => {
  const { clipboardData: data, target } = event;
  if (target !== text && target.matches("input")) return;
  const plain = data.getData("text/plain");
  const pasted = readTable(data.getData("text/html")) || plain;
  if (pasted) {
    event.preventDefault();
    insert(pasted);
  } else if (data.files.length) choose(data.files);
});

// Files

function showFile() {
  const [chosen] = file.files;
  label.textContent = chosen ? chosen.name : _("Choose a file");
}

function readFile() {
  show(""); // nothing of another list, such as how to read it
  showFile();
  if (name && !name.value && file.files.length) name.value = file.files[0].name.replace(/\.[^.]*$/, "").slice(0, name.maxLength);
  readWhole();
}

function choose(files) {
  file.files = files;
  readFile();
}

function clearFile() {
  file.value = "";
  const kept = found.querySelector("[name=kept]");
  if (kept) kept.remove();
  showFile();
}

function dropFile() {
  clearFile();
  read();
  text.focus();
}

file.addEventListener("change", readFile);

const hasFiles = ({ dataTransfer }) => Array.from(dataTransfer.types).some((type) => /^files$/i.test(type));

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  zone.hidden = false;
});
document.addEventListener("dragleave", ({ relatedTarget }) => { if (!relatedTarget) zone.hidden = true; });
document.addEventListener("drop", (event) => {
  zone.hidden = true;
  if (!hasFiles(event)) return;
  event.preventDefault();
  choose(event.dataTransfer.files);
});

chooser.classList.add("is-scripted");
chooser.querySelector("[data-read]").hidden = true;
showFile();
form.noValidate = true; // but where the questions are added
if (name) name.required = true;
if (text.value.trim() || found.querySelector("[name=kept]")) read();
