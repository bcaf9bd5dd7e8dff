// The list of calls. Nothing jumps: calls stand in the order in which they came, and change their
// place only when somebody takes or closes them.
(function () {
  "use strict";
  const C = window.net119Console;
  const MOST_CLOSED = 30;
  const items = new Map();
  const SECTIONS = ["ringing", "mine", "others", "closed"];
  let order = [];

  function section(entry) {
    if (entry.call.state === "closed") { return "closed"; }
    if (C.store.ringing(entry)) { return "ringing"; }
    return C.store.mine(entry) ? "mine" : "others";
  }
  C.modeMark = (mode) => C.el("span", { class: "mark", "data-mode": mode }, C.label("mode", mode));

  function item(entry) {
    if (!items.has(entry.id)) {
      const parts = {
        mode: C.el("span", { class: "mark" }), kind: C.el("strong", { class: "kind" }),
        wait: C.el("span", { class: "wait" }), where: C.el("span", { class: "place", dir: "auto" }),
        name: C.el("bdi", { class: "name" }), told: C.el("span", { class: "told" }),
        unread: C.el("span", { class: "unread" }),
      };
      const button = C.el("button", { type: "button", "data-call": entry.id,
        onclick: () => C.store.select(entry.id) },
      C.el("span", { class: "row" }, parts.mode, parts.kind, parts.wait),
      C.el("span", { class: "row" }, parts.name, parts.where, parts.unread), parts.told);
      items.set(entry.id, { parts, button, li: C.el("li", {}, button) });
    }
    return items.get(entry.id);
  }
  function told(entry) {
    const call = entry.call;
    if (call.state === "closed") { return C.label("outcome", call.outcome || "") || C.label("state", "closed"); }
    if (!call.mine) { return C.t("with-other", { name: C.department(call.owner) }); }
    const state = C.label("state", call.state);
    if (C.store.ringing(entry)) { return entry.reminded ? C.t("reminder") : ""; }
    const by = call.answeredBy && !C.store.mine(entry) ? C.t("has-it", { name: call.answeredBy }) : "";
    if (call.silentSince) { return (by ? by + " " : "") + C.t("silent-short", { since: C.since(call.silentSince) }); }
    return (by ? by + " " : "") + (call.state === "answered" ? (call.connecting ? C.t("connecting-caller") : call.presence === "gone" ? C.t("gone") : by ? "" : state) : state);
  }
  function fill(entry) {
    const { parts, button } = item(entry);
    const call = entry.call;
    parts.mode.setAttribute("data-mode", call.mode);
    C.tell(parts.mode, C.label("mode", call.mode));
    C.tell(parts.kind, C.label("kind", call.kind));
    C.tell(parts.name, call.registrant.name);
    C.tell(parts.where, C.place.short(call));
    C.tell(parts.told, told(entry));
    C.tell(parts.unread, entry.unread ? C.t("unread", { n: entry.unread }) : "");
    button.setAttribute("data-mode", call.mode);
    button.setAttribute("data-state", call.state);
    button.toggleAttribute("data-silent", Boolean(call.silentSince));
    if (C.store.selected === entry) { button.setAttribute("aria-current", "true"); }
    else { button.removeAttribute("aria-current"); }
    wait(entry);
  }
  function wait(entry) {
    const call = entry.call;
    if (call.silentSince) { C.tell(item(entry).parts.told, told(entry)); }
    C.tell(item(entry).parts.wait, call.state === "closed" ? C.clock(call.closedAt || call.openedAt).slice(0, 5) : C.since(call.openedAt));
  }
  let wanted = false;
  function show() {
    wanted = false;
    const known = [...C.store.calls.values()].filter((entry) => entry.call);
    known.sort((a, b) => a.call.openedAt.localeCompare(b.call.openedAt) || a.id.localeCompare(b.id));
    order = [];
    let ringing = [];
    SECTIONS.forEach((name) => {
      let here = known.filter((entry) => section(entry) === name);
      if (name === "closed") {
        here.sort((a, b) => (b.call.closedAt || "").localeCompare(a.call.closedAt || ""));
        here = here.slice(0, MOST_CLOSED);
      }
      if (name === "ringing") {
        // A live call is never below the fold for the others that ring.
        here.sort((a, b) => (b.call.mode === "live") - (a.call.mode === "live"));
        ringing = here;
      }
      const box = C.byId("queue-" + name), list = box.querySelector("ul");
      C.tell(box.querySelector(".tag"), String(here.length));
      box.hidden = here.length === 0 && name !== "ringing";
      here.forEach((entry, index) => {
        fill(entry);
        const li = item(entry).li;
        if (list.children[index] !== li) { list.insertBefore(li, list.children[index] || null); }
      });
      while (list.children.length > here.length) { list.lastElementChild.remove(); }
      order = order.concat(here);
    });
    const first = C.queue.firstRinging();
    const next = C.byId("answer-next");
    next.disabled = C.replay || first === null;
    next.setAttribute("data-mode", first ? first.call.mode : "");
    C.tell(next, first ? C.t("answer-next", { mode: C.label("mode", first.call.mode), kind: C.label("kind", first.call.kind) }) : C.t("nothing-rings"));
    if (C.replay) { return; } // it neither rings nor is announced, and its title stays
    const live = ringing.filter((entry) => entry.call.mode === "live").length;
    const waiting = ringing.length + (C.alarms ? C.alarms.waiting().length : 0);
    document.title = (waiting ? C.t("title-ringing", { n: waiting }) : "") + C.t("title");
    document.body.setAttribute("data-ringing", ringing.length === 0 ? "no" : live ? "live" : "other");
    announce(ringing);
  }
  const announced = new Set();
  function announce(ringing) {
    ringing.filter((entry) => !announced.has(entry.id)).forEach((entry) => {
      announced.add(entry.id);
      C.tell(C.byId("alarm"), C.t("new-call", { mode: C.label("mode", entry.call.mode), kind: C.label("kind", entry.call.kind), place: C.place.short(entry.call) }));
    });
    const now = new Set(ringing.map((entry) => entry.id));
    announced.forEach((id) => { if (!now.has(id)) { announced.delete(id); } });
  }
  function soon() {
    // Once for all that came meanwhile: a long chat comes line by line.
    if (!wanted) { wanted = true; requestAnimationFrame(show); setTimeout(() => { if (wanted) { show(); } }, 50); }
  }
  C.on("calls", soon);
  C.on("areas", soon);
  setInterval(() => order.forEach((entry) => { if (entry.call.state !== "closed") { wait(entry); } }), 1000);

  C.queue = {
    // Live calls first, then the one that waits longest.
    firstRinging() {
      const all = [...C.store.calls.values()].filter((e) => e.call && C.store.ringing(e));
      const rank = (e) => ["live", "drill", "test", "practice"].indexOf(e.call.mode);
      all.sort((a, b) => rank(a) - rank(b) || a.call.openedAt.localeCompare(b.call.openedAt));
      return all[0] || null;
    },
    step(by) {
      // As they stand on the page: home alarms, then calls.
      const alarms = C.alarms ? C.alarms.open() : [];
      const open = alarms.concat(order.filter((entry) => entry.call.state !== "closed"));
      if (!open.length) { return; }
      const at = open.indexOf((C.alarms && C.alarms.chosen()) || C.store.selected);
      const next = open[at < 0 ? 0 : (at + by + open.length) % open.length];
      if (alarms.includes(next)) { C.alarms.choose(next.incidentId); } else { C.store.select(next.id); }
    },
  };
  C.byId("answer-next").addEventListener("click", () => C.call.answer(C.queue.firstRinging()));
})();
