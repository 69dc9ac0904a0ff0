// Tells a browser that is too old for presenter pages, or refuses cookies. Written for any browser.

(function () {
  var supports = window.CSS && CSS.supports;
  var isModern = supports && CSS.supports("width", "1cqw") && CSS.supports("selector(:has(a))");
  document.cookie = "classpulse-try=1";
  if (!isModern) document.querySelector("[data-old]").hidden = false;
  if (!/classpulse-try/.test(document.cookie)) document.querySelector("[data-no-cookies]").hidden = false;
  document.cookie = "classpulse-try=;max-age=0";
})();
