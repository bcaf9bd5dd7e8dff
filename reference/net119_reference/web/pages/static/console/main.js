// Begins: the center, the feed, and what shows whether the connection is there.
(function () {
  "use strict";
  const C = window.net119Console;
  const line = C.byId("connection"), lost = C.byId("lost");
  const SOON_MS = 600000;
  let since = Date.now(), signedOut = false;

  C.on("connection", (name) => {
    if (line.getAttribute("data-state") !== name) { since = Date.now(); }
    line.setAttribute("data-state", name);
    C.tell(line, C.t("connection-" + name));
    lost.hidden = name === "connected";
    if (name === "lost" && !signedOut) { tellEnd(); }
    document.body.setAttribute("data-connection", name);
  });
  // A log-in lasts some time without the server: while that runs out, until when, and then that.
  function tellEnd() {
    if (!C.endsAt) { C.tell(lost, C.t("lost")); return; }
    const left = Date.parse(C.endsAt) - Date.now() - C.ahead, at = C.clock(C.endsAt).slice(0, 5);
    lost.toggleAttribute("data-ending", left < SOON_MS);
    C.tell(lost, C.t("lost") + " " + C.t(left <= 0 ? "log-in-over" : left < SOON_MS ? "log-in-ends-soon" : "log-in-ends", { at }));
  }
  setInterval(() => {
    if (line.getAttribute("data-state") === "lost") {
      if (!signedOut) { tellEnd(); }
      C.tell(line, C.t("connection-lost") + " " + C.t("for-seconds", { n: Math.floor((Date.now() - since) / 1000) }));
    }
  }, 1000);
  C.on("signed-out", () => {
    signedOut = true;
    document.querySelectorAll("dialog[open]").forEach((each) => each.close());
    line.setAttribute("data-state", "lost");
    C.tell(line, C.t("signed-out"));
    lost.hidden = false;
    lost.replaceChildren(C.t("signed-out-told") + " ", C.el("a", { href: "/console/log-in?ended=1" }, C.t("log-in-again")));
  });
  // The end of the log-in is told below, where nothing covers the way to a new one.
  C.on("refused", (frame) => frame.code !== "not-authenticated" && C.call.tell(C.api.why(new C.api.Refused(0, frame))));
  C.on("welcomed", async () => {
    try {
      const center = await C.api.ask("GET", "/center");
      C.tell(C.byId("center-name"), C.pick(center, "name"));
      center.departments.forEach((each) => C.place.area(each.code));
    } catch (error) { C.tell(C.byId("center-name"), C.data.center); }
  });
  // The next person at this machine finds nothing of what was written.
  document.querySelector("form[action='/console/log-out']").addEventListener("submit", () => sessionStorage.clear());
  C.emit("calls");
  C.feed.connect();
})();
