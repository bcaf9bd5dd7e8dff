// Measures the position, keeps it apart from the point that the person corrects, and sends the
// call: once, however often the button is pressed, and again by itself while there is no
// connection. The form's fields hold everything, so that a program may fill them in its place.
// Written for phones of 2015 on: no syntax newer than ECMAScript 5.
(function () {
  "use strict";
  var ANSWER_MS = 10000, AGAIN_MS = 5000, ROUGH_M = 1000, MOST_M = 1000000;
  var LEAST_M = 100, UNKNOWN_M = 500, TO_95 = 1.6, APART_M = 1000, NEWS_M = 100;
  var form = document.getElementById("call");
  var said = form.dataset;
  var button = form.querySelector("button[value=call]");
  var map = window.net119Map || null, early = window.net119Early || null;
  var stated = said.lat ? { lat: Number(said.lat), lon: Number(said.lon) } : null;
  var from = { lat: Number(said.fromLat), lon: Number(said.fromLon) };
  var fix = null, pin = null, armed = false, over = false, sending = null, waiting = null;
  var clock = null, watch = null, asked = null, state = null, done = false;

  function byId(id) { return document.getElementById(id); }
  function field(name) { return form.elements[name]; }
  function say(text) { byId("position-said").textContent = text; }
  function metres(value) {
    return value >= 1000 ? (value / 1000).toFixed(value < 10000 ? 1 : 0) + " km"
      : Math.max(1, Math.round(value)) + " m";
  }

  // The radios are for those without scripts; the state is measured here.
  Array.prototype.forEach.call(form.querySelectorAll("input[type=radio]"), function (each) {
    each.disabled = true;
  });
  state = document.createElement("input");
  state.type = "hidden";
  state.name = "positioning";
  state.value = "on";
  form.appendChild(state);
  if (!early) { document.documentElement.className += " scripted"; }

  function distance(a, b) {
    var r = Math.PI / 180, y = (b.lat - a.lat) * r, x = (b.lon - a.lon) * r;
    var h = Math.pow(Math.sin(y / 2), 2) +
      Math.cos(a.lat * r) * Math.cos(b.lat * r) * Math.pow(Math.sin(x / 2), 2);
    return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
  }

  // --- what is shown ---------------------------------------------------------------------------
  function target() { return pin || stated || fix; }

  function refresh(follow) {
    var at = target();
    byId("rough").hidden = !(fix && fix.accuracy >= ROUGH_M && !pin && !stated);
    var far = stated && fix && !pin && said.vague !== "yes" ? distance(stated, fix) : 0;
    var radius = fix ? Math.max(LEAST_M, fix.accuracy === null ? UNKNOWN_M : fix.accuracy * TO_95) : 0;
    byId("apart").hidden = !(far > radius + APART_M);
    if (!byId("apart").hidden) {
      byId("apart-said").textContent =
        byId("apart-said").getAttribute("data-say").replace("{distance}", metres(far));
    }
    document.querySelector("[data-do=reset]").hidden = !pin;
    if (!at && over && state.value === "on") {
      // Nothing is known: the map begins at the registered home, and says nothing until it is moved.
      at = from;
      if (map) { map.show(at, null, follow, movePin); }
      if (!asked) { name(at); }
      byId("place-said").textContent = "";
    }
    byId("map-box").hidden = !at;
    if (!at || at === from) { return; }
    if (map) { map.show(at, fix, follow, movePin); }
    if (!asked || distance(asked, at) > NEWS_M || asked.pin !== !!pin) { name(at); }
  }

  // The municipality in words, for whoever cannot use the map.
  function name(at) {
    asked = { lat: at.lat, lon: at.lon, pin: !!pin };
    var mine = asked;
    var request = new XMLHttpRequest();
    request.open("POST", "/places/at");
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.onload = function () {
      if (request.status !== 200 || asked !== mine) { return; }
      var found = JSON.parse(request.responseText);
      byId("abroad").hidden = !found.outside_japan;
      var words = document.documentElement.lang === "ja" ? found.ja : found.en;
      if (!pin && !fix && !stated) { words = ""; }
      var text = mine.pin ? (words ? said.sayPin : said.sayPinPlain) : words && !stated ? said.sayAt : "";
      byId("place-said").textContent = text.replace("{place}", words);
      if (found.code && map) { map.draw(found.code); }
    };
    request.onerror = function () { if (asked === mine) { asked = null; } };
    request.send("lat=" + at.lat + "&lon=" + at.lon);
  }

  function movePin(point) {
    pin = point;
    field("pin.lat").value = String(point.lat);
    field("pin.lon").value = String(point.lon);
    byId("place-said").textContent = said.sayPinPlain;
    refresh(false);
  }

  // --- measuring -------------------------------------------------------------------------------
  function measure() {
    over = false;
    state.value = "on";
    byId("refused-here").hidden = true;
    say(said.sayMeasuring);
    if (clock !== null) { clearTimeout(clock); }
    clock = setTimeout(noFix, Number(said.seconds) * 1000);
    if (!navigator.geolocation) { refused("off"); return; }
    if (watch !== null) { navigator.geolocation.clearWatch(watch); }
    watch = navigator.geolocation.watchPosition(measured, notMeasured, {
      enableHighAccuracy: true, maximumAge: 0, timeout: Number(said.seconds) * 1000
    });
  }

  function measured(position) {
    var c = position.coords;
    var accuracy = typeof c.accuracy === "number" && isFinite(c.accuracy) ? c.accuracy : null;
    if (accuracy !== null && accuracy > MOST_M) { return; } // half the country: no position
    // A worse one is taken only when the better one has grown old.
    if (fix && fix.accuracy !== null && accuracy !== null && accuracy > 2 * fix.accuracy &&
        position.timestamp - fix.taken < 30000) { return; }
    fix = { lat: c.latitude, lon: c.longitude, accuracy: accuracy, taken: position.timestamp };
    field("fix.lat").value = String(c.latitude);
    field("fix.lon").value = String(c.longitude);
    field("fix.accuracy_m").value = accuracy === null ? "" : String(accuracy);
    field("fix.taken_at").value = new Date(position.timestamp).toISOString();
    state.value = "on";
    byId("refused-here").hidden = true;
    over = true;
    if (!sending && !done && waiting === null) {
      say(accuracy === null ? said.sayFixUnknown : said.sayFix.replace("{accuracy}", metres(accuracy)));
    }
    settled(!pin);
  }

  // A call that waits for the position goes first: nothing that breaks in drawing holds it back.
  function settled(follow) {
    if (armed) { send(); }
    refresh(follow);
  }

  function notMeasured(error) {
    if (error.code !== 1) { return; } // no position yet: the clock decides
    if (!navigator.permissions || !navigator.permissions.query) { refused("denied"); return; }
    navigator.permissions.query({ name: "geolocation" }).then(
      function (permission) { refused(permission.state === "granted" ? "off" : "denied"); },
      function () { refused("denied"); }
    );
  }

  function refused(why) {
    over = true;
    state.value = why;
    fix = null;
    ["fix.lat", "fix.lon", "fix.accuracy_m", "fix.taken_at"].forEach(function (each) {
      field(each).value = "";
    });
    say("");
    byId("refused-here").hidden = false;
    settled(false);
  }

  function noFix() {
    if (fix || over) { return; }
    over = true;
    say(stated || pin ? said.sayNoneStated : said.sayNone);
    settled(true);
  }

  // --- sending ---------------------------------------------------------------------------------
  function encoded() {
    var parts = [];
    Array.prototype.forEach.call(form.elements, function (each) {
      if (!each.name || each.disabled || each.type === "radio" || each.type === "submit") { return; }
      parts.push(encodeURIComponent(each.name) + "=" + encodeURIComponent(each.value));
    });
    return parts.join("&") + "&action=call";
  }

  function send() {
    if (sending || done) { return; }
    armed = false;
    if (waiting !== null) { clearTimeout(waiting); waiting = null; }
    button.setAttribute("aria-disabled", "true");
    say(said.saySending);
    sending = new XMLHttpRequest();
    sending.open("POST", form.getAttribute("action"));
    sending.timeout = ANSWER_MS;
    sending.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    sending.setRequestHeader("Accept", "application/json");
    sending.onload = function () {
      var status = sending.status, text = sending.responseText;
      sending = null;
      if (status === 201) {
        done = true;
        location.assign(JSON.parse(text).location);
      } else if (status >= 500 && status !== 503) {
        lost();
      } else {
        // Refused: the page that says why is the answer to the same form, sent the plain way.
        done = true;
        HTMLFormElement.prototype.submit.call(form);
      }
    };
    sending.onerror = sending.ontimeout = function () { sending = null; lost(); };
    sending.send(encoded());
  }

  function lost() {
    if (byId("unsent").hidden) {
      byId("unsent").hidden = false;
      byId("unsent").scrollIntoView();
    }
    say(said.sayAgain);
    button.removeAttribute("aria-disabled");
    waiting = setTimeout(function () { waiting = null; send(); }, AGAIN_MS);
  }

  function pressed() {
    if (sending || done || armed) { return; }
    if (!over && !fix) {
      armed = true;
      button.setAttribute("aria-disabled", "true");
      say(said.sayArmed.replace("{seconds}", said.seconds));
      return;
    }
    send();
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    pressed();
  });
  window.addEventListener("online", function () { if (waiting !== null) { send(); } });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { location.reload(); }
  });

  // --- buttons ---------------------------------------------------------------------------------
  function on(what, act) { document.querySelector("[data-do=" + what + "]").addEventListener("click", act); }
  on("measure", measure);
  on("again", send);
  on("stop", function () {
    if (waiting !== null) { clearTimeout(waiting); waiting = null; }
    if (sending) { sending.abort(); sending = null; }
    armed = false;
    byId("unsent").hidden = true;
    button.removeAttribute("aria-disabled");
    say(said.sayStopped);
  });
  on("reset", function () {
    pin = null;
    field("pin.lat").value = field("pin.lon").value = "";
    byId("place-said").textContent = "";
    button.focus();
    refresh(true);
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-move]"), function (each) {
    var way = each.getAttribute("data-move").split(",").map(Number);
    each.addEventListener("click", function () {
      var at = target() || (over ? from : null);
      if (at && map) { movePin(map.shifted(at, way[0], way[1])); }
    });
  });

  // A form that came back keeps the point that was corrected.
  if (field("pin.lat").value && field("pin.lon").value) {
    pin = { lat: Number(field("pin.lat").value), lon: Number(field("pin.lon").value) };
  }
  measure();
  if (early && early.take()) { pressed(); }
  refresh(true);
})();
