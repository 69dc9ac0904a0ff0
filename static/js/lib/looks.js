// What projector and phones will show of a question, beside a form or below an item of a list.

import { newest } from "./page.js";
import { openProjection } from "./projection.js";

// The pictures in `looks`, an element around partials/_previews.tpl:
//   show(content)   that partial, parsed
//   showAt(html, item)   that partial, or the promise of it, below the item, or where it is if there
//                        is none. Whether it is shown: not if another was asked for since, or if
//                        the item is gone.
//   projected       the projection
//   phone           the root of the phone's page
export function openLooks(looks) {
  const projected = openProjection(looks.querySelector("[data-projection]"));
  const begin = newest();
  const phone = looks.querySelector("[data-preview=phone]").attachShadow({ mode: "open" });
  phone.addEventListener("submit", (event) => event.preventDefault());

  function show(content) {
    projected.show(content.querySelector("[data-projection]").innerHTML);
    const { content: page } = content.querySelector("[data-preview=phone] template");
    // Phones do with scripts what these are for.
    for (const sender of page.querySelectorAll("[data-tap]")) sender.hidden = true;
    for (const control of page.querySelectorAll("a, button, input, textarea, select")) control.tabIndex = -1;
    const before = phone.querySelector("[data-asked]");
    if (before) before.replaceWith(page.querySelector("[data-asked]"));
    else phone.append(page); // with its sheet
  }

  async function showAt(html, item) {
    const isNewest = begin();
    const answer = document.createElement("template");
    answer.innerHTML = await html; // rendered and escaped by our server
    if (!isNewest() || item && !item.isConnected) return false;
    if (!answer.content.querySelector("[data-preview=phone] template")) return false;
    if (item) item.append(looks);
    looks.hidden = false;
    show(answer.content);
    projected.fit(); // it may have been hidden
    return true;
  }

  return { show, showAt, projected, phone };
}
