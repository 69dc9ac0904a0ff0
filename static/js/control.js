// The control page follows what happens elsewhere: counters by the socket, the rest by fetching
// its living part anew when a stage changed.

import { watch } from "./audience.js";
import { showCounters, showLink } from "./lib/page.js";

const TOAST_MS = 8000;
const toast = document.querySelector("[data-toast]");
const session = document.querySelector("[data-control]").dataset.control.split("/").pop();
let known = null;
let hiding = 0;

const living = () => document.querySelector("[data-control]");
const stateOf = (message) => JSON.stringify([
  message.stages, message.question_id, message.round, message.session_active, message.results_shown,
  message.next, message.address,
]);

watch("/ws/present/" + session, (message) => {
  showCounters(document, message);
  const state = stateOf(message);
  if (known !== null && known !== state) {
    htmx.ajax("GET", living().dataset.control, { target: living(), swap: "outerHTML" });
  }
  known = state;
}, showLink);

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
