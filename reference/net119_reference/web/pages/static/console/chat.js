// The lines of the selected call. Of a long chat only a part is in the document: it moves along
// with the scrolling, and what is read stays where it is.
(function () {
  "use strict";
  const C = window.net119Console;
  const WINDOW = 200, STEP = 100, NEAR = 400;
  const box = C.byId("log-box"), log = C.byId("log"), newest = C.byId("newest");
  let entry = null, from = 0, to = 0;
  let tail = true;    // whether the window holds the end of the list, and goes on with it
  let lastTop = 0;
  let follows = true; // whether the end is what is looked at
  const shown = new Map();   // seq or clientId -> element

  const atEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  function fate(line) {
    if (line.sender !== "dispatcher") { return ""; }
    const gone = entry.call && entry.call.presence === "gone" && entry.call.state !== "closed";
    const unseen = gone && entry.presenceSince && line.at >= entry.presenceSince;
    return unseen ? C.t("fate-gone") : C.t("fate-stored");
  }
  function lineElement(line) {
    const made = C.el("div", { class: "line " + line.sender, "data-seq": line.seq });
    const said = entry.lines.textOf(line);
    made.append(C.el("p", { class: "who" }, C.el("span", {}, C.label("sender", line.sender)), " ",
      C.el("bdi", {}, line.senderName || ""), " ", C.el("time", {}, C.clock(line.at))),
    C.el("p", { class: "text", dir: "auto", lang: "ja" }, said));
    if (line.choice) { made.classList.add("tapped"); }
    if (line.options && line.options.length) {
      const answer = entry.lines.answers.get(line.seq);
      made.append(C.el("ul", { class: "answers" }, ...line.options.map((option) =>
        C.el("li", { lang: "ja", "data-chosen": option.id === answer ? "yes" : null }, option.label,
          option.id === answer ? C.el("span", {}, " ✓ " + C.t("chosen")) : ""))));
    }
    const told = fate(line);
    if (told) { made.append(C.el("p", { class: "fate" }, told)); }
    return made;
  }
  function pendingElement(one) {
    const made = C.el("div", { class: "line dispatcher " + (one.failed ? "failed" : "pending"), "data-client": one.clientId },
      C.el("p", { class: "text", dir: "auto", lang: "ja" }, one.text));
    if (one.options.length) { made.append(C.el("ul", { class: "answers" }, ...one.options.map((o) => C.el("li", { lang: "ja" }, o.label)))); }
    made.append(C.el("p", { class: "fate" }, one.failed ? C.t("fate-failed") + " " + one.failed : one.sent ? C.t("fate-sending") : C.t("fate-waiting")));
    if (one.failed) {
      made.append(C.el("p", { class: "again" },
        C.el("button", { type: "button", class: "small", onclick: () => { entry.lines.send(one); render(); } }, C.t("send-again")),
        C.el("button", { type: "button", class: "small", onclick: () => { entry.lines.drop(one); C.composer.put(one.text, one.options.map((o) => o.label)); render(); } }, C.t("edit"))));
    }
    return made;
  }
  // Writes the window anew, and keeps the line under the eyes where it is.
  function render(follow) {
    const end = follow === undefined ? follows : follow;
    const anchor = end ? null : firstSeen();
    const offset = anchor ? anchor.getBoundingClientRect().top : 0;
    const list = entry.lines.list;
    if (end) { to = list.length; from = Math.max(0, to - WINDOW); }
    else if (tail && list.length - from <= 3 * WINDOW) { to = list.length; }
    tail = to >= list.length;
    const wanted = [];
    const keep = new Set();
    for (let at = from; at < to; at += 1) {
      const line = list[at], key = line.seq;
      const mark = JSON.stringify([entry.lines.textOf(line), entry.lines.answers.get(line.seq), fate(line)]);
      let made = shown.get(key);
      if (!made || made.mark !== mark) { made = lineElement(line); made.mark = mark; shown.set(key, made); }
      keep.add(key);
      wanted.push(made);
    }
    if (tail) {
      entry.lines.pending.forEach((one) => { wanted.push(pendingElement(one)); });
    }
    [...shown.keys()].forEach((key) => { if (!keep.has(key)) { shown.delete(key); } });
    sync(wanted);
    follows = end;
    if (end) { box.scrollTop = box.scrollHeight; newest.hidden = true; }
    else {
      const again = anchor && log.querySelector("[data-seq='" + anchor.getAttribute("data-seq") + "']");
      if (again) { box.scrollTop += again.getBoundingClientRect().top - offset; }
    }
  }
  function sync(wanted) {
    const stays = new Set(wanted);
    [...log.children].forEach((each) => { if (!stays.has(each)) { each.remove(); } });
    let after = null;
    wanted.forEach((each) => {
      const next = after ? after.nextSibling : log.firstChild;
      if (next !== each) { log.insertBefore(each, next); }
      after = each;
    });
  }
  function firstSeen() {
    const top = box.getBoundingClientRect().top;
    return [...log.children].find((each) => each.hasAttribute("data-seq") && each.getBoundingClientRect().bottom > top) || null;
  }
  let moving = false;
  box.addEventListener("scroll", () => {
    if (!entry || moving) { return; }
    const list = entry.lines.list;
    // Only who scrolls up stops following: a box that became smaller did not scroll.
    if (box.scrollTop < lastTop - 2 || atEnd()) { follows = atEnd() && tail; }
    lastTop = box.scrollTop;
    if (follows) { newest.hidden = true; }
    const up = box.scrollTop < NEAR && from > 0;
    const down = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR && to < list.length;
    if (!up && !down) { return; }
    moving = true;
    tail = false;
    if (up) { from = Math.max(0, from - STEP); to = Math.min(list.length, from + 2 * WINDOW); }
    else { to = Math.min(list.length, to + STEP); from = Math.max(0, to - 2 * WINDOW); }
    render(false);
    moving = false;
  });
  newest.addEventListener("click", () => { render(true); box.focus(); });
  let wanted = false;
  function soon() {
    if (wanted) { return; }
    wanted = true;
    const work = () => { if (wanted && entry) { wanted = false; render(); } };
    requestAnimationFrame(work);
    setTimeout(work, 50); // a tab in the background draws no frames
  }
  C.on("line", (of, line) => {
    if (of !== entry) { return; }
    if (!follows) { newest.hidden = false; }
    soon();
    if (line.sender === "caller") { C.tell(C.byId("said"), C.t("caller-said", { text: of.lines.textOf(line) })); }
  });
  C.on("call", (of) => { if (of === entry) { soon(); } });
  C.on("connection", () => { if (entry) { soon(); } });
  C.on("selected", (of) => {
    if (entry === of) { return; }
    entry = of;
    shown.clear();
    log.replaceChildren();
    render(true);
  });
  // A box that becomes smaller keeps its end in sight.
  new ResizeObserver(() => { if (follows) { box.scrollTop = box.scrollHeight; } }).observe(box);
  C.chat = { now: () => { if (entry) { render(true); } }, rendered: () => log.children.length };
})();
