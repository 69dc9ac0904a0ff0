// Leaving a page asks first while one of its forms holds something that is not saved.

const forms = Array.from(document.querySelectorAll("form[data-unsaved]"));
const contents = new Map(forms.map((form) => [form, contentOf(form)]));
let sent = null; // the form that the page is being left with

// Empty fields don't count: rows for further options come and go.
function contentOf(form) {
  const fields = Array.from(new FormData(form), ([name, value]) => [name, value.name || value]);
  return JSON.stringify(fields.filter(([, value]) => typeof value === "string" && value));
}

// A form that was refused holds what was typed before.
function isUnsaved(form) {
  return form !== sent && (form.dataset.unsaved === "yes" || contentOf(form) !== contents.get(form));
}

// A page that shows the form again, as another type of question, is told whether it was unsaved.
document.addEventListener("submit", ({ target }) => {
  if (target.elements.unsaved) target.elements.unsaved.value = isUnsaved(target) ? "yes" : "";
  sent = target;
});
window.addEventListener("beforeunload", (event) => {
  const losing = forms.some(isUnsaved);
  sent = null; // the page may stay: what was sent can be stopped, or fail
  if (!losing) return;
  event.preventDefault();
  event.returnValue = ""; // for older browsers
});
