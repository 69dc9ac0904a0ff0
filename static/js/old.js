// For phones whose browser knows no modules, and so runs nothing else of ours: forms are posted
// there, and this loads the page again while nothing on it is in use. Written for any browser.

(function () {
  var WAIT_MS = 10000;
  var main = document.querySelector("main");
  var hidden = main.querySelectorAll("noscript"); // what scripts would have made needless

  function isInUse() {
    var fields = main.querySelectorAll("[name=response]");
    var problem = main.querySelector(".problem");
    for (var n = 0; n < fields.length; n += 1) {
      var field = fields[n];
      if (field === document.activeElement && field.type !== "radio") return true;
      var option = field.options && field.options[field.selectedIndex];
      if (option ? !option.defaultSelected : field.checked !== field.defaultChecked || field.value !== field.defaultValue) return true;
    }
    return problem && problem.textContent !== "";
  }

  for (var n = 0; n < hidden.length; n += 1) {
    var shown = document.createElement("div");
    shown.innerHTML = hidden[n].textContent; // rendered and escaped by our server
    hidden[n].parentNode.insertBefore(shown, hidden[n]);
  }
  setInterval(function () {
    if (!isInUse()) location.replace(location.pathname);
  }, WAIT_MS);
})();
