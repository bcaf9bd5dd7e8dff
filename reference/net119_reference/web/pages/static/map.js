// The map on which the position of an address is chosen. The map library is loaded when a map is
// opened, not before. The fields with latitude and longitude hold the result.
(function () {
  "use strict";
  var settings = document.currentScript.dataset;
  var template = document.getElementById("map-panel");
  var METRES_OF_A_DEGREE = 111320;
  var DIGITS = 6;
  var loading = null;

  function byId(id) { return document.getElementById(id); }

  function load(done, failed) {
    if (window.L) { done(); return; }
    if (!loading) {
      loading = document.createElement("script");
      loading.src = settings.leaflet;
      document.head.appendChild(loading);
      var style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = settings.style;
      document.head.insertBefore(style, document.head.querySelector("link"));
    }
    loading.addEventListener("load", done);
    loading.addEventListener("error", function () { loading = null; failed(); });
  }

  function ask(path, done, failed) {
    var request = new XMLHttpRequest();
    request.open("GET", path);
    request.onload = function () {
      if (request.status === 200) { done(JSON.parse(request.responseText)); } else { failed(); }
    };
    request.onerror = failed;
    request.send();
  }

  function inRing(lon, lat, ring) {
    var inside = false;
    for (var i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      var a = ring[i], b = ring[j];
      if ((a[1] > lat) !== (b[1] > lat) &&
          lon < (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]) + a[0]) { inside = !inside; }
    }
    return inside;
  }

  function holds(feature, lon, lat) {
    var shape = feature.geometry;
    var parts = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
    return parts.some(function (rings) {
      return rings.filter(function (ring) { return inRing(lon, lat, ring); }).length % 2 === 1;
    });
  }

  function open(button) {
    var path = button.getAttribute("data-for");
    var box = button.parentNode.parentNode;
    var old = box.querySelector(".map-panel");
    if (old) { old.querySelector(".map").focus(); return; }
    var panel = document.importNode(template.content, true).querySelector(".map-panel");
    panel.setAttribute("aria-label", button.textContent);
    button.parentNode.parentNode.insertBefore(panel, button.parentNode.nextSibling);
    var told = panel.querySelector(".said");
    function say(which, place) {
      told.textContent = told.getAttribute("data-say-" + which).replace("{place}", place || "");
    }
    panel.querySelector("[data-do=close]").addEventListener("click", function () {
      close(panel, button);
    });
    var code = byId("data.address.municipality_code").value;
    if (!code) {
      say("choose");
      byId("data.address.municipality_code").focus();
      panel.querySelector(".map").hidden = true;
      panel.querySelector(".moves").hidden = true;
      panel.querySelector("[data-do=done]").hidden = true;
      return;
    }
    function failed() { say("failed"); panel.querySelector(".map").hidden = true; }
    load(function () {
      ask("/places/" + encodeURIComponent(code), function (place) {
        show(panel, button, path, place, say);
      }, failed);
    }, failed);
  }

  function close(panel, button) {
    panel.parentNode.removeChild(panel);
    button.focus();
  }

  function show(panel, button, path, place, say) {
    var L = window.L;
    var lat = byId(path + ".lat"), lon = byId(path + ".lon");
    var own = place.borders[0];
    var name = document.documentElement.lang === "ja" ? own.properties.ja : own.properties.en;
    var holder = panel.querySelector(".map");
    var typed = lat.value.trim() && lon.value.trim() &&
      isFinite(Number(lat.value)) && isFinite(Number(lon.value));
    // Where the mark starts says nothing of the house: it has to be moved before it counts.
    var moved = typed && [lat, lon].some(function (each, index) {
      return Number(each.value).toFixed(DIGITS) !== place.point[index].toFixed(DIGITS);
    });
    var at = typed ? [Number(lat.value), Number(lon.value)] : place.point;
    var map = L.map(holder, { zoomSnap: 0.5, maxZoom: Number(settings.most || 18) });
    map.attributionControl.setPrefix(false);
    if (settings.tiles) {
      L.tileLayer(settings.tiles, {
        maxZoom: Number(settings.most), attribution: escaped(settings.credit)
      }).addTo(map);
    }
    var borders = L.geoJSON(place.borders, {
      interactive: false,
      style: function (feature) {
        return {
          color: "#4a4a4a", weight: feature.properties.own ? 3 : 1,
          fillColor: feature.properties.own ? "#ffffff" : "#d9dee5",
          fillOpacity: settings.tiles ? 0.15 : 0.9
        };
      }
    }).addTo(map);
    borders.eachLayer(function (layer) {
      var labels = layer.feature.properties;
      layer.bindTooltip(document.documentElement.lang === "ja" ? labels.ja : labels.en, {
        permanent: true, direction: "center", className: "place-name", interactive: false
      });
    });
    map.fitBounds(L.geoJSON(own).getBounds(), { animate: false });
    if (typed) { map.setView(at, 14, { animate: false }); }
    var mark = L.marker(at, {
      draggable: true, autoPan: true, keyboard: true, alt: holder.getAttribute("data-mark"),
      icon: L.divIcon({ className: "pin", iconSize: [44, 44], iconAnchor: [22, 44] })
    }).addTo(map);
    var handle = mark.getElement();
    handle.setAttribute("aria-label", holder.getAttribute("data-mark"));
    handle.setAttribute("role", "button");

    function tell() {
      var here = mark.getLatLng();
      // Only the address has to lie in its municipality; a place may be anywhere.
      if (path === "data.address") {
        say(holds(own, here.lng, here.lat) ? "inside" : "outside", name);
      }
    }
    function write() {
      moved = true;
      var here = mark.getLatLng().wrap();
      lat.value = here.lat.toFixed(DIGITS);
      lon.value = here.lng.toFixed(DIGITS);
      var yes = document.querySelector(
        "input[name='data.address.position_confirmed'][value=yes]");
      if (path === "data.address" && yes) { yes.checked = true; }
      var set = button.parentNode.parentNode.querySelector(".place-said");
      set.textContent = set.getAttribute("data-set");
      // What was wrong with the former position is no longer true.
      [lat, lon].forEach(function (each) {
        var wrong = byId(each.id + "-error");
        if (wrong) { wrong.parentNode.removeChild(wrong); }
        each.removeAttribute("aria-invalid");
        each.removeAttribute("aria-describedby");
      });
      button.removeAttribute("aria-invalid");
      button.removeAttribute("aria-describedby");
      tell();
    }
    function move(east, north) {
      var here = mark.getLatLng();
      var step = Number(panel.querySelector("[data-step]").value);
      var latitude = Math.max(-85, Math.min(85, here.lat + north * step / METRES_OF_A_DEGREE));
      var shrink = Math.cos(here.lat * Math.PI / 180);
      mark.setLatLng([latitude, here.lng + east * step / (METRES_OF_A_DEGREE * shrink)]);
      map.panInside(mark.getLatLng(), { padding: [48, 48], animate: false });
      write();
    }
    mark.on("dragend", write);
    map.on("click", function (event) { mark.setLatLng(event.latlng); write(); });
    handle.addEventListener("keydown", function (event) {
      var moves = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
      var wanted = moves[event.key];
      if (!wanted) { return; }
      event.preventDefault();
      event.stopPropagation();
      move(wanted[0], wanted[1]);
    });
    Array.prototype.forEach.call(panel.querySelectorAll("[data-move]"), function (each) {
      var way = each.getAttribute("data-move").split(",").map(Number);
      each.addEventListener("click", function () { move(way[0], way[1]); });
    });
    panel.querySelector("[data-do=done]").addEventListener("click", function () {
      if (!moved) {
        say(path === "data.address" ? "unmoved" : "unmoved-place");
        handle.focus();
        return;
      }
      write();
      map.remove();
      close(panel, button);
    });
    tell();
    handle.focus({ preventScroll: true });
    panel.setAttribute("data-ready", "yes");
  }

  function escaped(text) {
    var holder = document.createElement("span");
    holder.textContent = text;
    return holder.innerHTML;
  }

  Array.prototype.forEach.call(document.querySelectorAll(".open-map"), function (button) {
    button.addEventListener("click", function () { open(button); });
  });
})();
