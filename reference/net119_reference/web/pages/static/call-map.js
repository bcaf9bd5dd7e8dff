// The map on the way to a call: the measured position with its circle of accuracy, and a mark that
// is moved by touch, by buttons and by the arrow keys. Nothing here is needed to call: without the
// map library the buttons still move the mark. Written for phones of 2015 on (ECMAScript 5).
window.net119Map = (function () {
  "use strict";
  var settings = document.currentScript.dataset;
  var METRES_OF_A_DEGREE = 111320;
  var TOO_NEAR = 13; // zoom: without tiles there is nothing but borders to see when nearer
  var holder = document.getElementById("map");
  var map = null, mark = null, circle = null, spot = null, borders = null;
  var loading = false, awaited = null, newest = null, shown = {}, japanese = document.documentElement.lang === "ja";

  function failed() {
    holder.hidden = true;
    document.getElementById("map-failed").hidden = false;
  }

  function load(done) {
    if (window.L) { done(); return; }
    // While the library comes, positions come too: the newest is shown.
    newest = done;
    if (loading) { return; }
    loading = true;
    var style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = settings.style;
    document.head.insertBefore(style, document.head.querySelector("link"));
    var script = document.createElement("script");
    script.src = settings.leaflet;
    script.onload = function () { newest(); };
    script.onerror = failed;
    document.head.appendChild(script);
  }

  function escaped(text) {
    var box = document.createElement("span");
    box.textContent = text;
    return box.innerHTML;
  }

  function start(at, moved) {
    var L = window.L;
    map = L.map(holder, { zoomSnap: 0.5, maxZoom: Number(settings.most || 18) });
    map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false }).addTo(map);
    if (settings.tiles) {
      L.tileLayer(settings.tiles, {
        maxZoom: Number(settings.most), attribution: escaped(settings.credit)
      }).addTo(map);
    }
    map.setView([at.lat, at.lon], settings.tiles ? 16 : TOO_NEAR, { animate: false });
    mark = L.marker([at.lat, at.lon], {
      draggable: true, autoPan: true, keyboard: true, alt: holder.getAttribute("data-mark"),
      icon: L.divIcon({ className: "pin", iconSize: [44, 44], iconAnchor: [22, 44] })
    }).addTo(map);
    var handle = mark.getElement();
    handle.setAttribute("role", "button");
    handle.setAttribute("aria-label", holder.getAttribute("data-mark"));
    function tell() {
      var here = mark.getLatLng().wrap();
      moved({ lat: here.lat, lon: here.lng });
    }
    mark.on("dragend", tell);
    map.on("click", function (event) { mark.setLatLng(event.latlng); tell(); });
    handle.addEventListener("keydown", function (event) {
      var ways = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
      var way = ways[event.key];
      if (!way) { return; }
      event.preventDefault();
      event.stopPropagation();
      moved(shifted({ lat: mark.getLatLng().lat, lon: mark.getLatLng().lng }, way[0], way[1]));
    });
    holder.setAttribute("data-ready", "yes");
    if (awaited) { draw(awaited); }
  }

  // A point so many steps further east and north.
  function shifted(at, east, north) {
    var step = Number(document.querySelector("[data-step]").value);
    var shrink = Math.max(0.01, Math.cos(at.lat * Math.PI / 180));
    return {
      lat: Math.max(-85, Math.min(85, at.lat + north * step / METRES_OF_A_DEGREE)),
      lon: at.lon + east * step / (METRES_OF_A_DEGREE * shrink)
    };
  }

  // at: where the mark stands; fix: what was measured (lat, lon, accuracy in metres), or null;
  // follow: whether the view follows. moved(point) is called when the person moves the mark.
  function show(at, fix, follow, moved) {
    load(function () {
      try {
        var L = window.L;
        if (!map) { start(at, moved); follow = true; }
        mark.setLatLng([at.lat, at.lon]);
        if (fix) {
          var there = [fix.lat, fix.lon], radius = fix.accuracy || 0;
          if (!circle) {
            circle = L.circle(there, {
              radius: radius, color: "#0b4f9e", weight: 2, fillOpacity: 0.15, interactive: false
            }).addTo(map);
            spot = L.circleMarker(there, {
              radius: 6, color: "#fff", weight: 2, fillColor: "#0b4f9e", fillOpacity: 1,
              interactive: false
            }).addTo(map);
          }
          circle.setLatLng(there).setRadius(radius);
          spot.setLatLng(there);
        }
        if (follow) {
          var frame = L.latLngBounds([[at.lat, at.lon]]);
          if (fix) { frame.extend(L.latLng(fix.lat, fix.lon).toBounds(2 * (fix.accuracy || 100))); }
          map.fitBounds(frame, {
            maxZoom: settings.tiles ? 17 : TOO_NEAR, padding: [24, 24], animate: false
          });
        } else {
          map.panInside(mark.getLatLng(), { padding: [48, 48], animate: false });
        }
      } catch (error) {
        failed();
        throw error;
      }
    });
  }

  // The borders of a municipality and those around it.
  function draw(code) {
    if (!map) { awaited = code; return; }
    if (shown[code]) { return; }
    shown[code] = true;
    var request = new XMLHttpRequest();
    request.open("GET", "/places/" + encodeURIComponent(code));
    request.onload = function () {
      if (request.status !== 200) { return; }
      if (borders) { borders.remove(); }
      borders = window.L.geoJSON(JSON.parse(request.responseText).borders, {
        interactive: false,
        style: function (feature) {
          var own = feature.properties.own;
          return {
            color: "#4a4a4a", weight: own ? 3 : 1, fillColor: own ? "#ffffff" : "#d9dee5",
            fillOpacity: settings.tiles ? 0.1 : 0.9
          };
        }
      }).addTo(map);
      borders.bringToBack();
      borders.eachLayer(function (layer) {
        var names = layer.feature.properties;
        layer.bindTooltip(japanese ? names.ja : names.en, {
          permanent: true, direction: "center", className: "place-name", interactive: false
        });
      });
      holder.setAttribute("data-borders", code);
    };
    request.send();
  }

  return { show: show, draw: draw, shifted: shifted };
})();
