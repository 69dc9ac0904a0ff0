// Conveniences of the question form: texts that a button fills in.

for (const presets of document.querySelectorAll("[data-fills]")) {
  const field = document.getElementById(presets.dataset.fills);
  presets.addEventListener("click", (event) => {
    const button = event.target.closest("[data-text]");
    if (!button) return;
    field.value = button.dataset.text;
    field.focus();
  });
}
