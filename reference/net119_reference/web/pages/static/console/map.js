// The map of a call: the circle of accuracy as reported, the raw fix, the corrected point, the
// trail, and the border of the department. It needs no tiles; the library is loaded with the first
// call that is looked at. Without it the words of the place still say everything.
(function () {
  "use strict";
  const C = window.net119Console;
  const holder = C.byId("map"), legend = C.byId("legend");
  const NEAREST = C.data.tiles.url ? 16 : 13;
  let map = null, loading = null, drawn = null, borders = null, borderOf = "", framed = "";

  function load() {
    if (!loading) {
      loading = new Promise((done, failed) => {
        const style = C.el("link", { rel: "stylesheet", href: C.data.leaflet.style });
        document.head.insertBefore(style, document.head.querySelector("link"));
        const script = C.el("script", { src: C.data.leaflet.script });
        script.onload = done;
        script.onerror = failed;
        document.head.append(script);
      });
    }
    return loading;
  }
  function start() {
    const L = window.L, quiet = C.el("span", {}, C.data.tiles.credit || "");
    map = L.map(holder, { zoomSnap: 0.5, maxZoom: Number(C.data.tiles.most || 18), zoomAnimation: false, fadeAnimation: false });
    map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false }).addTo(map);
    if (C.data.tiles.url) {
      // innerHTML of a text node: the credit is escaped.
      L.tileLayer(C.data.tiles.url, { maxZoom: Number(C.data.tiles.most), attribution: quiet.innerHTML }).addTo(map);
    }
    map.setView([36, 138], 5);
    drawn = L.layerGroup().addTo(map);
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(holder);
    holder.setAttribute("data-ready", "yes");
  }
  const at = (point) => [point.lat, point.lon];
  function draw(entry) {
    const L = window.L, place = entry.call.place, frame = L.latLngBounds([]);
    drawn.clearLayers();
    const shown = [];
    function spot(point, name, key) {
      L.marker(at(point), { keyboard: false, zIndexOffset: key === "pin-key" ? 1000 : 0, interactive: false, icon: L.divIcon({ className: "spot " + key, iconSize: [22, 22] }) }).addTo(drawn);
      frame.extend(at(point));
      shown.push([key, name]);
    }
    const trail = entry.trail.map((each) => each.place.point || each.place.fix).filter(Boolean);
    if (trail.length > 1) {
      L.polyline(trail.map(at), { color: "#374151", weight: 3, dashArray: "6 6", interactive: false }).addTo(drawn);
      trail.forEach((point) => { L.circleMarker(at(point), { radius: 4, color: "#374151", fillOpacity: 1, interactive: false }).addTo(drawn); frame.extend(at(point)); });
      shown.push(["trail-key", C.t("place-trail")]);
    }
    if (place.fix) {
      if (place.fix.accuracyM) {
        const circle = L.circle(at(place.fix), { radius: place.fix.accuracyM, color: "#0b4f9e", weight: 2, fillOpacity: 0.15, interactive: false }).addTo(drawn);
        frame.extend(circle.getBounds());
        shown.push(["circle-key", C.t("circle", { m: C.place.metres(place.fix.accuracyM) })]);
      }
      spot(place.fix, C.t("place-fix"), "fix-key");
    }
    if (place.registered) { spot(place.registered, C.t("place-registered"), "home-key"); }
    if (place.correctedPin) { spot(place.correctedPin, C.t("place-pin"), "pin-key"); }
    else if (place.point && !place.fix && !place.registered) { spot(place.point, C.t("place-point"), "pin-key"); }
    legend.replaceChildren(...shown.map(([key, name]) => C.el("li", {}, C.el("span", { class: "key " + key }), name)));
    // What was registered may be far off: where the caller is now decides what is seen.
    const near = place.choice === "home" || !place.fix ? frame : L.latLngBounds([at(place.fix)].concat(place.correctedPin ? [at(place.correctedPin)] : [], trail.map(at)));
    const mark = entry.id + JSON.stringify(place) + trail.length;
    if (frame.isValid() && framed !== mark) {
      framed = mark;
      map.fitBounds(place.fix && place.fix.accuracyM && place.choice !== "home" ? near.extend(L.latLng(at(place.fix)).toBounds(2 * place.fix.accuracyM)) : near, { maxZoom: NEAREST, padding: [20, 20], animate: false });
    }
    holder.setAttribute("data-shown", shown.map(([key]) => key).join(" "));
  }
  async function border(entry) {
    // Also of those to phone, where the call came home from elsewhere.
    const phoned = entry.call.notices ? entry.call.notices.flatMap((each) => each.phoneTo || []) : [];
    const others = entry.call.routing.alternatives.concat(phoned).map((each) => each.code);
    const codes = [...new Set([entry.call.owner.code, ...others])];
    const found = await Promise.all(codes.map(C.place.area));
    if (C.store.selected !== entry) { return; }
    const mark = found.map((each) => each.municipalities ? each.department.code : "").join();
    if (borders && borderOf === mark) { return; }
    borderOf = mark;
    if (borders) { borders.remove(); }
    const features = found.flatMap((area, index) => (area.municipalities || []).map((each) => ({ type: "Feature", properties: { own: index === 0, name: C.pick(each, "name") }, geometry: each.geometry })));
    borders = window.L.geoJSON(features, { interactive: false, style: (feature) => ({ color: feature.properties.own ? "#14532d" : "#7a4300", weight: 3, dashArray: feature.properties.own ? null : "8 6", fillColor: feature.properties.own ? "#ffffff" : "#fff7e6", fillOpacity: C.data.tiles.url ? 0.1 : 0.9 }) }).addTo(map);
    borders.bringToBack();
    borders.eachLayer((layer) => layer.bindTooltip(C.el("span", {}, layer.feature.properties.name), { permanent: true, direction: "center", className: "place-name", interactive: false }));
    holder.setAttribute("data-borders", mark);
    if (!entry.call.place.point && borders.getBounds().isValid()) { map.fitBounds(borders.getBounds(), { animate: false }); }
  }
  C.map = {
    show(entry) {
      load().then(() => {
        if (C.store.selected !== entry) { return; }
        if (!map) { start(); }
        draw(entry);
        return border(entry);
      }).catch((error) => {
        holder.hidden = true;
        C.tell(legend, C.t("map-failed"));
        if (!(error instanceof Event)) { throw error; }
      });
    },
  };
})();
