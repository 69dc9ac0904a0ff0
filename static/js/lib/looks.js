// What projector and phones will show of a question that is not saved, beside a form.

import { openProjection } from "./projection.js";

// The pictures in `looks`, an element around partials/_previews.tpl:
//   show(content)   that partial, parsed
//   projected       the projection
//   phone           the root of the phone's page
export function openLooks(looks) {
  const projected = openProjection(looks.querySelector("[data-projection]"));
  const phone = looks.querySelector("[data-preview=phone]").attachShadow({ mode: "open" });
  phone.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("resize", projected.fit);

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

  return { show, projected, phone };
}
