// Writing to the caller: a field, ready texts by kind, questions with answers to tap.
(function () {
  "use strict";
  const C = window.net119Console;
  const form = C.byId("say"), box = C.byId("text"), options = C.byId("options"), count = C.byId("text-count");
  const ready = C.byId("ready").querySelector("ol");
  const MOST_OPTIONS = 20, LONGEST_OPTION = 100, WARN = 200;
  let entry = null, offered = [];

  const length = (text) => [...text].length;
  const answers = () => options.value.split("\n").map((line) => line.trim()).filter(Boolean);
  function typed() {
    if (!entry) { return; }
    C.kept.put("draft-" + entry.id, box.value);
    const left = C.data.limit - length(box.value);
    const many = answers();
    const wrong = left < 0 ? C.t("too-long", { n: -left })
      : many.length > MOST_OPTIONS ? C.t("too-many-options")
        : many.some((each) => length(each) > LONGEST_OPTION) ? C.t("option-too-long") : "";
    count.setAttribute("data-over", wrong ? "yes" : "no");
    C.tell(count, wrong || (left < WARN ? C.t("left", { n: left }) : ""));
    return wrong;
  }
  function submit() {
    if (!entry || typed()) { box.focus(); return; }
    if (!box.value.trim()) { C.tell(count, C.t("empty")); box.focus(); return; }
    say(box.value, answers());
    box.value = options.value = "";
    C.byId("asking").open = false;
    typed();
    box.focus();
  }
  function say(text, labels) {
    entry.lines.say(text, labels);
    C.chat.now();
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  box.addEventListener("input", typed);
  options.addEventListener("input", typed);
  box.addEventListener("keydown", (event) => {
    // While a kana is being converted, Enter belongs to the conversion (229: Safari).
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      submit();
    }
  });
  function offer() {
    const call = entry.call;
    const now = C.data.ready.filter((each) => each.kinds.includes(call.kind) && each.modes.includes(call.mode));
    const key = now.map((each) => each.id).join();
    if (ready.getAttribute("data-of") === key) { return; }
    ready.setAttribute("data-of", key);
    offered = now;
    ready.replaceChildren(...now.map((each, index) => C.el("li", {},
      C.el("button", { type: "button", "data-ready": each.id, "aria-keyshortcuts": index < 9 ? "Alt+" + (index + 1) : null, onclick: () => pick(index) },
        index < 9 ? C.el("kbd", {}, String(index + 1)) : "",
        C.el("span", {}, C.el("span", { lang: "ja" }, each.text),
          each.gloss ? C.el("small", {}, each.gloss.text) : "",
          each.options.length ? C.el("small", { lang: each.gloss ? null : "ja" }, (each.gloss ? each.gloss.options : each.options).join(" / ")) : "")))));
  }
  function pick(index) {
    const one = offered[index];
    if (one && entry && C.store.talking(entry) && entry.call.answeredBy === C.data.dispatcher) {
      say(one.text, one.options);
    }
  }
  C.composer = {
    pick,
    show(of) {
      if (entry !== of) {
        entry = of;
        box.value = C.kept.get("draft-" + of.id);
        options.value = "";
        typed();
      }
      const mine = C.store.talking(of) && of.call.answeredBy === C.data.dispatcher;
      form.hidden = C.byId("ready").hidden = !mine;
      if (mine) { offer(); }
    },
    put(text, labels) { box.value = text; options.value = labels.join("\n"); C.byId("asking").open = labels.length > 0; typed(); box.focus(); },
    focus() { if (!form.hidden) { box.focus(); } },
    focusReady() { const first = ready.querySelector("button"); if (first && !C.byId("ready").hidden) { first.focus(); } },
  };
})();
