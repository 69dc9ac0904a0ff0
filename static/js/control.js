// The control page follows what happens elsewhere: counters by the socket, the rest by fetching
// its living part anew when a stage changed.

import { watch } from "./audience.js";
import { showCounters, showLink, showTrouble, takeStep } from "./lib/page.js";

const TOAST_MS = 8000;
const toast = document.querySelector("[data-toast]");
const session = document.querySelector("[data-control]").dataset.control.split("/").pop();
let state = null; // the newest present message
let hiding = 0;

const living = () => document.querySelector("[data-control]");

watch("/ws/present/" + session, (message) => {
  const moved = state && state.address !== message.address;
  state = message;
  if (moved) location.reload(); // draws the QR picture anew
  showCounters(document, message);
  showTrouble(message);
  if (message.revision !== living().dataset.revision) {
    htmx.ajax("GET", living().dataset.control, { target: living(), swap: "outerHTML" });
  }
}, showLink);

// "Project" moves the projector to a question; the link then opens its window, or shows it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-project]");
  if (!link || !state) return;
  link.href = "/present/" + session;
  takeStep(state, "go", link.dataset.project).catch(() => complain("The laptop does not answer."));
});

function complain(text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, TOAST_MS);
}

document.addEventListener("htmx:responseError", (event) => {
  const answer = document.createElement("template");
  answer.innerHTML = event.detail.xhr.responseText;
  complain(answer.content.textContent.trim() || "This did not work. Reload the page.");
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => complain("The laptop does not answer. Nothing was changed."));
}
