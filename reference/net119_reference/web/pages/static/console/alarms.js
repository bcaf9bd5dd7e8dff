// The alarm desk, plainly: incidents of the home alarm service in the one list of the center, and
// what a dispatcher does with the one that is chosen. They are no calls: house-shaped, brown, named.
(function () {
  "use strict";
  const C = window.net119Console;
  const all = new Map(), units = new Map(), views = new Map(), announced = new Map(), heard = new Map();
  const list = C.byId("queue-alarms"), panel = C.byId("alarm-desk");
  let chosen = null, busy = false;

  const { w, named, options, pressed, answered } = C.alarmParts;
  const open = (one) => one.state !== "closed";
  const owed = (one) => (one.dispatches.some((d) => !d.toInvestigate) && (!one.wardReport || !one.wardReport.sentAt)) ||
    one.tellings.some((each) => each.reached === undefined) || one.reasonOwed;
  const waits = (one) => open(one) && !one.takenBy;
  const seconds = (moment) => C.alarmParts.seconds(moment);
  const who = (one) => (one.registration === undefined ? w("nobody") : w("number", { n: one.registration }));

  function took(incident) {
    all.set(incident.incidentId, incident);
    // Announced once, and again with each press that the user was hailed upon.
    const known = announced.get(incident.incidentId), presses = pressed(incident).length;
    if (!C.replay && open(incident) && (known === undefined ? waits(incident) : presses > known)) {
      const about = { kind: named("kind", incident.kind), mode: C.label("mode", incident.mode), who: who(incident), n: presses };
      C.tell(C.byId("alarm"), presses > 1 ? w("again", about) : w("new", about));
    }
    if (known !== undefined || waits(incident)) { announced.set(incident.incidentId, Math.max(presses, known || 0)); }
    show();
    if (chosen === incident.incidentId) { draw(); }
    C.emit("calls"); // whether it sounds, and the title
  }
  const ask = (method, path, body) => C.api.ask(method, path, body, "/api/alarms/v1");
  // An answer that a frame has overtaken may be older than it: another press must not be undone.
  async function asked(id, answer, incident) {
    const before = heard.get(id), made = await answer;
    if (heard.get(id) === before) { took(incident(made)); }
    return made;
  }

  // --- the list -----------------------------------------------------------------------------------
  const timers = (one) => [one.hailDue && w("due-in", { n: seconds(one.hailDue) }), one.askNextBy && w("next-helper-in", { n: seconds(one.askNextBy) })].filter(Boolean).join(" ・ ");
  function told(one) {
    const state = one.state === "closed" ? named("outcome", one.outcome) : named("state", one.state);
    const by = one.takenBy ? w("taken", { name: one.takenBy }) : w("not-taken");
    const parts = [state];
    if (open(one)) { parts.push(by); } else if (owed(one)) { parts.push(w(one.reasonOwed ? "reason-owed" : "owed")); }
    if (one.moved) { parts.push(w("elsewhere")); }
    if (one.late) { parts.push(w("late")); }
    const presses = pressed(one);
    if (presses.length > 1) { parts.push(w("presses", { n: presses.length, at: C.clock(presses[presses.length - 1].at) })); }
    if (one.further) { parts.push(w("further", { n: one.further.count, first: C.clock(one.further.firstAt), last: C.clock(one.further.lastAt) })); }
    return parts.join(" ・ ");
  }
  function show() {
    const shown = [...all.values()].filter((one) => open(one) || owed(one) || one.incidentId === chosen);
    shown.sort((a, b) => waits(b) - waits(a) || open(b) - open(a) || a.raisedAt.localeCompare(b.raisedAt));
    const old = new Map([...list.querySelectorAll("li")].map((li) => [li.dataset.id, li]));
    const rows = shown.map((one) => {
      const li = old.get(one.incidentId) || C.el("li", { "data-id": one.incidentId }, C.el("button", { type: "button", onclick: () => choose(one.incidentId) },
        C.el("span", { class: "row" }, C.el("span", { class: "mark" }), C.el("strong", { class: "kind alarm-kind" }), C.el("span", { class: "wait" })),
        C.el("span", { class: "row" }, C.el("bdi", { class: "name" }), C.el("span", { class: "place" })), C.el("span", { class: "told" })));
      const button = li.firstElementChild, inside = (name) => li.querySelector("." + name);
      button.setAttribute("data-mode", one.mode);
      button.setAttribute("data-alarm", one.kind);
      button.setAttribute("data-state", one.state);
      button.toggleAttribute("data-waits", waits(one));
      if (one.incidentId === chosen) { button.setAttribute("aria-current", "true"); } else { button.removeAttribute("aria-current"); }
      inside("mark").setAttribute("data-mode", one.mode);
      C.tell(inside("mark"), C.label("mode", one.mode));
      C.tell(inside("kind"), named("kind", one.kind));
      C.tell(inside("wait"), open(one) ? C.since(one.raisedAt) : C.clock(one.raisedAt).slice(0, 5));
      C.tell(inside("name"), who(one));
      C.tell(inside("place"), one.number);
      C.tell(inside("told"), [told(one), timers(one)].filter(Boolean).join(" ・ "));
      return li;
    });
    const box = list.querySelector("ul");
    if (rows.length !== box.children.length || rows.some((li, at) => box.children[at] !== li)) {
      const focused = document.activeElement; // to put it elsewhere would take it away
      box.replaceChildren(...rows);
      if (box.contains(focused)) { focused.focus(); }
    }
    C.tell(list.querySelector(".tag"), String(shown.length));
    const bad = [...units.values()].filter((unit) => unit.troubles.length);
    C.tell(C.byId("alarm-units"), bad.length ? w("troubles") + "：" + bad.map((unit) => unit.unitId + "（" + unit.troubles.map((each) => named("trouble", each)).join("、") + "）").join(" ") : "");
  }

  // --- the chosen one -----------------------------------------------------------------------------
  async function choose(id) {
    chosen = id;
    C.store.unselect();
    ["call", "side", "nothing"].forEach((each) => { C.byId(each).hidden = true; });
    panel.hidden = false;
    show();
    draw();
    panel.querySelector("h2").focus();
    if (C.replay) { return; } // nothing is asked for, and nobody's data are shown
    try { views.set(id, await asked(id, ask("GET", "/incidents/" + id), (view) => view.incident)); if (chosen === id) { draw(); } }
    catch (error) { C.form({ title: w("failed"), intro: [C.api.why(error)] }); }
    if (document.body.hasAttribute("data-wall")) { C.byId("wall").click(); }
  }
  C.on("selected", () => { chosen = null; panel.hidden = true; show(); });

  async function act(path, body) {
    await asked(chosen, ask("POST", "/incidents/" + chosen + "/" + path, body || undefined), (incident) => incident);
  }
  async function now(path, body) {
    if (busy) { return; }
    busy = true;
    try { await act(path, body); } catch (error) { C.form({ title: w("failed"), intro: [C.api.why(error)] }); } finally { busy = false; }
  }
  const button = (key, work, look) => C.el("button", { type: "button", class: look || null, "data-do": key, onclick: work }, w(key));
  const form = (key, path, fields, body, intro) => () => C.form({ title: w(key), intro: intro ? [w(intro)] : [], submit: w("do"), fields }, (values) => act(path, body ? body(values) : values));
  const yes = (name, key) => ({ name, label: w(key), required: true, options: [["yes", w("yes")], ["no", w("no")]] });
  const field = (name, key, more) => Object.assign({ name, label: w(key) }, more || {});

  function acts(one) {
    const made = [], test = one.kind === "test";
    if (C.replay) { return made; }
    const some = (states) => states.includes(one.state);
    if (open(one) && one.takenBy !== C.data.dispatcher) { made.push(button("take", () => now("take"), "main")); }
    if (open(one) && !test) { made.push(button("speak", form("speak", "speech", [field("text", "speak-text", { required: true })]))); }
    if (one.state === "hailing") { made.push(button("hail", () => now("hail"))); }
    if (!test && some(["hailing", "consulting", "investigating", "informing"])) {
      // Where nobody has answered it cannot be known to be no disaster.
      const found = options("finding", answered(one) ? ["disaster", "unclear", "fire-service", "other", "mistake"] : ["disaster", "no-answer", "unclear"]);
      made.push(button("decide", form("decide", "decision", [field("finding", "finding", { required: true, options: found }),
        field("accident", "accident", { options: options("accident"), value: "unknown" }), field("units", "units"),
        field("reason", "reason-why", { long: true, requiredIf: (values) => ["fire-service", "other", "mistake"].includes(values.finding) })], null, "decide-intro"), "main"));
    }
    if (one.state === "checking") {
      made.push(button("equipment", form("equipment", "equipment", [field("good", "equipment", { required: true, options: [["yes", w("equipment-good")], ["no", w("equipment-faulty")]] }), field("note", "note", { long: true })],
        (values) => ({ good: values.good === "yes", note: values.note || "" })), "main"));
    }
    // Also after the end: the crews are still there.
    if (one.dispatches.length) {
      made.push(button("scene-add", form("scene-add", "scene", [field("event", "event", { required: true, options: options("event") }), field("by", "by", { required: true }),
        field("text", "text", { long: true }), field("witness", "witness"), field("accident", "accident", { options: options("accident"), empty: "－" })])));
    }
    if (!test && one.state !== "hailing") {
      made.push(button("tell", form("tell", "tellings", [field("recipient", "recipient", { required: true, options: options("recipient") }), field("what", "what", { required: true, long: true }),
        yes("urgent", "urgent"), field("name", "their-name"), field("phone", "their-phone")], (values) => Object.assign(values, { urgent: values.urgent === "yes" }))));
    }
    if (one.wardReport && !one.wardReport.sentAt) {
      made.push(button("report-sent", () => now("ward-report/sent")), button("report-add", form("report-add", "ward-report", [field("other", "text", { required: true, long: true })])));
    }
    if (one.dispatches.length && one.crewArea !== one.station && !one.homeStationReport) {
      made.push(button("home-station", form("home-station", "home-station", [field("what", "what", { required: true, long: true })])));
    }
    if (open(one) && one.registration !== undefined) { made.push(button("change", form("change", "heard-change", [field("what", "what", { required: true, long: true })]))); }
    if (one.reasonOwed || some(["dispatched", "investigating", "informing", "consulting"])) { made.push(button("close", form("close", "close", [field("reason", "reason", { long: true })]))); }
    return made;
  }
  function draw() {
    const one = all.get(chosen);
    if (!one) { return; }
    // Whatever had the focus is built again: it keeps it, or the heading gets it, never the page.
    const inside = panel.contains(document.activeElement), held = inside && document.activeElement.getAttribute("data-do");
    panel.setAttribute("data-mode", one.mode);
    const parts = C.alarmParts, view = views.get(chosen);
    panel.replaceChildren(...[
      C.el("p", { class: "alarm-mode", "data-mode": one.mode }, C.t("mode-" + one.mode)),
      C.el("h2", { id: "alarm-desk-title", tabindex: "-1" }, C.el("span", { class: "alarm-kind" }, named("kind", one.kind)), " " + who(one) + " " + one.number),
      C.el("p", { class: "alarm-state", role: "status" }, told(one)),
      C.el("p", { class: "alarm-timers", role: "timer" }, timers(one)),
      parts.elsewhere(one, view) || "",
      C.el("div", { class: "alarm-acts" }, ...acts(one)),
      C.el("div", { class: "alarm-columns" },
        C.el("div", {}, ...[parts.talk(one), parts.dispatches(one), parts.reason(one), parts.board(one, view, (values) => act("helpers", values)), parts.scene(one), parts.tellings(one, now)].filter(Boolean)),
        C.el("div", {}, ...[C.replay ? C.el("p", { class: "hint" }, w("replay-no-user")) : parts.person(view), parts.reports(one)].filter(Boolean))),
    ]);
    if (inside) { ((held && panel.querySelector("[data-do='" + held + "']")) || panel.querySelector("h2")).focus(); }
  }

  C.on("alarm", (frame) => {
    if (frame.type === "alarm") { heard.set(frame.incident.incidentId, (heard.get(frame.incident.incidentId) || 0) + 1); took(frame.incident); } else { units.set(frame.unit.unitId, frame.unit); show(); }
  });
  C.on("welcomed", async () => {
    if (C.replay) { return; }
    const before = new Map(heard);
    try { (await ask("GET", "/incidents")).incidents.filter((one) => heard.get(one.incidentId) === before.get(one.incidentId)).forEach(took); } catch (error) { C.tell(C.byId("alarm-units"), w("failed") + " " + C.api.why(error)); }
  });
  // Only what counts down is told anew: the list is not built again each second.
  setInterval(() => {
    if (![...all.values()].some(open)) { return; }
    show();
    const one = all.get(chosen), line = panel.querySelector(".alarm-timers");
    if (one && line && open(one)) { C.tell(line, timers(one)); C.alarmParts.tick(panel, one); }
  }, 1000);
  const press = (key) => { const found = panel.querySelector("[data-do=" + key + "]"); if (found) { found.click(); } };
  C.alarms = {
    waiting: () => [...all.values()].filter(waits),
    choose,
    chosen: () => (chosen === null ? null : all.get(chosen)),
    // As they stand in the list.
    open: () => [...list.querySelectorAll("li")].map((li) => all.get(li.dataset.id)).filter((one) => one && open(one)),
    async take(one) { if (chosen !== one.incidentId) { await choose(one.incidentId); } press("take"); },
    press,
    focusActs() { const first = panel.querySelector(".alarm-acts button"); if (first) { first.focus(); } },
  };
})();
