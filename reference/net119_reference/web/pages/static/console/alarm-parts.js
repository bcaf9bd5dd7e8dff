// What the alarm desk shows of one incident, part by part; the desk itself is in alarms.js.
(function () {
  "use strict";
  const C = window.net119Console;
  const words = C.data.alarms;
  const w = (key, blanks) => {
    let text = words.text[key];
    if (text === undefined) { throw new Error("no words for " + key); }
    Object.keys(blanks || {}).forEach((name) => { text = text.split("{" + name + "}").join(blanks[name]); });
    return text;
  };
  const named = (codes, code) => words[codes][code] || code;
  const options = (codes, only) => Object.entries(words[codes]).filter(([code]) => !only || only.includes(code));
  const seconds = (moment) => Math.max(0, Math.ceil((Date.parse(moment) - Date.now() - C.ahead) / 1000));
  const inJapan = (moment) => new Date(Date.parse(moment) + 9 * 3600 * 1000);
  const day = (moment) => { const at = inJapan(moment); return (at.getUTCMonth() + 1) + "/" + at.getUTCDate() + " " + C.clock(moment).slice(0, 5); };
  const open = (one) => one.state !== "closed";
  // The machine hails once for each press; what was said before the last of them answers no more.
  const pressed = (one) => one.hails.filter((each) => !each.by);
  const answered = (one) => (one.hails.length ? one.hails.slice(one.hails.lastIndexOf(pressed(one).pop())).some((each) => each.answered) : one.speech.some((each) => !each.by));
  const part = (key, rows, name) => (rows.length ? C.el("section", { class: name || null }, C.el("h3", {}, w(key)), C.el("ul", {}, ...rows)) : null);
  const row = (...texts) => C.el("li", { dir: "auto" }, ...texts);
  const fact = (key, value, look) => (value ? C.el("div", { class: look || null }, C.el("dt", {}, w(key)), C.el("dd", { dir: "auto" }, value)) : null);

  function talk(one) {
    const again = pressed(one).slice(1);
    const said = one.hails.map((each) => ({ at: each.at, by: each.by || w("machine"), again: again.includes(each), text: again.includes(each) ? w("hailed-again") : w("hailed") }))
      .concat(one.speech.map((each) => ({ at: each.at, by: each.by || w("at-unit"), text: each.text, user: !each.by })));
    said.sort((a, b) => a.at.localeCompare(b.at));
    // A button that is stuck has a hundred hails: they must not push the helpers off the screen.
    const rows = [];
    said.forEach((each) => {
      const last = rows[rows.length - 1];
      if (!each.again || !last || !last.again) { rows.push(Object.assign({ n: 1 }, each)); return; }
      last.n += 1;
      last.text = w("hailed-often", { n: last.n, to: C.clock(each.at) });
    });
    return part("talk", rows.map((each) => C.el("li", { class: each.user ? "at-unit" : "", dir: "auto" }, C.clock(each.at) + " " + each.by + "：" + each.text)));
  }
  const dispatches = (one) => part("dispatches", one.dispatches.map((each) => row(C.clock(each.at) + " ", C.el("strong", {}, each.units), "（" + named("finding", each.because) + (each.toInvestigate ? "・" + w("to-look") : "") + "）" + (each.by || w("machine")))));
  // Nobody was sent: why, where everybody sees it.
  const reason = (one) => C.el("div", {}, ...[one.reason ? part(one.dispatches.length ? "reason" : "why-nobody", [row(one.reason)], one.dispatches.length ? "" : "why-nobody") : null,
    part("overtaken", (one.notes || []).map((each) => row(each)))].filter(Boolean));
  const scene = (one) => part("scene", one.scene.map((each) => C.el("li", { dir: "auto", class: each.atOnce ? "at-once" : "" }, C.clock(each.at) + " ", C.el("strong", {}, named("event", each.event)), "（" + each.by + "）" + (each.text || "") + (each.witness ? " " + w("witness") + "：" + each.witness : ""))));
  function tellings(one, now) {
    return part("tellings", one.tellings.map((each) => row(named("recipient", each.recipient) + "（" + named("desk", each.desk) + "）" + [each.name, each.phone].filter(Boolean).join(" ") + "：" + each.what + " " +
      (each.reached === undefined ? w("by-when", { at: day(each.due) }) : w(each.reached ? "reached" : "not-reached")) + " ",
    each.reached === undefined && !C.replay ? C.el("button", { type: "button", class: "small", "data-do": "reached-" + each.number, onclick: () => now("tellings/result", { number: each.number, reached: true }) }, w("reached")) : "",
    each.reached === undefined && !C.replay ? C.el("button", { type: "button", class: "small", "data-do": "not-reached-" + each.number, onclick: () => now("tellings/result", { number: each.number, reached: false }) }, w("not-reached")) : "")));
  }
  function reports(one) {
    const made = one.wardReport, paper = (name, key) => C.el("a", { class: "button small", target: "_blank", href: "/console/alarms/" + one.incidentId + "/" + name }, w(key));
    const rows = made ? [row(made.sentAt ? w("report-sent-at", { at: day(made.sentAt) }) : w("report-owed", { at: day(made.due) })),
      row(named("accident", made.accident) + " ・ " + w("helped", { answer: w(made.helpersActed ? "yes" : "no") })), ...(made.other ? [row(made.other)] : [])] : [];
    if (one.homeStationReport) { rows.push(row(w("home-station-told", { at: day(one.homeStationReport.sentAt) }) + " " + one.homeStationReport.what)); }
    if (C.replay && !rows.length) { return null; }
    return C.el("section", {}, C.el("h3", {}, w("report")), C.el("ul", {}, ...rows),
      C.replay ? "" : C.el("p", { class: "papers" }, ...[made ? paper("ward-report", "paper-ward") : null, one.homeStationReport ? paper("home-station", "paper-home") : null, paper("record", "paper-record")].filter(Boolean)));
  }

  // --- the user, in the order in which a dispatcher asks ------------------------------------------
  function age(born) {
    const today = new Date(Date.now() + C.ahead + 9 * 3600 * 1000), [year, month, date] = born.split("-").map(Number);
    const had = today.getUTCMonth() + 1 > month || (today.getUTCMonth() + 1 === month && today.getUTCDate() >= date);
    return today.getUTCFullYear() - year - (had ? 0 : 1);
  }
  // Crews go to where the unit hangs; what is registered now may be another house, and says so.
  const written = (of) => of.prefecture + of.municipality + of.street + (of.flat ? " " + of.flat : "");
  const moved = (one, view) => Boolean(one.moved || (view && view.moved));
  function elsewhere(one, view) {
    if (!moved(one, view)) { return null; }
    const of = view && view.user && view.user.address;
    return C.el("section", { class: "elsewhere" }, C.el("h3", {}, w("elsewhere")),
      ...(C.replay ? [] : [C.el("p", { class: "there", dir: "auto" }, one.house ? w("crews-go", { address: written(one.house.address) }) : w("house-unknown")),
        of ? C.el("p", { dir: "auto" }, w(one.house ? "not-there" : "perhaps-there", { address: written(of) })) : ""]));
  }
  function person(view) {
    if (!view) { return null; }
    const user = view.user, house = view.incident.house, unit = view.unit, away = moved(view.incident, view);
    const of = house ? house.address : user && user.address, about = house ? house.about : user && user.house;
    const facts = [fact("name", user ? user.name + (user.kana ? "（" + user.kana + "）" : "") : w("nobody"), "first")];
    if (user) {
      facts.push(fact("age", w("years", { n: age(user.birthDate) }) + (user.sex && user.sex !== "unstated" ? "・" + named("sex", user.sex) : "")),
        fact(away ? (house ? "unit-house" : "registered-address") : "address", written(of), away && !house ? "" : "first"),
        fact("entrance", [of.autoLock, about].filter(Boolean).join("\n")), away && house ? fact("registered-address", written(user.address)) : null, fact("illnesses", user.illnesses), fact("phone", user.phone),
        fact("detectors", w(user.linkedDetectors ? "yes" : "no")),
        ...(user.relatives || []).map((each) => fact("relative", [each.name, each.relation, each.phone || each.fax || each.mail].filter(Boolean).join(" "))));
    }
    // Whose user gave the unit back meanwhile: crews are on their way there all the same.
    if (!user && house) { facts.push(fact("unit-house", written(of), "first"), fact("entrance", [of.autoLock, about].filter(Boolean).join("\n"))); }
    facts.push(fact("household", view.household), fact("unit", view.incident.unitId + (unit && unit.troubles.length ? "（" + unit.troubles.map((each) => named("trouble", each)).join("、") + "）" : "")));
    return C.el("section", { class: "alarm-user" }, C.el("h3", {}, w("user")), C.el("dl", {}, ...facts.filter(Boolean)));
  }

  // --- the helper board: all helpers in their order, who was asked, who is asked next -------------
  function standing(one, asked, order, next) {
    if (asked) {
      const by = asked.answer ? named("answer", asked.answer) + " " + C.clock(asked.answeredAt || asked.askedAt).slice(0, 5) : w("waits-for-answer", { n: Math.max(0, -Math.floor((Date.parse(asked.askedAt) - Date.now() - C.ahead) / 1000)) });
      return w("helper-asked", { at: C.clock(asked.askedAt).slice(0, 5) }) + " ・ " + by;
    }
    if (order !== next || !open(one)) { return w("not-asked"); }
    return one.askNextBy ? w("asked-next-in", { n: seconds(one.askNextBy) }) : w("asked-next");
  }
  const state = (asked, order, next) => (asked ? asked.answer || "waits" : order === next ? "next" : "later");
  function board(one, view, does) {
    // Those of the house where the unit hangs, and not those of a new home.
    const registered = one.house ? one.house.helpers : view && view.user && view.user.helpers;
    const known = (!C.replay && registered) || [], asked = new Map(one.helpers.map((each) => [each.order, each]));
    const count = Math.max(known.length, one.helpers.length);
    if (!count || one.kind === "test") { return null; }
    const coming = one.helpers.some((each) => each.answer === "goes" || each.answer === "arrived");
    const next = coming || !one.dispatches.some((each) => !each.toInvestigate) ? 0 : one.helpers.length + 1;
    const items = [];
    for (let order = 1; order <= count; order += 1) {
      const helper = known[order - 1], was = asked.get(order), name = was ? was.name : helper.name;
      // What is registered now is of the same person only while the names agree.
      const about = helper && helper.name === name ? helper : null;
      const notes = about ? [w("minutes", { n: about.minutes }), about.available || "", about.hasKey ? w("has-key") : "", about.corpsMember ? w("corps") : ""] : [was && was.corpsMember ? w("corps") : ""];
      items.push(C.el("li", { dir: "auto", "data-order": order, "data-state": state(was, order, next) },
        C.el("span", { class: "row" }, C.el("strong", {}, order + ". " + name), " ", C.el("span", {}, was ? was.phone : helper.phone)),
        C.el("span", { class: "about" }, notes.filter(Boolean).join(" ・ ")),
        C.el("span", { class: "standing" }, standing(one, was, order, next)),
        was && open(one) && !C.replay ? C.el("button", { type: "button", class: "small", "data-do": "answer-" + order, "aria-label": w("answer-of", { name }), onclick: () => C.form({ title: w("answer-of", { name }), submit: w("do"), fields: [{ name: "answer", label: w("answer"), required: true, options: options("answer") }] }, (values) => does({ order, answer: values.answer })) }, w("answer")) : ""));
    }
    return C.el("section", { class: "board" }, C.el("h3", {}, w(one.house && moved(one, view) ? "helpers-there" : "helpers")), coming ? C.el("p", { class: "coming" }, w("somebody-comes")) : "", C.el("ol", {}, ...items));
  }
  // What counts on the board is told anew each second; nothing else of it is built again.
  function tick(panel, one) {
    const coming = one.helpers.some((each) => each.answer === "goes" || each.answer === "arrived");
    const next = coming || !one.dispatches.some((each) => !each.toInvestigate) ? 0 : one.helpers.length + 1;
    panel.querySelectorAll(".board li").forEach((li) => {
      const order = Number(li.dataset.order);
      C.tell(li.querySelector(".standing"), standing(one, one.helpers.find((each) => each.order === order), order, next));
    });
  }
  C.alarmParts = { w, named, options, seconds, pressed, answered, talk, dispatches, reason, scene, tellings, reports, elsewhere, person, board, tick };
})();
