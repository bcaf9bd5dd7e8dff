// The read-aloud card: speaks the plea in Japanese, once or again and again.
// The reader may not hear whether it speaks: the page says so, also where the phone has no voice.
(function () {
  "use strict";
  document.documentElement.className += " scripted";
  function byId(id) { return document.getElementById(id); }
  var told = byId("voice"), again = byId("repeat"), speech = window.speechSynthesis;
  var START_MS = 4000;    // a phone that has not begun by then will not
  var PAUSE_MS = 1500;    // between two readings
  var turn = 0, pause = null, watch = null;

  function tell(name) {
    told.setAttribute("data-state", name);
    told.textContent = name ? told.getAttribute("data-" + name) : "";
  }
  function voice() {
    var found = null;
    Array.prototype.forEach.call(speech.getVoices(), function (one) {
      if (!found && /^ja([-_]|$)/i.test(one.lang)) { found = one; }
    });
    return found;
  }
  function text() {
    return Array.prototype.map.call(document.querySelectorAll("#plea [data-say]"), function (one) {
      return one.getAttribute("data-say");
    }).join(" ");
  }
  function hush() {
    turn += 1;
    clearTimeout(pause);
    clearTimeout(watch);
    if (speech) { speech.cancel(); }
  }
  function read() {
    hush();
    var mine = turn;
    if (!speech || !window.SpeechSynthesisUtterance) { tell("none"); return; }
    var said = new SpeechSynthesisUtterance(text()), own = voice();
    said.lang = "ja-JP";
    said.rate = 0.9;
    if (own) { said.voice = own; }
    said.onstart = function () {
      if (mine === turn) { clearTimeout(watch); tell("reading"); }
    };
    said.onend = function () {
      if (mine !== turn) { return; }
      clearTimeout(watch);
      if (again.getAttribute("aria-pressed") === "true") { pause = setTimeout(read, PAUSE_MS); }
      else { tell("stopped"); }
    };
    said.onerror = function () { if (mine === turn) { hush(); tell("none"); } };
    // Voices may come late, or the phone speak by one that it does not list: it is asked at once,
    // and said to have none only if it does not begin.
    watch = setTimeout(function () { if (mine === turn) { hush(); tell("none"); } }, START_MS);
    if (speech.getVoices().length && !own) { hush(); tell("none"); return; }
    speech.speak(said);
  }
  byId("speak").addEventListener("click", read);
  byId("stop").addEventListener("click", function () {
    again.setAttribute("aria-pressed", "false");
    hush();
    tell("stopped");
  });
  again.addEventListener("click", function () {
    var on = again.getAttribute("aria-pressed") !== "true";
    again.setAttribute("aria-pressed", String(on));
    if (on) { read(); }
  });
  window.addEventListener("pagehide", hush);
})();
