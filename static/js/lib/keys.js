// Formulas, code and signs in the text fields of a form: a row of keys that serves the field with the
// focus, and below the fields what of their formulas can't be shown.

const FENCE = "```"; // a line before code of several lines, and one behind it
const IS_FENCE = /^[ \t]*\x60{3}[\w+#-]*[ \t]*$/;
const FINISHED_MS = 1200; // after the previews: a formula that is being typed is not finished

const bar = document.querySelector("[data-signs]");
const keys = Array.from(bar.querySelectorAll("button"));
const isText = (field) => field.matches("textarea, input:not([type]):not([inputmode])");
const form = bar.closest("form");
let field = form.querySelector("textarea"); // the last one that had the focus
let timer = 0;

// Whether the caret is below a line of three backticks that begins code, or in it: Enter begins a new
// line there, and leads on from the line that ends the code.
export function isInCode({ value, selectionStart }) {
  const lines = value.slice(0, endOfLine(value, selectionStart)).split("\n");
  return lines.filter((line) => IS_FENCE.test(line)).length % 2 === 1;
}

function endOfLine(text, place) {
  const end = text.indexOf("\n", place);
  return end < 0 ? text.length : end;
}

// Write over what is selected from start to end, as if it were typed: it can be undone, and scripts
// hear of it. The caret stands behind so many characters of the text.
function write(text, start, end, caret) {
  const { value, maxLength } = field;
  if (maxLength >= 0 && value.length - (end - start) + text.length > maxLength) return;
  field.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(start + caret, start + caret);
}

// Put a mark before and behind what is selected, or around the caret.
function wrap(mark) {
  const { value, selectionStart, selectionEnd } = field;
  const selected = value.slice(selectionStart, selectionEnd);
  const text = selected.trim();
  const start = selectionStart + selected.indexOf(text);
  write(`${mark}${text}${mark}`, start, start + text.length, mark.length + (text ? text.length + mark.length : 0));
}

// Code of several lines, or on a line that is empty, becomes a block of whole lines.
function markCode() {
  const { value, selectionStart, selectionEnd } = field;
  const last = selectionEnd - (selectionEnd > selectionStart && value[selectionEnd - 1] === "\n");
  const start = value.slice(0, selectionStart).lastIndexOf("\n") + 1;
  const end = endOfLine(value, last);
  const lines = value.slice(start, end);
  if (!field.matches("textarea") || lines.trim() && !value.slice(selectionStart, last).includes("\n")) wrap("`");
  else write([FENCE, lines, FENCE].join("\n"), start, end, FENCE.length + 1 + lines.length);
}

function press({ dataset: { sign, mark } }) {
  field.focus(); // from the keyboard a key has the focus itself
  if (sign) write(sign, field.selectionStart, field.selectionEnd, sign.length);
  else if (mark === "`") markCode();
  else wrap(field.value.slice(field.selectionStart, field.selectionEnd).trim().includes("\n") ? "$$" : mark);
}

// Tab stops at one of the keys; arrows lead to the others, and Escape back into the field.
function stopAt(stop) {
  keys.forEach((key) => { key.tabIndex = key === stop ? 0 : -1; });
}

document.addEventListener("focusin", ({ target }) => {
  if (isText(target) && target.form === form) field = target;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "F10" || !event.altKey) return;
  event.preventDefault();
  keys.find((key) => key.tabIndex === 0).focus();
});
bar.addEventListener("mousedown", (event) => event.preventDefault()); // which would take the focus away
bar.addEventListener("click", ({ target }) => {
  const key = target.closest("button");
  if (!key) return;
  stopAt(key);
  if (!field.isConnected) field = form.querySelector("textarea");
  press(key);
});
bar.addEventListener("keydown", (event) => {
  const at = keys.indexOf(event.target);
  const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Escape") field.focus();
  if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const key = keys[(next + keys.length) % keys.length];
  stopAt(key);
  key.focus();
});
form.addEventListener("input", () => clearTimeout(timer));
stopAt(keys[0]);
bar.hidden = false;

// What the previews' answer says of formulas, below the fields that the form has.
export function warn(answer) {
  clearTimeout(timer);
  const said = Array.from(answer.querySelectorAll("[data-unreadable]"), ({ id, textContent }) => [id, textContent]);
  timer = setTimeout(() => {
    for (const [id, text] of said) {
      const place = document.getElementById(id);
      if (place && place.textContent !== text) place.textContent = text;
    }
  }, FINISHED_MS);
}
