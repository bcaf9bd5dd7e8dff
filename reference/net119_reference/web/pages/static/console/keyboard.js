// Everything by keyboard: function keys work everywhere, "?" only outside of fields.
(function () {
  "use strict";
  const C = window.net119Console;
  const dialog = C.byId("keys");
  // A home alarm that is chosen takes the keys that a chosen call has.
  const atAlarm = () => Boolean(C.alarms && C.alarms.chosen());
  const either = (alarm, call) => () => (atAlarm() ? alarm() : call());
  const RANK = ["live", "drill", "test", "practice"];
  const KEYS = [
    ["F1", "keys-help", show], ["F2", "keys-answer", answer],
    ["F4", "keys-next", () => C.queue.step(1)], ["Shift+F4", "keys-previous", () => C.queue.step(-1)],
    ["F7", "keys-text", either(() => C.alarms.press("speak"), () => C.composer.focus())], ["F8", "keys-ready", () => C.composer.focusReady()],
    ["F9", "keys-acts", either(() => C.alarms.focusActs(), () => C.acts.focus())], ["F10", "keys-close", either(() => C.alarms.press("close"), () => C.acts.close())],
  ].filter(([, name]) => !C.replay || ["keys-help", "keys-next", "keys-previous"].includes(name));
  function answer() {
    const chosen = C.alarms && C.alarms.chosen();
    if (chosen && C.alarms.waiting().includes(chosen)) { C.alarms.take(chosen); return; }
    const first = C.queue.firstRinging(), waits = C.alarms ? C.alarms.waiting() : [];
    waits.sort((a, b) => RANK.indexOf(a.mode) - RANK.indexOf(b.mode) || a.raisedAt.localeCompare(b.raisedAt));
    const ringing = C.store.selected && C.store.selected.call && C.store.ringing(C.store.selected);
    if (waits.length && !ringing && (!first || RANK.indexOf(waits[0].mode) < RANK.indexOf(first.call.mode))) { C.alarms.take(waits[0]); return; }
    const entry = C.store.selected;
    C.call.answer(entry && entry.call && C.store.ringing(entry) ? entry : C.queue.firstRinging());
  }
  function show() {
    dialog.replaceChildren(C.el("h2", { id: "keys-title" }, C.t("keys")),
      C.el("dl", { class: "keys" }, ...KEYS.map(([key, name]) => [key, name]).concat(C.replay ? [["Esc", "keys-esc"], ["?", "keys-help"]] : [["Alt+1 … Alt+9", "keys-send-ready"], ["Enter", "keys-send"], ["Esc", "keys-esc"], ["?", "keys-help"]])
        .map(([key, name]) => C.el("div", {}, C.el("dt", {}, C.el("kbd", {}, key)), C.el("dd", {}, C.t(name))))),
      C.el("form", { method: "dialog" }, C.el("button", { class: "main", autofocus: true }, C.t("shut"))));
    if (!dialog.open) { dialog.showModal(); }
  }
  C.byId("help").addEventListener("click", show);
  addEventListener("keydown", (event) => {
    if (C.busyWithForm() || event.ctrlKey || event.metaKey) { return; }
    if (event.altKey) {
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
      if (digit) { event.preventDefault(); C.composer.pick(Number(digit[1]) - 1); }
      return;
    }
    const inField = /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName || "");
    const name = event.key === "?" && !inField ? "F1" : (event.shiftKey ? "Shift+" : "") + event.key;
    const found = KEYS.find(([key]) => key === name);
    if (found) { event.preventDefault(); found[2](); }
  });
})();
