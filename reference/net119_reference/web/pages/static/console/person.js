// Who calls, in the order in which a dispatcher needs it. What is optional is shown from the
// answer on (ASO-04).
(function () {
  "use strict";
  const C = window.net119Console;
  const box = C.byId("person").querySelector("div");

  const fact = (key, value) => (value ? C.el("div", {}, C.el("dt", {}, C.t(key)), C.el("dd", { dir: "auto" }, value)) : null);
  const yesNo = (value) => (value === true ? C.t("yes") : value === false ? C.t("no") : "");
  function reach(one) {
    return [one.phone && C.t("by-phone", { to: one.phone }), one.fax && C.t("by-fax", { to: one.fax }), one.mail].filter(Boolean).join(" / ");
  }
  C.contacts = (list) => C.el("ol", { class: "contacts" }, ...list.map((one) => C.el("li", { dir: "auto" },
    C.el("strong", {}, one.name), " " + [one.kana, one.relation].filter(Boolean).join(" "),
    C.el("div", { class: "reach" }, reach(one)),
    [one.address, one.remarks].filter(Boolean).join(" "))));

  function address(of) {
    return [of.prefecture + of.municipality + of.street, of.flat && C.t("flat", { flat: of.flat }), of.autoLock && C.t("auto-lock", { how: of.autoLock })].filter(Boolean).join(" ");
  }
  function medical(of) {
    const blood = [of.bloodType, of.rh && C.label("rh", of.rh)].filter(Boolean).join(" ");
    return [fact("history", of.history), fact("medication", of.medication), fact("allergy", of.allergy),
      fact("blood", blood), fact("hospital", [of.hospital, of.doctor].filter(Boolean).join(" "))];
  }
  function optional(of) {
    return [
      of.contacts.length ? C.el("div", {}, C.el("dt", {}, C.t("contacts")), C.el("dd", {}, C.contacts(of.contacts))) : null,
      ...(of.medical ? medical(of.medical) : []),
      fact("hearing-person", yesNo(of.hearingPersonAtHome)),
      fact("sign-language", yesNo(of.signLanguage)), fact("writing", yesNo(of.writing)),
      fact("phone", reach({ phone: of.phone, fax: of.fax })),
      ...of.frequentPlaces.map((place) => fact("frequent", [place.label, place.address, place.note].filter(Boolean).join(" "))),
      fact("remarks", of.remarks),
    ];
  }
  C.person = {
    show(entry) {
      const call = entry.call, who = call.registrant;
      const answered = Boolean(call.answeredAt);
      const made = [
        C.el("dl", {}, fact("name", who.name + (who.kana ? "（" + who.kana + "）" : "")),
          fact("age", C.t("age-sex", { age: C.age(who.birthDate), sex: C.label("sex", who.sex), date: who.birthDate })),
          fact("disability", who.disability), fact("address", address(who.address)),
          who.address.positionConfirmed === false ? fact("note", C.t("unconfirmed")) : null,
          fact("mail", who.mail), fact("device", who.device), fact("home", C.department(call.home)),
          fact("link", call.link === "plaintext" ? C.label("link", call.link) : "")),
        C.el("h4", {}, C.t("optional")),
      ];
      if (!answered) { made.push(C.el("p", { class: "hint", id: "sealed" }, C.t("optional-later"))); }
      else if (!who.optional) { made.push(C.el("p", { class: "hint" }, C.t("optional-none"))); }
      else { made.push(C.el("dl", { id: "optional" }, ...optional({ contacts: [], frequentPlaces: [], ...who.optional }))); }
      const shown = JSON.stringify([who, answered, call.link]);
      if (box.getAttribute("data-of") === entry.id && box.shown === shown) { return; }
      box.setAttribute("data-of", entry.id);
      box.shown = shown;
      box.replaceChildren(...made);
    },
  };
})();
