// A dialog with a short form. It stays open until what was asked for is done, and says why if not.
(function () {
  "use strict";
  const C = window.net119Console;
  const dialog = C.byId("form");
  let number = 0;

  function field(given) {
    number += 1;
    const id = "field-" + number;
    let input;
    if (given.options) {
      input = C.el("select", { id, name: given.name, required: given.required },
        given.required || given.empty ? C.el("option", { value: "" }, given.empty || C.t("choose")) : "",
        ...given.options.map(([value, text]) => C.el("option", { value }, text)));
    } else {
      input = C.el(given.long ? "textarea" : "input", { id, name: given.name, required: given.required, rows: given.long ? 3 : null, maxlength: given.long ? 2000 : 200, type: given.long ? null : "text", autocomplete: "off" });
    }
    if (given.value) { input.value = given.value; }
    const made = C.el("div", { class: "field" }, C.el("label", { for: id }, given.label,
      given.required ? C.el("span", { class: "mark-must" }, " " + C.t("required")) : ""), input,
    given.hint ? C.el("p", { class: "hint" }, given.hint) : "");
    return { given, input, made };
  }
  // given: title, intro (texts or elements), fields, submit (label), doing (its label meanwhile), danger; does(values): a
  // promise, which tells that it is done, or throws why it is not.
  C.form = (given, does) => {
    const fields = (given.fields || []).map(field);
    const told = C.el("p", { class: "error", role: "alert", hidden: true });
    const going = C.el("p", { class: "visually-hidden", role: "status" });
    const send = given.submit ? C.el("button", { class: given.danger ? "danger" : "main" }, given.submit) : null;
    const made = C.el("form", { method: "dialog", novalidate: true },
      C.el("h2", { id: "form-title", tabindex: "-1" }, given.title),
      ...(given.intro || []).map((each) => (typeof each === "string" ? C.el("p", {}, each) : each)),
      ...fields.map((each) => each.made), told, going,
      C.el("div", { class: "actions" }, send, C.el("button", { type: "button", onclick: () => dialog.close() }, send ? C.t("cancel") : C.t("shut"))));
    function wrong(text, input) {
      told.hidden = false;
      C.tell(told, text);
      if (input) { input.setAttribute("aria-invalid", "true"); input.focus(); }
    }
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      const values = {};
      for (const { given: about, input } of fields) {
        input.removeAttribute("aria-invalid");
        const text = input.value.trim();
        const needed = about.required || (about.requiredIf && about.requiredIf(values));
        if (needed && !text) { wrong(C.t("fill-in", { name: about.label }), input); return; }
        if (text) { values[about.name] = text; }
      }
      if (!send || send.disabled) { return; }
      told.hidden = true;
      send.disabled = true;
      C.tell(send, given.doing || C.t("working"));
      C.tell(going, send.textContent);
      try {
        await does(values);
        dialog.close();
      } catch (error) {
        wrong(error instanceof C.api.Refused || error instanceof TypeError ? C.api.why(error) : error.message);
        if (!(error instanceof Error)) { throw error; }
      } finally {
        send.disabled = false;
        C.tell(send, given.submit);
        C.tell(going, "");
      }
    });
    dialog.replaceChildren(made);
    dialog.showModal();
    (fields.length ? fields[0].input : made.querySelector("h2")).focus();
  };
  C.busyWithForm = () => dialog.open || C.byId("keys").open;
})();
