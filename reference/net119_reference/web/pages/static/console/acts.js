// What a dispatcher does with a call beside answering and writing, and what came of it.
(function () {
  "use strict";
  const C = window.net119Console;
  const box = C.byId("acts").querySelector("div"), log = C.byId("events").querySelector("ol"), latest = C.byId("latest");
  const DISCREPANCIES = ["wrong-department", "missing-data", "wrong-data", "late", "unreadable", "other"];
  const RECEIVERS = ["hospital", "police", "municipality", "fire-department", "other-agency"];
  const chosen = () => C.store.selected;
  const path = (act) => "/calls/" + chosen().id + "/" + act;
  const named = (prefix, codes) => codes.map((code) => [code, C.t(prefix + code)]);

  async function post(act, body) {
    const entry = chosen(), callId = entry.id;
    const answer = await C.api.ask("POST", path(act), body);
    await C.store.refresh(callId);
    return answer;
  }
  function close() {
    const mode = chosen().call.mode;
    // A practice call never ends with a dispatch (I5), a live one never as practice.
    const order = { live: ["dispatched", "relayed-by-phone", "other-means-advised", "no-emergency", "prank"],
      drill: ["dispatched", "relayed-by-phone", "other-means-advised", "no-emergency", "prank", "practice-done"] };
    const outcomes = order[mode] || ["practice-done", "relayed-by-phone", "other-means-advised", "no-emergency", "prank"];
    C.form({ title: C.t("close"), intro: [C.t("close-intro")], submit: C.t("close-do"), fields: [
      { name: "outcome", label: C.t("outcome"), required: true, options: outcomes.map((each) => [each, C.label("outcome", each)]) },
      { name: "relayedTo", label: C.t("relayed-to"), requiredIf: (values) => values.outcome === "relayed-by-phone", hint: C.t("relayed-hint") },
      { name: "note", label: C.t("note"), long: true }] },
    async (values) => {
      const callId = chosen().id;
      await C.store.answered(callId, C.api.ask("POST", path("close"), values));
      await C.store.refresh(callId);
    });
  }
  async function transfer() {
    const here = chosen();
    let center;
    try { center = await C.api.ask("GET", "/center"); } catch (error) { C.call.tell(C.api.why(error)); return; }
    if (chosen() !== here) { return; }
    const owner = here.call.owner.code;
    const likely = new Set(here.call.routing.alternatives.map((each) => each.code));
    const targets = center.targets.filter((each) => each.department.code !== owner);
    targets.sort((a, b) => likely.has(b.department.code) - likely.has(a.department.code) || b.running - a.running || b.adopted - a.adopted);
    C.form({ title: C.t("transfer"), intro: [C.t("transfer-intro")], submit: C.t("transfer-do"), fields: [
      { name: "department", label: C.t("to-department"), required: true, options: targets.map((each) => [each.department.code,
        C.department(each.department) + " — " + C.t(each.running ? "takes-calls" : each.adopted ? "not-running" : "not-adopted", { phone: each.department.phone })]) },
      { name: "reason", label: C.t("reason"), long: true }] },
    async (values) => {
      const done = await post("transfers", values);
      if (done.failure) {
        throw new Error(C.t("transfer-failed", { name: C.department(done.department) }) + " " + C.pick(done, "text") +
          (done.department.phone ? " " + C.earnest(here.call, "phone-them", { phone: done.department.phone }) : ""));
      }
    });
  }
  function callBack() {
    C.form({ title: C.t("call-back"), intro: [C.t("call-back-intro", { mail: chosen().call.registrant.mail })], submit: C.t("call-back-do"), doing: C.t("call-back-doing") },
      async () => {
        const told = await post("callbacks");
        if (told.state === "failed") { throw new Error(C.t("callback-failed") + " " + C.pick(told, "text") + " " + C.earnest(chosen().call, "ask-contacts")); }
      });
  }
  function contacts() {
    const who = chosen().call.registrant;
    const list = (who.optional && who.optional.contacts) || [];
    C.form({ title: C.t("contacts"), intro: [C.earnest(chosen().call, "contacts-intro"), list.length ? C.contacts(list) : C.t("contacts-none")] });
  }
  async function askPlace() {
    const entry = chosen();
    try {
      entry.locationAsked = await C.api.ask("POST", path("location-requests"));
      C.emit("call", entry, "location");
    } catch (error) { C.call.tell(C.api.why(error)); }
  }
  const dispatch = () => C.form({ title: C.t("dispatch"), intro: [C.t(chosen().call.mode === "drill" ? "dispatch-drill" : "dispatch-intro")], submit: C.t("dispatch-do"), fields: [
    { name: "units", label: C.t("units"), required: true, hint: C.t("units-hint") }, { name: "note", label: C.t("note"), long: true }] },
  (values) => post("dispatches", values));
  const disclose = () => C.form({ title: C.t("disclose"), intro: [C.t("disclose-intro")], submit: C.t("record"), fields: [
    { name: "receiver", label: C.t("receiver"), required: true, options: named("receiver-", RECEIVERS) },
    { name: "receiverName", label: C.t("receiver-name"), required: true },
    { name: "what", label: C.t("what-given"), required: true, long: true }, { name: "why", label: C.t("reason"), long: true }] },
  (values) => post("disclosures", values));
  const discrepancy = () => C.form({ title: C.t("discrepancy"), intro: [C.t("discrepancy-intro")], submit: C.t("report"), fields: [
    { name: "kind", label: C.t("discrepancy-kind"), required: true, options: named("discrepancy-", DISCREPANCIES) },
    { name: "detail", label: C.t("detail"), required: true, long: true }] },
  (values) => post("discrepancies", values));
  const block = () => C.form({ title: C.t("block"), intro: [C.t("block-intro")], submit: C.t("block-do"), danger: true, fields: [
    { name: "reason", label: C.t("block-reason"), required: true, long: true }] },
  async (values) => { await post("block", values); chosen().blocked = new Date(Date.now() + C.ahead).toISOString(); C.emit("call", chosen(), "all"); });

  // name, what it does, when it can be done
  const mineNow = (e) => C.store.talking(e) && e.call.answeredBy === C.data.dispatcher;
  const ours = (e) => e.call.mine && Boolean(e.call.answeredAt);
  const ACTS = [
    ["ask-place", askPlace, mineNow],
    ["transfer", transfer, (e) => mineNow(e) && e.call.state !== "transferring"],
    ["call-back", callBack, ours],
    ["contacts", contacts, (e) => Boolean(e.call.answeredAt)],
    ["dispatch", dispatch, (e) => ours(e) && (e.call.mode === "live" || e.call.mode === "drill")],
    ["disclose", disclose, (e) => Boolean(e.call.answeredAt)],
    ["discrepancy", discrepancy, (e) => Boolean(e.call.answeredAt)],
    ["block", block, ours],
    ["close", close, mineNow],
  ];
  const buttons = new Map(ACTS.map(([name, work]) => [name, C.el("button", { type: "button", class: "small", "data-act": name, "aria-keyshortcuts": name === "close" ? "F10" : null, onclick: work },
    C.t(name), name === "close" ? C.el("kbd", {}, "F10") : "")]));
  box.append(...buttons.values());

  function events(entry) {
    const found = [];
    const add = (at, text, more) => found.push({ at, made: C.el("li", more || {}, C.el("time", {}, C.clock(at).slice(0, 5)), " ", text) });
    // What was done, or came of it, stands below the buttons as well, in short.
    const done = (at, text, more, brief) => { add(at, text, more); found[found.length - 1].brief = brief || text; };
    const call = entry.call;
    add(call.openedAt, C.t("event-opened"));
    if (call.answeredAt) { add(call.answeredAt, C.t("event-answered", { name: call.answeredBy || "" })); }
    if (call.transferredFrom) { add(call.openedAt, C.t("event-from", { name: C.department(call.transferredFrom) })); }
    entry.transfers.forEach((one) => {
      const blanks = { name: C.department(one.department) };
      const key = !one.endedAt ? "event-transferring" : one.failure ? "transfer-failed" : "event-transferred";
      done(one.endedAt || one.askedAt, C.t(key, blanks) + (one.failure ? " " + C.pick(one, "text") + " " + C.earnest(call, "phone-them", { phone: one.department.phone }) : ""), { "data-event": "transfer", class: one.failure ? "bad" : "" }, C.t(key, blanks));
    });
    entry.callbacks.forEach((one) => {
      if (one.state === "opened") { add(one.askedAt, C.t("callback-asked", { by: one.askedBy })); }
      done(one.changedAt, C.t("callback-" + one.state) + (one.state === "failed" ? " " + C.pick(one, "text") : ""), { "data-event": "callback", "data-state": one.state, class: one.state === "failed" ? "bad" : "" }, C.t("callback-" + one.state));
      if (one.state === "failed" && one.contacts && one.contacts.length) {
        found.push({ at: one.changedAt, made: C.el("li", { class: "bad" }, C.earnest(call, "ask-contacts"), C.contacts(one.contacts)) });
      }
    });
    entry.dispatches.forEach((one) => done(one.at, C.t("event-dispatched", { units: one.units, by: one.by })));
    entry.disclosures.forEach((one) => done(one.at, C.t("event-disclosed", { to: one.receiverName, what: one.what, by: one.by })));
    entry.discrepancies.forEach((one) => done(one.at, C.t("event-discrepancy", { kind: C.t("discrepancy-" + one.kind), detail: one.detail, by: one.reportedBy })));
    if (entry.locationAsked) { done(entry.locationAsked.askedAt, C.t(entry.locationAsked.handsetConnected ? "event-place-asked" : "event-place-later")); }
    entry.trail.filter((point) => point.problem).forEach((point) => done(point.at, C.t("place-problem-" + point.problem), { class: "bad" }));
    if (call.state === "closed" && call.closedAt) { done(call.closedAt, C.t("event-closed", { outcome: C.label("outcome", call.outcome || "") }) + [call.relayedTo, call.closeNote].map((each) => (each ? " " + each : "")).join("")); }
    if (entry.blocked) { done(entry.blocked, C.t("event-blocked")); }
    found.sort((a, b) => a.at.localeCompare(b.at));
    const text = found.map((each) => each.made.textContent).join("\n") + entry.id;
    if (log.shown !== text) { log.shown = text; log.replaceChildren(...found.map((each) => each.made)); }
    tellLatest(entry, found.filter((each) => each.brief));
  }
  // The deed that came last: of two at the same moment the one that was not known before.
  function tellLatest(entry, deeds) {
    const before = entry.deeds || new Map();
    entry.deeds = new Map(deeds.map((one) => [one.at + one.brief, one]));
    const one = deeds.filter((each) => !before.has(each.at + each.brief)).pop();
    const was = entry.latest && entry.deeds.get(entry.latest.at + entry.latest.brief);
    entry.latest = one && (!was || one.at >= was.at) ? one : was || deeds[deeds.length - 1];
    const now = entry.latest, text = now ? C.clock(now.at) + " " + now.brief : "";
    const same = latest.getAttribute("data-of") === entry.id, changed = latest.textContent !== text;
    latest.setAttribute("data-of", entry.id);
    latest.className = now ? (now.made.className === "bad" ? "told bad" : "told") : "";
    C.tell(latest, text);
    latest.title = text;
    // Read out when something happens, not when another call is looked at.
    if (now && same && changed) { C.tell(C.byId("said"), now.brief); }
  }
  C.acts = {
    show(entry) {
      ACTS.forEach(([name, , can]) => { buttons.get(name).hidden = C.replay || !can(entry); });
      C.byId("acts").hidden = ACTS.every(([name]) => buttons.get(name).hidden);
      events(entry);
    },
    close() { if (!buttons.get("close").hidden && !C.byId("side").hidden) { close(); } },
    focus() { const first = [...buttons.values()].find((each) => !each.hidden); if (first) { first.focus(); } },
  };
})();
