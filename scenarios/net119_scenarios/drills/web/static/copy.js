/* Copies what a button names, and says that it did. */
(function () {
  "use strict";
  document.documentElement.classList.add("scripted");
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-copy]");
    if (!button || !navigator.clipboard) {
      return;
    }
    navigator.clipboard.writeText(button.dataset.copy).then(function () {
      document.getElementById("said").textContent = button.dataset.done;
      var before = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(function () { button.textContent = before; }, 2000);
    });
  });
}());
