// A drill again on the console: what its record holds takes the place of the feed. Nothing can be
// done: there is no feed, whatever is not a question is refused here, and nothing sounds.
(function () {
  "use strict";
  const C = window.net119Console;
  const parts = Object.fromEntries(["play", "seek", "time", "told"].map((id) => [id, C.byId("replay-" + id)]));
  const TICK_MS = 100;
  const ask = C.api.ask;
  const known = new Map(), acts = new Map(); // by call: what was told last of it
  let replay = null, next = 0, at = 0, speed = 1, playing = false, heldAt = 0, dragging = false;
  let began = 0; // the provider's clock at the beginning, as its frames tell it: a drill may set it

  // What is kept for the real console's next loading is not for a replay, nor the other way round.
  C.kept = { put() { /* nothing is kept */ }, get: () => "" };
  C.api.ask = async (method, path) => {
    if (method !== "GET") { throw new C.api.Refused(403, { code: "replay" }); }
    if (path === "/center" || /^\/departments\/[^/]+\/area$/.test(path)) { return ask(method, path); }
    if (path === "/calls") { return { calls: [...known.values()] }; }
    const call = known.get(path.replace(/^\/calls\//, ""));
    if (!call) { throw new C.api.Refused(404, { code: "not-found" }); }
    return Object.assign({ call, lines: [], trail: [], transfers: [], callbacks: [], discrepancies: [],
      dispatches: [], disclosures: [] }, acts.get(call.callId));
  };

  function tell(frame) {
    if (frame.type === "acts") {
      acts.set(frame.callId, { dispatches: frame.dispatches, disclosures: frame.disclosures });
      if (known.has(frame.callId)) { C.store.refresh(frame.callId); }
      return;
    }
    const calls = frame.type === "welcome" ? frame.calls : frame.type === "call" ? [frame.call] : [];
    calls.forEach((call) => known.set(call.callId, call));
    C.emit("frame", frame);
    if (frame.type === "welcome") { C.emit("welcomed"); }
    const alarm = frame.type === "alarm" && C.alarms ? frame.incident : null;
    if ((calls.length || alarm) && !C.store.selected && !(C.alarms && C.alarms.chosen())) {
      const had = document.activeElement; // who is at the buttons of the replay stays there
      if (alarm) { C.alarms.choose(alarm.incidentId); } else { C.store.select(calls[0].callId); }
      if (had && had !== document.body) { had.focus(); }
    }
  }
  const clock = (seconds) => Math.floor(seconds / 60) + ":" + String(Math.floor(seconds) % 60).padStart(2, "0");
  function show() {
    const ended = at >= replay.lengthS;
    C.ahead = began + at * 1000 - Date.now();
    const state = playing ? "playing" : ended ? "ended" : "paused";
    document.body.setAttribute("data-replay", state);
    C.tell(parts.play, C.t(playing ? "replay-pause" : ended ? "replay-again" : "replay-play"));
    C.tell(parts.told, C.t("replay-" + state));
    const now = C.t("replay-time", { at: clock(at), of: clock(replay.lengthS) });
    C.tell(parts.time, now);
    if (!dragging) { parts.seek.value = String(Math.floor(at)); }
    parts.seek.setAttribute("aria-valuetext", now);
  }
  function upTo(seconds) {
    at = Math.min(seconds, replay.lengthS);
    while (next < replay.frames.length && replay.frames[next].at <= at) {
      const { at: told, frame } = replay.frames[next];
      if (frame.now) { began = Date.parse(frame.now) - told * 1000; }
      C.ahead = began + at * 1000 - Date.now();
      tell(frame);
      next += 1;
    }
    if (at >= replay.lengthS) { playing = false; }
    show();
  }
  function jump(seconds) {
    if (seconds >= at) { upTo(seconds); return; }
    // Back: from the beginning again, since what was told cannot be taken back.
    location.hash = "at=" + Math.floor(seconds);
    location.reload();
  }
  setInterval(() => {
    const now = performance.now(), passed = (now - heldAt) / 1000;
    heldAt = now;
    if (replay) { if (playing) { upTo(at + passed * speed); } else { show(); } }
  }, TICK_MS);
  parts.play.addEventListener("click", () => {
    if (!replay) { return; }
    if (!playing && at >= replay.lengthS) { jump(0); return; }
    playing = !playing;
    heldAt = performance.now();
    show();
  });
  document.querySelectorAll("input[name=replay-speed]").forEach((each) => each.addEventListener("change", () => {
    speed = Number(each.value);
  }));
  parts.seek.addEventListener("input", () => { dragging = true; });
  parts.seek.addEventListener("change", () => {
    dragging = false;
    if (replay) { jump(Number(parts.seek.value)); }
  });

  async function connect() {
    try { replay = await ask("GET", "/replays/" + C.data.replay); }
    catch (error) { C.tell(parts.told, C.api.why(error)); return; }
    began = Date.parse(replay.beganAt);
    C.emit("connection", "connected");
    parts.seek.max = String(Math.ceil(replay.lengthS));
    [parts.play, parts.seek].forEach((each) => { each.disabled = false; });
    C.tell(C.byId("replay-title"), C.pick(replay, "title"));
    const from = /^#at=(\d+)$/.exec(location.hash);
    upTo(from ? Number(from[1]) : 0);
  }
  C.feed = { connect, get open() { return false; }, send: () => false };
})();
