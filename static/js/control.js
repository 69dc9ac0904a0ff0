// The control page follows what happens elsewhere: the projector in small and the numbers by the
// sockets, the rest by fetching its living part again when a stage changed.

import { _, watch } from "./audience.js";
import { countDown, readRemaining, showRemaining } from "./lib/countdown.js";
import "./lib/menus.js";
import {
  fetchPiece, newest, refreshPrivate, showCounters, showLink, showTrouble,
} from "./lib/page.js";
import { openProjection } from "./lib/projection.js";

const TOAST_MS = 8000;
const LEFT_MS = 1000; // Safari ends the requests of a page that is left, which lasts until the next one comes
const LIST_MS = 400; // between two lists of who has answered
const PRESS_MS = 700; // a tap so soon after a button has changed is meant for what it did before

const announcement = document.querySelector("[data-announce]");
const toast = document.querySelector("[data-toast]");
const ending = document.querySelector("[data-ending]");
const smallJoin = document.querySelector("[data-small-join]");
const smallEnd = document.querySelector("[data-small-end]");
const projected = openProjection(document.querySelector("[data-projection]"));
const remote = matchMedia("(max-width: 899px)");
const named = document.querySelector(`[data-tab="${location.hash.slice(1)}"]`);

let state = null; // the newest present message
let tallied; // hands that were raised, by the newest results message
let hiding = 0;
let left = 0; // when another page was asked for
let watched = null; // {id, end}: the question whose results come
let refreshing = false;
let listed = ""; // the numbers of answers when those who gave them were listed
let listing = 0;
let resting = 0; // until then, buttons of the lesson take no taps
let pulsed = ""; // the question and round that everybody has answered
let kept = null; // {opened, focused, top, next}: what a new living part does not change
let dragged = null; // the row of a question
let agreed = false; // to the end of the session

const beginEnd = newest();
const living = () => document.querySelector("[data-control]");
const path = living().dataset.control;
living().parentNode.removeAttribute("hx-disable"); // before htmx looks for what it drives
const TAB = "classpulse-tab" + path; // in storage: the part that is shown beside the projector

watch("/ws/present/" + path.split("/").pop(), (message) => {
  const moved = state && state.address !== message.address;
  const before = state || { session_active: true };
  state = message;
  if (moved) location.reload(); // draws the QR code again
  smallJoin.hidden = !message.joining;
  if (!message.joining) projected.show(message.html);
  if (message.session_active !== before.session_active) showEnd(!message.session_active);
  else if (message.question_id !== before.question_id) showEnd(false);
  if (!message.session_active && ending.open) ending.close();
  const stepped = message.question_id !== before.question_id || message.stage !== before.stage;
  if (stepped && remote.matches && !document.activeElement.matches("input, select")) scrollTo(0, 0);
  showTrouble(message);
  countDown(message, announce);
  showNumbers();
  if (message.revision !== living().dataset.revision) refresh();
  followResults(message.question_id);
}, showLink);

// The end of the session in numbers, until the projector shows a question again.
async function showEnd(shown) {
  const isNewest = beginEnd();
  smallEnd.hidden = true;
  const html = shown ? await fetchPiece(smallEnd.dataset.smallEnd) : null;
  if (html === null || !isNewest()) return;
  smallEnd.innerHTML = html; // escaped by our server
  smallEnd.hidden = false;
}

function followResults(id) {
  if (watched && watched.id === id) return;
  if (watched) watched.end();
  tallied = undefined;
  watched = id && { id, end: watch("/ws/results/" + id, showResults, () => {}) };
}

function showResults(message) {
  projected.draw(message);
  tallied = message.tallied;
  showNumbers();
  refreshAnswers();
}

// What is seen of the answers and students; what is not is fetched when its tab is chosen.
function refreshAnswers() {
  const panels = Array.from(document.querySelectorAll("[data-private] [data-panel]"));
  if (panels.some((panel) => panel.getClientRects().length)) refreshPrivate();
}

