// The page for a list of questions: what is pasted, dropped, chosen or typed is read while the page
// stays, and shown below it.

import { _ } from "./audience.js";
import { openLooks } from "./lib/looks.js";
import { giveUpAfter } from "./lib/page.js";
import "./lib/unsaved.js";

const READ_MS = 400; // after the last key
const ANSWER_MS = 20000; // a list that takes longer is given up
const STYLE = /\sstyle\s*=\s*("[^"]*"|'[^']*')/gi; // our policy would complain
const QUOTE = "\u0022";

const form = document.getElementById("list");
const text = document.getElementById("text");
const file = document.getElementById("file");
const chooser = document.querySelector("[data-chooser]");
const label = chooser.querySelector("label");
const failed = document.querySelector("[data-failed]");
const said = document.querySelector("[data-said]");
const zone = document.querySelector("[data-drop]");
const looks = document.querySelector("[data-previews]");
const pictures = openLooks(looks);
let found = document.querySelector("[data-found]");
let asked = 0; // number of the newest request
let timer = 0;

// Reading

// Send the list, with what one button says, and show what is understood.
async function read(name, value) {
  clearTimeout(timer);
  asked += 1;
  const number = asked;
  failed.textContent = checkSize();
  const kept = found.querySelector("[name=kept]");
  if (failed.textContent || !text.value.trim() && !file.files.length && !kept) return show("");
  const body = new FormData(form);
  if (name) body.set(name, value);
  const add = found.querySelector("[data-add]");
  if (add) add.disabled = true; // until what it will add is shown
  const answer = await send(body);
  if (number !== asked) return undefined;
  if (!answer) return fail();
  show(answer);
  return look();
}

// The piece of our server's HTML for the form, or "" where it cannot be had.
function send(body) {
  return fetch(form.action, {
    method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual", signal: giveUpAfter(ANSWER_MS),
  }).then((answer) => (answer.type === "opaqueredirect" || answer.status >= 500 ? "" : answer.text())).catch(() => "");
}

function fail() {
  failed.textContent = _("The laptop did not answer. Try again.");
  const add = found.querySelector("[data-add]");
  if (add) add.disabled = false;
}

function checkSize() {
  const most = Number(chooser.dataset.max) - 10000; // the form's other fields need room
  const size = file.files.length ? file.files[0].size : new Blob([text.value]).size;
  return size <= most ? "" : _("A list can have 2 MB. Split it, and add one part after the other.");
}

function show(html) {
  const answer = document.createElement("template");
  answer.innerHTML = html; // rendered and escaped by our server
  const fresh = answer.content.querySelector("[data-found]") || document.createElement("div");
  const problem = answer.content.querySelector(".problem");
  if (problem && !answer.content.querySelector("[data-found]")) failed.textContent = problem.textContent.trim();
  fresh.dataset.found = "";
  const { activeElement: active } = document;
  const name = found.contains(active) && active.name;
  found.replaceWith(fresh);
  found = fresh;
  const again = name && Array.from(form.elements).find((one) => one.name === name && one.value === active.value
    && one.type !== "hidden");
  if (again) again.focus();
  looks.hidden = !found.querySelector("[name=look]");
  text.rows = looks.hidden ? 9 : 5;
  const summary = found.querySelector("[data-summary]");
  said.textContent = summary ? summary.textContent.trim().replace(/\s+/g, " ") : "";
}

// Show one question as projector and phones will: the first, or that of a button.
async function look(button = found.querySelector("[name=look]")) {
  if (!button) return;
  const body = new FormData(form);
  body.set("look", button.value);
  const answer = document.createElement("template");
  answer.innerHTML = await send(body);
  if (!found.contains(button) || !answer.content.querySelector("[data-preview]")) return;
  for (const other of found.querySelectorAll("li.is-shown")) other.classList.remove("is-shown");
  button.closest("li").classList.add("is-shown");
  pictures.show(answer.content);
}

function readSoon() {
  clearTimeout(timer);
  timer = setTimeout(read, READ_MS);
}

// Only what adds the questions leaves the page.
form.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (submitter && submitter.name === "confirm") return;
  event.preventDefault();
  event.stopPropagation(); // nothing is saved yet (lib/unsaved.js)
  if (submitter && submitter.name === "drop") dropFile();
  else if (submitter && submitter.name === "look") look(submitter).then(() => looks.scrollIntoView({ block: "nearest" }));
  else if (submitter) read(submitter.name, submitter.value);
  else read();
});

// What the button will add.
form.addEventListener("change", ({ target }) => {
  if (target.name !== "leave_out") return;
  const boxes = Array.from(found.querySelectorAll("[name=leave_out]"));
  const count = boxes.filter((box) => !box.checked).length;
  const add = found.querySelector("[data-add]");
  add.textContent = count === 1 ? _("Add 1 question") : _("Add {count} questions", { count });
  add.disabled = count === 0;
});

// A form that comes back after its questions were added is another one.
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) window.location.reload(); });

// Text: another one takes the place of a file.

text.addEventListener("input", () => {
  clearFile();
  readSoon();
});

function insert(pasted) {
  text.setRangeText(pasted, text.selectionStart, text.selectionEnd, "end");
  clearFile();
  read();
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

function choose(files) {
  file.files = files;
  showFile();
  read();
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

file.addEventListener("change", () => {
  showFile();
  read();
});

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
if (text.value.trim() || found.querySelector("[name=kept]")) read();
