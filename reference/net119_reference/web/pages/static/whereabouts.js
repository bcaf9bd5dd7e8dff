// The dispatcher asks where the caller is: one button measures and sends, and what was sent is
// called sent only once the provider has stored it. Used by chat.js, which has the connection.
// Written for phones of 2015 on: no syntax newer than ECMAScript 5.
(function () {
  "use strict";
  var MOST_M = 1000000; // half the country: no position

  // words: what is said; seconds: how long is measured; send: sends a frame, or says that it cannot.
  window.net119Whereabouts = function (words, seconds, send) {
    var panel = document.getElementById("whereabouts"), said = document.getElementById("where-said");
    var button = document.getElementById("where-send");
    var measuring = null;   // the clock of the measuring under way
    var unstored = null;    // what was told and is not acknowledged yet
    var over = false;

    function say(state, text) {
      panel.setAttribute("data-state", state);
      if (said.textContent === text) { return; }
      said.textContent = text;
      // At the end of the page, above what sticks there.
      if (text) { window.scrollTo(0, document.documentElement.scrollHeight); }
    }
    function ready(yes) {
      if (yes) { button.removeAttribute("aria-disabled"); } else { button.setAttribute("aria-disabled", "true"); }
    }
    function tell(place) {
      if (over) { return; }
      if (measuring !== null) { clearTimeout(measuring); measuring = null; }
      unstored = place;
      pass();
    }
    function pass() {
      var frame = { type: "location" };
      if (unstored.problem) { frame.problem = unstored.problem; } else { frame.fix = unstored.fix; }
      ready(false);
      say("sending", send(frame) ? words.sending : words.waiting);
    }
    function measured(position) {
      var c = position.coords;
      var known = typeof c.accuracy === "number" && isFinite(c.accuracy);
      if (known && c.accuracy > MOST_M) { return; }
      var fix = { lat: c.latitude, lon: c.longitude, source: "unknown", takenAt: new Date(position.timestamp).toISOString() };
      if (known) { fix.accuracyM = c.accuracy; }
      // Also when it comes after its time: late is better than never.
      tell({ fix: fix });
    }
    function notMeasured(error) {
      if (measuring === null || error.code !== 1) { return; } // no position yet: the clock decides
      if (!navigator.permissions || !navigator.permissions.query) { tell({ problem: "denied" }); return; }
      navigator.permissions.query({ name: "geolocation" }).then(
        function (permission) { tell({ problem: permission.state === "granted" ? "off" : "denied" }); },
        function () { tell({ problem: "denied" }); }
      );
    }
    button.addEventListener("click", function () {
      if (measuring !== null || unstored) { return; }
      if (!navigator.geolocation) { tell({ problem: "off" }); return; }
      ready(false);
      say("measuring", words.measuring);
      // A clock of its own: the browser's does not run while it asks for permission.
      measuring = setTimeout(function () { tell({ problem: "timeout" }); }, seconds * 1000);
      navigator.geolocation.getCurrentPosition(measured, notMeasured, {
        enableHighAccuracy: true, maximumAge: 0, timeout: seconds * 1000
      });
    });

    return {
      // The dispatcher asks, or asks again.
      asked: function () {
        panel.hidden = false;
        if (measuring === null && !unstored) { ready(true); say("asked", ""); }
      },
      // The provider has stored what was told.
      stored: function (problem) {
        // A fix that came late has overtaken the problem that this is about.
        if (!unstored || (unstored.problem || "") !== problem) { return; }
        unstored = null;
        ready(true);
        if (problem) { say(problem, words[problem]); return; }
        say("stored", words.stored);
        var had = document.activeElement === button;
        panel.hidden = true;
        // What had the focus is gone: it goes to what is said instead.
        if (had) { said.focus(); }
      },
      refused: function (why) {
        if (!unstored) { return; }
        unstored = null;
        ready(true);
        say("refused", words.failed + " " + why);
      },
      // Connected again: the provider asks anew if nobody has told it meanwhile.
      connected: function () {
        if (unstored) { pass(); }
        else if (measuring === null && panel.getAttribute("data-state") === "asked") { panel.hidden = true; }
      },
      lost: function () { if (unstored) { say("sending", words.waiting); } },
      closed: function () {
        over = true;
        if (measuring !== null) { clearTimeout(measuring); measuring = null; }
        unstored = null;
        panel.hidden = true;
        say("closed", "");
      }
    };
  };
})();
