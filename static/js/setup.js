// A password typed once without being seen is easily mistyped: it can be shown.

import "./lib/unsaved.js";

const field = document.getElementById("password");
const show = document.querySelector("[data-show]");
show.hidden = false; // it needs this script
show.addEventListener("change", (event) => {
  field.type = event.target.checked ? "text" : "password";
});
