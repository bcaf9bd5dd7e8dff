// Comes before the button: on a slow network that is pressed long before call.js is there, and the
// form alone would be sent without a position and be refused. The press waits for call.js, which
// takes it over; where that never comes, the form is sent the plain way.
// Written for phones of 2015 on: no syntax newer than ECMAScript 5.
(function () {
  "use strict";
  var PATIENCE_MS = 10000;
  var root = document.documentElement, early = { pressed: null, over: false, take: take };

  function submitted(event) {
    var form = event.target, said = document.getElementById("position-said");
    if (early.over || form.id !== "call") { return; }
    event.preventDefault();
    if (early.pressed) { return; }
    early.pressed = form;
    form.querySelector("button[value=call]").setAttribute("aria-disabled", "true");
    said.textContent = form.dataset.sayArmed.replace("{seconds}", form.dataset.seconds);
    setTimeout(plain, PATIENCE_MS);
  }

  // By call.js: from now on it answers. True if the button has been pressed.
  function take() {
    early.over = true;
    return !!early.pressed;
  }

  function plain() {
    if (early.over) { return; }
    early.over = true;
    root.className = root.className.replace(" scripted", "");
    if (early.pressed) { HTMLFormElement.prototype.submit.call(early.pressed); }
  }

  window.net119Early = early;
  root.className += " scripted";
  document.addEventListener("submit", submitted, true);
  // Scripts that are deferred have run by now, or failed.
  window.addEventListener("load", plain);
})();
