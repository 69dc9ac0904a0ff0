// A password typed once and blindly is easily mistyped: it can be looked at.

const field = document.getElementById("password");
const show = document.querySelector("[data-show]");
show.hidden = false; // without this script it could do nothing
show.addEventListener("change", (event) => {
  field.type = event.target.checked ? "text" : "password";
});
