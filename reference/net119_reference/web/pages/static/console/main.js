// Begins: the center, the feed, and what shows whether the connection is there.
(function () {
  "use strict";
  const C = window.net119Console;
  const line = C.byId("connection"), lost = C.byId("lost");
  let since = Date.now();

  C.on("connection", (name) => {
    if (line.getAttribute("data-state") !== name) { since = Date.now(); }
    line.setAttribute("data-state", name);
    C.tell(line, C.t("connection-" + name));
    lost.hidden = name === "connected";
    if (name === "lost") { C.tell(lost, C.t("lost")); }
    document.body.setAttribute("data-connection", name);
  });
  setInterval(() => {
    if (line.getAttribute("data-state") === "lost") {
      C.tell(line, C.t("connection-lost") + " " + C.t("for-seconds", { n: Math.floor((Date.now() - since) / 1000) }));
    }
  }, 1000);
  C.on("signed-out", () => {
    line.setAttribute("data-state", "lost");
    C.tell(line, C.t("signed-out"));
    lost.hidden = false;
    lost.replaceChildren(C.t("signed-out-told") + " ", C.el("a", { href: "/console/log-in?ended=1" }, C.t("log-in-again")));
  });
  C.on("refused", (frame) => C.call.tell(C.api.why(new C.api.Refused(0, frame))));
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
