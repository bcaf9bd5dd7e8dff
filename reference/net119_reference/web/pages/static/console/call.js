// The selected call: how it is meant, in what state it is, who has it, and what the machine tells.
(function () {
  "use strict";
  const C = window.net119Console;
  const parts = Object.fromEntries(["call", "side", "nothing", "mode", "call-title", "call-state", "notices", "presence", "take", "answer", "take-told", "take-over"].map((id) => [id, C.byId(id)]));
  let drawnPlace = "";

  function state(call) {
    if (call.state === "closed") {
      return C.t("closed-with", { outcome: C.label("outcome", call.outcome || "") });
    }
    if (!call.mine) { return C.t("with-other", { name: C.department(call.owner) }); }
    if (call.state === "transferring") { return C.t("transferring", { name: C.department(call.transferringTo) }); }
    return C.label("state", call.state) + (call.answeredBy ? C.t("in-brackets", { text: C.t("has-it", { name: call.answeredBy === C.data.dispatcher ? C.t("me") : call.answeredBy }) }) : "");
  }
  // Whom to phone now; a call near a border names departments too, which are asked only if need be.
  const phoned = (notice) => (["ambiguous", "home-differs", "place-differs"].includes(notice.code) ? [] : notice.phoneTo || []);
  function notices(entry) {
    const list = (entry.call.notices || []).map((notice) => C.el("li", { class: phoned(notice).length ? "phone" : "", "data-code": notice.code },
      C.pick(notice, "text"),
      ...phoned(notice).map((to) => C.el("strong", { class: "phone-to" }, C.earnest(entry.call, "phone-now", { name: C.department(to), phone: to.phone })))));
    if (entry.recordFailed) { list.push(C.el("li", { class: "phone" }, C.t("record-failed") + " " + entry.recordFailed)); }
    const text = list.map((each) => each.textContent).join("\n");
    if (parts.notices.shown !== text) { parts.notices.shown = text; parts.notices.replaceChildren(...list); }
  }
  function show(entry) {
    if (!entry || !entry.call || C.store.selected !== entry) { return; }
    const call = entry.call;
    parts.call.hidden = parts.side.hidden = false;
    parts.nothing.hidden = true;
    parts.mode.setAttribute("data-mode", call.mode);
    C.tell(parts.mode, C.t("mode-" + call.mode));
    parts.call.setAttribute("data-mode", call.mode);
    parts.call.setAttribute("data-state", call.state);
    C.tell(parts["call-title"], C.label("kind", call.kind) + " " + call.registrant.name + " " + C.place.short(call));
    C.tell(parts["call-state"], state(call));
    notices(entry);
    const gone = call.presence === "gone";
    parts.presence.setAttribute("data-presence", call.connecting ? "connecting" : call.presence);
    parts.presence.toggleAttribute("data-silent", Boolean(call.silentSince));
    C.tell(parts.presence, call.state === "closed" ? C.t("caller-closed")
      : call.silentSince ? C.t("silent", { at: C.clock(call.silentSince) })
      : call.connecting ? C.t("caller-connecting")
      : gone ? C.t("caller-gone") + (entry.presenceSince ? " " + C.clock(entry.presenceSince) : "") : C.t("caller-here"));
    const ringing = C.store.ringing(entry);
    const other = C.store.talking(entry) && call.answeredBy !== C.data.dispatcher;
    parts.take.hidden = C.replay || (!ringing && !other);
    parts.answer.hidden = !ringing;
    parts["take-over"].hidden = !other;
    C.tell(parts["take-told"], other ? C.t("other-has-it", { name: call.answeredBy || "" }) : ringing ? C.t("answer-hint") : "");
    C.composer.show(entry);
    C.place.show(entry);
    C.person.show(entry);
    C.acts.show(entry);
    const place = entry.id + JSON.stringify(call.place) + entry.trail.length + call.owner.code;
    if (place !== drawnPlace) { drawnPlace = place; C.map.show(entry); }
  }
  C.on("selected", (entry) => { show(entry); parts["call-title"].focus(); });
  C.on("call", show);
  C.on("areas", () => show(C.store.selected));
  C.on("calls", () => { if (C.store.selected) { show(C.store.selected); } });

  async function answer(entry) {
    if (C.replay || !entry || !C.store.ringing(entry)) { return; }
    if (C.store.selected !== entry) { C.store.select(entry.id); }
    parts.answer.disabled = true;
    try {
      await C.store.answered(entry.id, C.api.ask("POST", "/calls/" + entry.id + "/answer"));
      C.emit("calls");
      C.composer.focus();
    } catch (error) {
      await C.store.refresh(entry.id);
      const by = entry.call.answeredBy;
      tell(error.code === "wrong-state" && by && by !== C.data.dispatcher ? C.t("too-late", { name: by }) : C.api.why(error));
    } finally { parts.answer.disabled = false; }
  }
  function tell(text) {
    C.form({ title: C.t("not-done"), intro: [text] });
  }
  parts.answer.addEventListener("click", () => answer(C.store.selected));
  parts["take-over"].addEventListener("click", () => {
    const entry = C.store.selected;
    C.form({ title: C.t("take-over"), intro: [C.t("take-over-intro", { name: entry.call.answeredBy })], submit: C.t("take-over-do") },
      async () => {
        await C.store.answered(entry.id, C.api.ask("POST", "/calls/" + entry.id + "/take-over"));
        C.emit("calls");
      });
  });
  C.call = { answer, tell };
})();
