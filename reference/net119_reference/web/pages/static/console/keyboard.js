// Everything by keyboard: function keys work everywhere, "?" only outside of fields.
(function () {
  "use strict";
  const C = window.net119Console;
  const dialog = C.byId("keys");
  const KEYS = [
    ["F1", "keys-help", show], ["F2", "keys-answer", answer],
    ["F4", "keys-next", () => C.queue.step(1)], ["Shift+F4", "keys-previous", () => C.queue.step(-1)],
    ["F7", "keys-text", () => C.composer.focus()], ["F8", "keys-ready", () => C.composer.focusReady()],
    ["F9", "keys-acts", () => C.acts.focus()], ["F10", "keys-close", () => C.acts.close()],
  ].filter(([, name]) => !C.replay || ["keys-help", "keys-next", "keys-previous"].includes(name));
  function answer() {
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
