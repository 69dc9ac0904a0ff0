// Conveniences of the question form: texts that a button fills in, and pictures made small.

import { _ } from "./audience.js";

const PICTURES = [[1600, 0.85], [1280, 0.8], [960, 0.75], [640, 0.7], [480, 0.6]]; // longest side in px, quality

for (const presets of document.querySelectorAll("[data-fills]")) {
  const field = document.getElementById(presets.dataset.fills);
  presets.addEventListener("click", (event) => {
    const button = event.target.closest("[data-text]");
    if (!button) return;
    field.value = button.dataset.text;
    field.focus();
  });
}

const picture = document.querySelector("input[name=picture]");
const preview = document.querySelector("[data-preview]");
const problem = document.querySelector("[data-picture-problem]");
const submit = picture.form.querySelector(".primary");

// Drawn again, a picture is small enough for a room full of phones, and no longer holds the place
// where it was taken and whatever else a camera writes into it. JPEG, because old iPhones know no WebP.
async function shrink(file) {
  const drawn = await createImageBitmap(file);
  for (const [side, quality] of PICTURES) {
    const scale = Math.min(1, side / Math.max(drawn.width, drawn.height));
    preview.width = Math.max(1, Math.round(drawn.width * scale));
    preview.height = Math.max(1, Math.round(drawn.height * scale));
    const canvas = preview.getContext("2d");
    canvas.fillStyle = "#fff"; // under what is transparent
    canvas.fillRect(0, 0, preview.width, preview.height);
    canvas.drawImage(drawn, 0, 0, preview.width, preview.height);
    const small = await new Promise((done) => { preview.toBlob(done, "image/jpeg", quality); });
    if (small.size <= Number(picture.dataset.max)) return new File([small], "picture.jpg");
  }
  throw new Error("too large");
}

picture.addEventListener("change", async () => {
  const [file] = picture.files;
  problem.textContent = "";
  preview.hidden = true;
  if (!file) return;
  submit.disabled = true; // or the large one would be sent
  try {
    const chosen = new DataTransfer();
    chosen.items.add(await shrink(file));
    picture.files = chosen.files;
    preview.hidden = false;
  } catch (unreadable) {
    picture.value = "";
    problem.textContent = _("This picture can't be read. A PNG, JPEG, WebP or GIF file can.");
  }
  submit.disabled = false;
});
