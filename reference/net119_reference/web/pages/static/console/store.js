// All calls of the center as the feed and the API tell of them; who shows them listens to "calls"
// and "call".
(function () {
  "use strict";
  const C = window.net119Console;
  const calls = new Map();
  const MOST_SEEN = 1000;
  let selected = null;

  function entryOf(callId) {
    if (!calls.has(callId)) {
      calls.set(callId, {
        id: callId, call: null, lines: new C.Lines(callId), presenceSince: null, reminded: null,
        unread: 0, record: null, trail: [], transfers: [], callbacks: [], discrepancies: [],
        dispatches: [], disclosures: [], locationAsked: null, heard: 0,
        read: Number(C.kept.get("read-" + callId)),
      });
    }
    return calls.get(callId);
  }
  const by = (list, same, one) => {
    const at = list.findIndex((each) => same(each, one));
    if (at < 0) { list.push(one); } else { list[at] = one; }
  };
  function took(call) {
    const entry = entryOf(call.callId);
    const before = entry.call;
    entry.heard += 1;
    if (before && before.epoch > call.epoch) { return entry; }
    entry.call = call;
    if (before && before.presence !== call.presence) { entry.presenceSince = null; }
    if (call.state !== "ringing") { entry.reminded = null; }
    return entry;
  }
  // What was asked for may be older than what the feed told meanwhile: the feed tells everything.
  async function answered(callId, asking) {
    const entry = entryOf(callId), heard = entry.heard;
    const answer = await asking;
    const call = answer.call || answer;
    if (entry.heard === heard) { took(call); }
    return answer;
  }
  const same = { asked: (a, b) => a.askedAt === b.askedAt, number: (a, b) => a.number === b.number,
    at: (a, b) => a.at === b.at && a.detail === b.detail };

  C.on("frame", (frame) => {
    if (frame.type === "welcome") { welcome(frame); return; }
    if (frame.type === "call") { const e = took(frame.call); C.emit("call", e, "call"); C.emit("calls"); return; }
    if (frame.type === "alarm" || frame.type === "alarm-unit") { C.emit("alarm", frame); return; }
    if (!frame.callId) { C.emit("refused", frame); return; }
    const entry = entryOf(frame.callId);
    if (frame.type === "line") {
      if (entry.lines.add(frame.line)) {
        if (selected === entry.id) { entry.read = Math.max(entry.read, frame.line.seq); }
        else if (frame.line.sender === "caller" && frame.line.seq > entry.read) { entry.unread += 1; }
        C.emit("line", entry, frame.line);
      } else { C.emit("call", entry, "line"); }
    } else if (frame.type === "ack") { acknowledged(entry, frame); }
    else if (frame.type === "presence") {
      if (entry.call) { entry.call = Object.assign({}, entry.call, { presence: frame.presence, connecting: false }); }
      entry.presenceSince = frame.since;
      entry.heard += 1;
      C.emit("call", entry, "presence");
    } else if (frame.type === "reminder") { entry.reminded = frame.ringingSince; C.emit("call", entry, "reminder"); }
    else if (frame.type === "transfer") { by(entry.transfers, same.asked, frame.transfer); C.emit("call", entry, "transfer"); }
    else if (frame.type === "callback") { by(entry.callbacks, same.number, frame.callback); C.emit("call", entry, "callback"); }
    else if (frame.type === "location") {
      by(entry.trail, same.number, frame.point);
      entry.locationAsked = null;
      C.emit("call", entry, "location");
    } else if (frame.type === "discrepancy") { by(entry.discrepancies, same.at, frame.discrepancy); C.emit("call", entry, "discrepancy"); }
    else if (frame.type === "refused") {
      const why = C.api.why(new C.api.Refused(0, frame));
      if (!frame.clientId || !entry.lines.refused(frame.clientId, why)) { C.emit("refused", frame); }
      C.emit("call", entry, "line");
    }
    C.emit("calls");
  });

  // The line itself comes over the feed, too; its acknowledgement may come first.
  function acknowledged(entry, frame) {
    const one = entry.lines.pending.find((each) => each.clientId === frame.clientId);
    if (!one) { return; }
    const line = { seq: frame.seq, at: frame.at, clientId: frame.clientId, sender: "dispatcher",
      senderName: C.data.dispatcher, text: one.text, options: one.options };
    if (entry.lines.add(line)) { C.emit("line", entry, line); }
  }
  function welcome(frame) {
    const open = new Set(frame.calls.map((call) => call.callId));
    frame.calls.forEach(took);
    const gone = [...calls.values()].some((e) => e.call && e.call.state !== "closed" && !open.has(e.id));
    calls.forEach((entry) => entry.lines.resend());
    C.emit("calls");
    if (selected) { C.emit("call", calls.get(selected), "all"); refresh(selected); }
    else { chooseAgain(); }
    if (gone || !welcome.listed) { welcome.listed = true; list(); }
  }
  // After a reload one's own call is looked at again, whatever came meanwhile, and can be written
  // in; one that nobody took is not, for looking at it is a deed of its own.
  function chooseAgain() {
    const was = calls.get(C.kept.get("chosen"));
    if (!C.replay && was && was.call && C.store.mine(was) && !document.body.hasAttribute("data-wall")) { C.store.select(was.id); C.composer.focus(); }
  }
  async function list() {
    const heard = new Map([...calls].map(([id, entry]) => [id, entry.heard]));
    try {
      const found = await C.api.ask("GET", "/calls");
      found.calls.filter((call) => !calls.has(call.callId) || calls.get(call.callId).heard === heard.get(call.callId)).forEach(took);
      C.emit("calls");
      if (selected) { C.emit("call", calls.get(selected), "all"); }
    } catch (error) { welcome.listed = false; }
  }
  C.on("connection", (name) => {
    if (name !== "connected") { calls.forEach((entry) => entry.lines.lost()); }
  });

  // The call's record: its whole chat, trail, and what was done with it. Reading it is audited.
  async function refresh(callId) {
    const entry = entryOf(callId);
    let record;
    try { record = await answered(callId, C.api.ask("GET", "/calls/" + callId)); }
    catch (error) { entry.recordFailed = C.api.why(error); C.emit("call", entry, "all"); return; }
    entry.recordFailed = "";
    record.lines.forEach((line) => entry.lines.add(line));
    if (selected === callId) { entry.read = Math.max(entry.read, entry.lines.last); }
    record.trail.forEach((point) => by(entry.trail, same.number, point));
    record.transfers.forEach((one) => by(entry.transfers, same.asked, one));
    record.callbacks.forEach((one) => by(entry.callbacks, same.number, one));
    record.discrepancies.forEach((one) => by(entry.discrepancies, same.at, one));
    entry.dispatches = record.dispatches;
    entry.disclosures = record.disclosures;
    entry.record = true;
    C.emit("call", entry, "all");
    C.emit("calls");
  }
  // A reload makes nothing unread that was read.
  addEventListener("pagehide", () => calls.forEach((entry) => {
    if (entry.read) { C.kept.put("read-" + entry.id, String(entry.read)); }
  }));
  const ours = (call) => call.mine && call.state !== "closed";
  C.store = {
    calls, refresh, answered,
    // What the feed may leave out when it is opened again: the open calls first.
    seen() {
      const known = [...calls.values()].filter((entry) => entry.call && entry.lines.seen);
      known.sort((a, b) => (a.call.state === "closed") - (b.call.state === "closed") ||
        b.call.openedAt.localeCompare(a.call.openedAt));
      return Object.fromEntries(known.slice(0, MOST_SEEN).map((e) => [e.id, e.lines.seen]));
    },
    get selected() { return selected ? calls.get(selected) : null; },
    select(callId) {
      selected = callId;
      C.kept.put("chosen", callId);
      const entry = entryOf(callId);
      entry.unread = 0;
      entry.read = Math.max(entry.read, entry.lines.last);
      C.emit("selected", entry);
      C.emit("calls");
      refresh(callId);
    },
    // Something else than a call is looked at.
    unselect() { selected = null; C.kept.put("chosen", ""); C.emit("calls"); },
    ringing: (e) => ours(e.call) && e.call.state === "ringing",
    mine: (e) => ours(e.call) && e.call.state !== "ringing" && e.call.answeredBy === C.data.dispatcher,
    // Whether this dispatcher may write to the caller and act.
    talking: (e) => ours(e.call) && ["answered", "interrupted", "transferring"].includes(e.call.state),
  };
})();
