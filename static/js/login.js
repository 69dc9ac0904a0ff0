// Tells a browser that is too old for presenter pages. Written for any browser.

(function () {
  var supports = window.CSS && CSS.supports;
  var isModern = supports && CSS.supports("width", "1cqw") && CSS.supports("selector(:has(a))");
  if (!isModern) document.querySelector("[data-old]").hidden = false;
})();
