/* Tells whether this phone can tell its position here; sends it nowhere. */
(function () {
  "use strict";
  document.documentElement.classList.add("scripted");
  var told = document.getElementById("told");
  function say(name) {
    told.textContent = told.dataset[name];
    told.className = "notice " + (name === "good" ? "good" : name === "asking" ? "" : "bad");
  }
  document.getElementById("ask").addEventListener("click", function () {
    if (!window.isSecureContext || !navigator.geolocation) {
      say("insecure");
      return;
    }
    say("asking");
    navigator.geolocation.getCurrentPosition(function () {
      say("good");
    }, function (wrong) {
      say(wrong.code === 1 ? "denied" : "none");
    }, { enableHighAccuracy: true, timeout: 20000 });
  });
}());
