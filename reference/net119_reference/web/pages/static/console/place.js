// Where a call comes from, in words: the caller's own choice first, then what was measured.
(function () {
  "use strict";
  const C = window.net119Console;
  const box = C.byId("where-told");
  const areas = new Map();   // department -> its area, or a promise of it

  function inRing(lon, lat, ring) {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const a = ring[i], b = ring[j];
      if ((a[1] > lat) !== (b[1] > lat) && lon < (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]) + a[0]) { inside = !inside; }
    }
    return inside;
  }
  const holds = (shape, point) => (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates)
    .some((rings) => rings.filter((ring) => inRing(point.lon, point.lat, ring)).length % 2 === 1);
  function municipality(point) {
    for (const area of areas.values()) {
      const found = (area.municipalities || []).find((each) => holds(each.geometry, point));
      if (found) { return C.pick(found, "name"); }
    }
    return "";
  }
  async function area(code) {
    if (!areas.has(code)) {
      areas.set(code, {});
      try { areas.set(code, await C.api.ask("GET", "/departments/" + encodeURIComponent(code) + "/area")); C.emit("areas"); }
      catch (error) { areas.delete(code); }
    }
    return areas.get(code) || {};
  }
  const degrees = (point) => point.lat.toFixed(5) + ", " + point.lon.toFixed(5);
  function short(call) {
    const place = call.place;
    if (place.frequent) { return place.frequent.label + " " + place.frequent.address; }
    if (place.choice === "home" && place.registered) { return C.t("at-home", { address: place.registered.address }); }
    if (!place.point) { return C.t("no-position"); }
    return C.t("current-position", { name: municipality(place.point) }).trim();
  }
  const metres = (n) => (n >= 1000 ? (n / 1000).toFixed(1) + " km" : Math.round(n) + " m");
  function row(key, text, mark) {
    return C.el("div", { "data-place": key }, C.el("dt", {}, mark ? C.el("span", { class: "key " + mark }) : "", C.t("place-" + key)), C.el("dd", { dir: "auto" }, text));
  }
  C.place = {
    short, area, metres, degrees, holds,
    areas: () => areas,
    show(entry) {
      const call = entry.call, place = call.place, rows = [];
      rows.push(row("chosen", short(call)));
      if (place.correctedPin) { rows.push(row("pin", degrees(place.correctedPin), "pin-key")); }
      if (place.fix) {
        const taken = place.fix.takenAt ? " " + C.clock(place.fix.takenAt) : "";
        rows.push(row("fix", degrees(place.fix) + " " + (place.fix.accuracyM !== undefined ? C.t("within", { m: metres(place.fix.accuracyM) }) : C.t("accuracy-unknown")) + " " + C.label("source", place.fix.source) + taken, "fix-key"));
      }
      if (place.registered) { rows.push(row("registered", place.registered.address + (place.registered.confirmed === false ? " " + C.t("unconfirmed") : ""), "home-key")); }
      if (entry.trail.length > 1) { rows.push(row("trail", C.t("trail", { n: entry.trail.length, at: C.clock(entry.trail[entry.trail.length - 1].at) }), "trail-key")); }
      rows.push(row("responsible", C.department(call.owner) + " " + (call.owner.phone || "")));
      if (call.routing.ambiguous || call.routing.alternatives.length) {
        rows.push(C.el("div", { class: "bad", id: "alternatives" }, C.el("dt", {}, C.t(call.routing.ambiguous ? "ambiguous" : "alternatives")),
          C.el("dd", {}, C.el("ul", {}, ...call.routing.alternatives.map((each) => C.el("li", {}, C.department(each) + " " + C.earnest(call, "phone-them", { phone: each.phone })))))));
      }
      const text = rows.map((each) => each.textContent).join("\n");
      if (box.shown !== text) { box.shown = text; box.replaceChildren(C.el("dl", {}, ...rows)); }
    },
  };
})();
