// The control page follows what happens elsewhere: counters by the socket, the rest by fetching
// its living part again when a stage changed.

import { _, watch } from "./audience.js";
import { refreshPrivate, showCounters, showLink, showTrouble, takeStep } from "./lib/page.js";

const TOAST_MS = 8000;
const toast = document.querySelector("[data-toast]");
const session = document.querySelector("[data-control]").dataset.control.split("/").pop();
let state = null; // the newest present message
let hiding = 0;
let watched = null; // {id, end}: the question whose answers come, where they may be seen

const living = () => document.querySelector("[data-control]");

watch("/ws/present/" + session, (message) => {
  const moved = state && state.address !== message.address;
  state = message;
  if (moved) location.reload(); // draws the QR code again
  showCounters(document, message);
  showTrouble(message);
  if (message.revision !== living().dataset.revision) {
    htmx.ajax("GET", living().dataset.control, { target: living(), swap: "outerHTML" });
  }
  followAnswers(message.question_id);
}, showLink);

function followAnswers(id) {
  if (!document.querySelector("[data-private]") || (watched && watched.id === id)) return;
  if (watched) watched.end();
  watched = id && { id, end: watch("/ws/results/" + id, refreshPrivate, () => {}) };
}

// "Project" moves the projector to a question; the link then opens its window, or shows it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-project]");
  if (!link || !state) return;
  link.href = "/present/" + session;
  takeStep(state, "go", link.dataset.project)
    .catch(() => showToast(_("The laptop does not answer.")));
});

// Questions are dragged by their handles; the arrows beside them do the same.
let dragged = null;
document.addEventListener("dragstart", (event) => {
  if (!event.target.closest("[data-grip]")) return;
  dragged = event.target.closest("li");
  event.dataTransfer.effectAllowed = "move";
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
  const [method, path, values] = dropped
    ? ["POST", `/questions/${dragged.dataset.questionId}/move`, { place }]
    : ["GET", living().dataset.control, {}];
  htmx.ajax(method, path, { values, target: living(), swap: "outerHTML" });
  dragged = null;
});

// What ends the lesson asks first, as the projector does.
document.addEventListener("htmx:confirm", (event) => {
  const button = event.detail.triggeringEvent && event.detail.triggeringEvent.submitter || event.detail.elt;
  if (!button.matches("[data-asks], [value=end]")) return;
  event.preventDefault();
  if (confirm(_("Close the session? Students can't answer any more."))) {
    event.detail.issueRequest(true);
  }
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
    showToast(_("The laptop does not answer. Nothing was changed."));
  });
}
