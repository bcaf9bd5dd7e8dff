// What all parts of the console share: the page's data, words, times, and elements made of text.
// Nothing that comes from a caller or another provider is ever read as HTML.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("console-data").textContent);
  const listeners = {};
  const C = { data, replay: Boolean(data.replay) }; // in a replay nothing can be done
  window.net119Console = C;

  C.byId = (id) => document.getElementById(id);
  C.on = (name, work) => { (listeners[name] = listeners[name] || []).push(work); };
  C.emit = (name, ...given) => { (listeners[name] || []).forEach((work) => work(...given)); };

  C.t = (key, blanks) => {
    let text = data.words.text[key];
    if (text === undefined) { throw new Error("no words for " + key); }
    Object.keys(blanks || {}).forEach((name) => {
      text = text.split("{" + name + "}").join(blanks[name]);
    });
    return text;
  };
  // The label of a code; the code itself where there is none yet, rather than nothing.
  C.label = (list, code) => data.words[list][code] || code;
  C.pick = (of, name) => of[name + (data.lang === "ja" ? "Ja" : "En")];
  // Only in earnest is anybody phoned (I5): elsewhere the same words say that it is not done.
  C.earnest = (call, key, blanks) => C.t(call.mode === "live" ? key : key + "-not", blanks);
  C.department = (of) => (of ? C.pick(of, "name") : "");

  const two = (n) => String(n).padStart(2, "0");
  const inJapan = (moment) => new Date(Date.parse(moment) + 9 * 3600 * 1000);
  C.clock = (moment) => {
    const at = inJapan(moment);
    return two(at.getUTCHours()) + ":" + two(at.getUTCMinutes()) + ":" + two(at.getUTCSeconds());
  };
  C.since = (moment) => {
    const seconds = Math.max(0, Math.floor((Date.now() + C.ahead - Date.parse(moment)) / 1000));
    const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
    return (hours ? hours + ":" + two(minutes) : minutes) + ":" + two(seconds % 60);
  };
  // By how much the provider's clock is ahead of this machine's; each token and many frames tell it anew.
  C.ahead = Date.parse(data.now) - Date.now();
  C.age = (birthDate) => {
    const now = inJapan(new Date(Date.now() + C.ahead).toISOString());
    const [year, month, day] = birthDate.split("-").map(Number);
    const before = now.getUTCMonth() + 1 < month ||
      (now.getUTCMonth() + 1 === month && now.getUTCDate() < day);
    return now.getUTCFullYear() - year - (before ? 1 : 0);
  };

  C.el = (tag, given, ...children) => {
    const made = document.createElement(tag);
    Object.entries(given || {}).forEach(([name, value]) => {
      if (value === null || value === undefined || value === false) { return; }
      if (name === "onclick") { made.addEventListener("click", value); }
      else { made.setAttribute(name, value === true ? "" : value); }
    });
    made.append(...children.filter((each) => each !== null && each !== undefined && each !== ""));
    return made;
  };
  // Changes the document only where the text is another one: a screen reader reads it once.
  C.tell = (element, text) => { if (element.textContent !== text) { element.textContent = text; } };
  C.newId = () => "console-" + Array.from(crypto.getRandomValues(new Uint8Array(10)),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  C.kept = {
    put(name, value) {
      if (value) { sessionStorage.setItem("net119-" + name, value); }
      else { sessionStorage.removeItem("net119-" + name); }
    },
    get: (name) => sessionStorage.getItem("net119-" + name) || "",
  };
})();