// Once for all changes that come meanwhile. Where it fails, the next message tries again.
async function refresh() {
  if (refreshing) return;
  refreshing = true;
  const { revision } = state;
  await htmx.ajax("GET", path, { target: living(), swap: "outerHTML" }).catch(() => null);
  refreshing = false;
  if (state.revision !== revision && state.revision !== living().dataset.revision) refresh();
}

// Everything that changes with each answer.
function showNumbers() {
  if (!state) return;
  showCounters(document, { ...state, tallied });
  for (const [id, count] of Object.entries(state.answers)) {
    const row = document.querySelector(`li[data-question-id="${id}"]`);
    const answers = row && row.querySelector("[data-answers]");
    if (answers) answers.textContent = count;
  }
  const answered = state.finished === null ? state.response_count || 0 : state.finished;
  const asked = state.question_id && state.stage !== "draft";
  const missing = asked ? Math.max(0, state.expected - answered) : 0;
  for (const element of document.querySelectorAll("[data-missing]")) {
    element.textContent = missing;
    element.closest("details").classList.toggle("is-none", !missing);
  }
  const share = state.expected ? Math.min(100, 100 * answered / state.expected) : 0;
  for (const track of document.querySelectorAll("[data-track], [data-finishing]")) {
    track.style.setProperty("--share", share);
  }
  const counts = JSON.stringify([missing, state.here, state.answers]);
  if (findLists().length && listed !== counts) listSoon();
  listed = findLists().length ? counts : "";
  if (state.active && state.expected && !missing) pulse(`${state.question_id}:${state.round}`);
}

// The lists of who is missing and who has answered, as far as they are seen.
function findLists() {
  return Array.from(document.querySelectorAll("[data-who], [data-grid]")).filter((list) => list.getClientRects().length);
}

// Fetch them again, once for all answers until then.
function listSoon() {
  if (listing) return;
  listing = setTimeout(() => {
    listing = 0;
    for (const list of findLists()) htmx.trigger(list, "answers");
  }, LIST_MS);
}

function announce(text) {
  announcement.textContent = text;
}

// After the next step has become another one, the buttons take no taps for a moment.
function rest(before) {
  const next = readNext();
  if (before !== undefined && before !== next) resting = Date.now() + PRESS_MS;
  const drive = document.querySelector(".drive");
  const left = resting - Date.now();
  drive.classList.toggle("is-resting", left > 0);
  if (left > 0) setTimeout(() => drive.classList.remove("is-resting"), left);
}

// What the button of the next step does.
function readNext() {
  const next = document.querySelector("[data-next]");
  return next ? next.textContent : "";
}

// All have answered: the next step asks for attention, once.
function pulse(round) {
  const next = document.querySelector("[data-next]");
  if (pulsed === round || !next) return;
  pulsed = round;
  next.classList.add("is-pulsing");
}

// Tabs: one part at a time beside the projector. The remote shows the answers above the others.
function showTab() {
  const chosen = sessionStorage.getItem(TAB) || "questions";
  const tab = remote.matches && chosen === "answers" ? "questions" : chosen;
  for (const panel of document.querySelectorAll("[data-panel]")) {
    const tabs = panel.dataset.panel.split(" ");
    panel.hidden = !tabs.includes(tab) && !(remote.matches && tabs.includes("answers"));
  }
  for (const link of document.querySelectorAll("[data-tab]")) {
    if (link.dataset.tab === tab) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-tab]");
  if (!link) return;
  event.preventDefault();
  sessionStorage.setItem(TAB, link.dataset.tab);
  showTab();
  if (remote.matches) link.parentNode.scrollIntoView(); // below the answers there is little room
  refreshAnswers();
  showNumbers();
});
remote.addEventListener("change", showTab);

// A key that is held down does one step.
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && event.target.closest(".drive")) event.preventDefault();
});

// An answer whose target was replaced meanwhile goes to the new one: into nothing, it would take
// along the field that outlives it (hx-preserve).
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.target.matches("[data-control]")) return;
  detail.xhr.addEventListener("readystatechange", () => {
    if (!detail.target.isConnected) detail.target = living();
  });
});

