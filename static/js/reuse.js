// The page that copies questions: any of them is shown as projector and phones will.

import "./list.js";
import { openLooks } from "./lib/looks.js";
import { post } from "./lib/page.js";

const form = document.querySelector("[data-reuse]");
if (form) openPreviews(form.querySelector("[data-previews]"));

function openPreviews(looks) {
  const pictures = openLooks(looks);
  form.addEventListener("submit", async (event) => {
    const { submitter } = event;
    if (!submitter || submitter.name !== "look") return;
    event.preventDefault();
    const item = submitter.closest("li");
    if (item.contains(looks) && !looks.hidden) {
      looks.hidden = true;
      return;
    }
    const body = new FormData(form);
    body.set("look", submitter.value);
    const html = post(form.action, body, "data-preview").catch(() => "");
    if (await pictures.showAt(html, item)) looks.scrollIntoView({ block: "nearest" });
  });
}
