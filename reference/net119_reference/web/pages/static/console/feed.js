// The feed of the center: opened with what is known already, so that it goes on without loss.
// A dead connection shows within seconds, since signs of life are asked for all the time.
(function () {
  "use strict";
  const C = window.net119Console;
  const PING_MS = 2000, SILENT_MS = 5000;
  const RETRY_MS = [200, 500, 1000, 2000, 4000];
  const NOT_AUTHENTICATED = 4401;
  let socket = null, open = false, tries = 0, timer = null, heardAt = 0, ended = false, anew = false;

  function state(name) {
    open = name === "connected";
    C.emit("connection", name);
  }
  async function connect() {
    clearTimeout(timer);
    timer = null;
    if (socket || ended) { return; }
    heardAt = Date.now();
    const here = socket = { close() { /* nothing is open yet */ } };
    let token;
    try { token = await C.api.token(anew); }
    catch (error) { if (socket === here) { socket = null; state("lost"); later(); } return; }
    if (socket !== here || ended) { return; }
    anew = false;
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    const made = socket = new WebSocket(scheme + location.host + "/api/console/v1/feed");
    heardAt = Date.now();
    made.onopen = () => {
      made.send(JSON.stringify({ type: "hello", token, after: C.store.seen() }));
    };
    made.onmessage = (event) => {
      if (socket !== made) { return; }
      heardAt = Date.now();
      const frame = JSON.parse(event.data);
      // The provider's clock may be set, as a drill does: what is counted is counted by it at once.
      if (frame.now) { C.ahead = Date.parse(frame.now) - Date.now(); }
      if (frame.type === "welcome") { tries = 0; state("connected"); }
      if (frame.type !== "pong") { C.emit("frame", frame); }
      if (frame.type === "welcome") { C.emit("welcomed"); }
    };
    made.onclose = (event) => {
      if (socket !== made) { return; }
      socket = null;
      anew = event.code === NOT_AUTHENTICATED;
      state("lost");
      later();
    };
  }
  function cut() {
    const old = socket;
    socket = null;
    if (old) { old.onopen = old.onmessage = old.onclose = null; old.close(); }
    state("lost");
    later();
  }
  function later() {
    if (timer === null && !ended) {
      timer = setTimeout(connect, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] + Math.random() * 100);
      tries += 1;
    }
  }
  setInterval(() => {
    if (ended || !socket) { return; }
    if (Date.now() - heardAt > SILENT_MS && heardAt) { cut(); }
    else if (open) { socket.send(JSON.stringify({ type: "ping" })); }
  }, PING_MS);
  addEventListener("offline", () => { if (!ended) { cut(); } });
  addEventListener("online", () => { tries = 0; connect(); });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !open) { tries = 0; connect(); }
  });
  C.on("signed-out", () => { ended = true; if (socket) { socket.onclose = null; socket.close(); } });

  C.feed = {
    connect,
    get open() { return open; },
    // Whether the frame went out; an answer alone tells that something was done (I9).
    send(frame) {
      if (!open) { return false; }
      socket.send(JSON.stringify(frame));
      return true;
    },
  };
})();