// A new living part is scrolled and unfolded like the one before. None comes while a row is dragged:
// it would take that away. When the row is dropped, another part is fetched.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  kept = null; // from a swap that failed
  if (!detail.target.matches("[data-control]")) return;
  if (dragged) detail.shouldSwap = false;
  if (!detail.shouldSwap) return;
  const opened = Array.from(detail.target.querySelectorAll("details[open]"), ({ id }) => id);
  const { id } = document.activeElement;
  kept = { opened, focused: id, top: detail.target.querySelector(".side").scrollTop, next: readNext() };
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const { requestConfig: asked } = detail; // none where a script swapped
  if (asked && asked.verb === "post") listed = ""; // names may have changed
  showTab();
  showNumbers();
  showRemaining();
  if (!kept) return;
  rest(kept.next);
  for (const id of kept.opened) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  const focused = kept.focused && document.getElementById(kept.focused);
  if (focused) focused.focus(); // htmx could not, while its menu was closed
  document.querySelector(".side").scrollTop = kept.top;
  kept = null;
});

// Questions are dragged by their handles; the arrows of their menus do the same.
document.addEventListener("dragstart", (event) => {
  if (!event.target.closest("[data-grip]")) return;
  dragged = event.target.closest("li");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", ""); // without data WebKit drags nothing
  event.dataTransfer.setDragImage(dragged, 0, 0);
});
document.addEventListener("dragover", (event) => {
  const over = dragged && event.target.closest("li[data-question-id]");
  if (!over || over.parentNode !== dragged.parentNode) return;
  event.preventDefault();
  const { top, height } = over.getBoundingClientRect();
  if (over !== dragged) over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
});
document.addEventListener("drop", (event) => dragged && event.preventDefault());
document.addEventListener("dragend", (event) => {
  if (!dragged) return;
  const place = Array.from(dragged.parentNode.children).indexOf(dragged) + 1;
  const dropped = event.dataTransfer.dropEffect !== "none";
  const [method, url, values] = dropped
    ? ["POST", `/questions/${dragged.dataset.questionId}/move`, { place }]
    : ["GET", path, {}];
  htmx.ajax(method, url, { values, target: living(), swap: "outerHTML" });
  dragged = null;
});

// A step says what the countdown shows at this moment.
document.addEventListener("htmx:configRequest", ({ detail: { path: to, parameters } }) => {
  const left = readRemaining();
  if (left !== null && to.endsWith("/step")) parameters.remaining_ms = left;
});

// What ends the lesson asks first, as the projector does; not where the browser has no dialogs.
ending.querySelector("[data-agree]").addEventListener("click", () => ending.close("end"));
ending.querySelector("[data-close]").addEventListener("click", () => ending.close());
// What was pressed may have been replaced while this was asked: the session's own button ends it.
ending.addEventListener("close", () => {
  const button = document.querySelector("[data-asks]");
  if (ending.returnValue !== "end" || !button) return;
  agreed = true;
  button.click();
  agreed = false;
});
document.addEventListener("htmx:confirm", (event) => {
  const { detail } = event;
  const button = detail.triggeringEvent && detail.triggeringEvent.submitter || detail.elt;
  if (agreed || !ending.showModal || !button.matches("[data-asks], [value=end]")) return;
  event.preventDefault();
  ending.returnValue = "";
  ending.showModal();
});

function showToast(text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, TOAST_MS);
}

document.addEventListener("htmx:responseError", (event) => {
  const answer = document.createElement("template");
  answer.innerHTML = event.detail.xhr.responseText;
  const reason = answer.content.querySelector(".problem");
  showToast(reason ? reason.textContent : _("This did not work. Reload the page."));
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    if (Date.now() - left > LEFT_MS) showToast(_("No connection to the laptop. Nothing was changed."));
  });
}
window.addEventListener("beforeunload", () => { left = Date.now(); });

if (named) sessionStorage.setItem(TAB, named.dataset.tab); // by a link from the home page
showTab();
projected.fit();
