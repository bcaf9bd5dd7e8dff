// The chat of a call: goes on from the lines on the page, over a WebSocket.
// Nothing is called received before the provider has acknowledged it, and nothing typed is lost.
// Written for phones of 2015 on: no syntax newer than ECMAScript 5.
(function () {
  "use strict";
  var data = document.getElementById("chat-data");
  if (!data || !window.WebSocket || !window.JSON) { return; }
  document.documentElement.className += " scripted";
  data = JSON.parse(data.textContent);
  var words = data.words;
  var where = window.net119Whereabouts(words.where, data.measureS, function (frame) {
    if (open) { socket.send(JSON.stringify(frame)); }
    return open;
  });

  var PING_MS = 3000;         // how often a sign of life is asked for
  var SILENT_MS = 6000;       // nothing heard so long: the connection is dead
  var UNREACHABLE_MS = 9000;  // nothing heard so long: other means are shown (within 10 s)
  var RETRY_MS = [300, 1000, 2000, 4000, 5000];
  var FINAL = { 4403: true, 4404: true };

  function byId(id) { return document.getElementById(id); }
  var log = byId("lines"), box = byId("text"), form = byId("say"), count = byId("text-count");
  var line = byId("connection"), panel = byId("unreachable"), newest = byId("newest");

  // --- what is kept in the tab, so that a reload loses nothing ----------------------------------
  function keep(name, value) {
    try {
      if (value) { sessionStorage.setItem(name + data.callId, value); }
      else { sessionStorage.removeItem(name + data.callId); }
    } catch (refused) { /* private mode of old browsers: kept in the page alone */ }
  }
  function kept(name) {
    try { return sessionStorage.getItem(name + data.callId) || ""; } catch (refused) { return ""; }
  }
  var DRAFT = "net119-draft-", WAITING = "net119-waiting-";

  // --- lines -------------------------------------------------------------------------------------
  var after = data.after;     // the last number that is shown
  var numbered = {};          // seq -> element
  var labels = {};            // seq of a question -> {option id: label}
  var pending = [];           // own lines not acknowledged yet, in the order of writing

  function add(parent, tag, name, text) {
    var made = document.createElement(tag);
    if (name) { made.className = name; }
    if (text !== undefined) { made.textContent = text; }
    parent.appendChild(made);
    return made;
  }
  function fill(text, blanks) {
    Object.keys(blanks).forEach(function (name) {
      text = text.split("{" + name + "}").join(blanks[name]);
    });
    return text;
  }
  function clock(moment) {
    var local = new Date(Date.parse(moment) + 9 * 3600 * 1000);
    function two(n) { return (n < 10 ? "0" : "") + n; }
    return two(local.getUTCHours()) + ":" + two(local.getUTCMinutes());
  }
  function element(sender, name, moment) {
    var made = document.createElement("div");
    made.className = "line " + sender;
    made.setAttribute("data-sender", sender);
    var who = add(made, "p", "who", words.senders[sender]);
    if (name) { who.appendChild(document.createTextNode(" ")); add(who, "bdi", "", name); }
    who.appendChild(document.createTextNode(" "));
    add(who, "span", "clock", moment ? clock(moment) : "");
    return made;
  }
  function write(made, text) {
    // Text only: whatever it holds stays text.
    var said = add(made, "p", "text", text);
    said.dir = "auto";
    said.lang = "ja";
  }
  function label(choice) {
    var known = labels[choice.seq];
    return known && known[choice.optionId] !== undefined ? known[choice.optionId] : choice.optionId;
  }
  function question(made, seq, options) {
    var asked = add(made, "form", "options");
    asked.setAttribute("data-question", seq);
    options.forEach(function (option) {
      var button = add(asked, "button", "", option.label);
      button.name = "choice";
      button.value = seq + ":" + option.id;
      button.lang = "ja";
    });
    learn(asked);
  }
  function learn(asked) {
    var seq = Number(asked.getAttribute("data-question")), known = {};
    each(asked.querySelectorAll("button"), function (button) {
      known[button.value.slice(button.value.indexOf(":") + 1)] = button.textContent;
    });
    labels[seq] = known;
  }
  function answered(choice, yes) {
    var asked = log.querySelector("form[data-question='" + Number(choice.seq) + "']");
    if (!asked) { return; }
    var told = asked.querySelector(".chosen");
    if (!told) { told = add(asked, "p", "chosen", ""); }
    told.textContent = yes ? fill(words.chosen, { label: label(choice) }) : "";
    told.hidden = !yes;
    each(asked.querySelectorAll("button"), function (button) { button.hidden = button.disabled = yes; });
  }
  function each(list, work) { Array.prototype.forEach.call(list, work); }

  function place(made, seq) {
    // Lines come in order: the search from the end is short.
    var next = null, before = log.lastElementChild;
    while (before && !(Number(before.getAttribute("data-seq")) < seq && before.hasAttribute("data-seq"))) {
      next = before;
      before = before.previousElementSibling;
    }
    made.setAttribute("data-seq", seq);
    numbered[seq] = made;
    if (made.parentNode !== log || made.nextElementSibling !== next) { log.insertBefore(made, next); }
  }
  function show(got) {
    if (got.seq > after) { after = got.seq; }
    var own = got.sender === "caller" ? waitingFor(got.clientId) : null;
    if (numbered[got.seq]) {
      if (own) { settle(own, got.seq, got.at); }
      return;
    }
    var near = atEnd(), made;
    if (own) {
      made = own.element;
      settle(own, got.seq, got.at);
    } else {
      made = element(got.sender, got.senderName, got.at);
      if (got.text) { write(made, got.text); }
      if (got.choice) { write(made, label(got.choice)); }
      if (got.options && got.options.length) { question(made, got.seq, got.options); }
      if (got.sender === "caller") { add(made, "p", "fate", words.stored); }
    }
    if (got.choice) { answered(got.choice, true); }
    if (!own) { place(made, got.seq); }
    if (own || near) { toEnd(); } else { newest.hidden = false; }
    if (got.sender !== "caller") { shake([200, 100, 200]); }
  }

  // --- own lines ----------------------------------------------------------------------------------
  function newId() {
    var made = "page-", i, bytes = new Uint8Array(10);
    if (window.crypto && crypto.getRandomValues) { crypto.getRandomValues(bytes); }
    else { for (i = 0; i < 10; i += 1) { bytes[i] = Math.floor(Math.random() * 256); } }
    for (i = 0; i < 10; i += 1) { made += (bytes[i] + 256).toString(16).slice(1); }
    return made;
  }
  function waitingFor(clientId) {
    return pending.filter(function (one) { return one.clientId === clientId; })[0] || null;
  }
  function remember() {
    var left = pending.map(function (one) {
      return { clientId: one.clientId, text: one.text, choice: one.choice, failed: one.failed };
    });
    keep(WAITING, left.length ? JSON.stringify(left) : "");
  }
  function say(text, choice, clientId) {
    var one = { clientId: clientId || newId(), text: text, choice: choice, failed: "" };
    one.element = element("caller", "", "");
    write(one.element, choice ? label(choice) : text);
    one.fate = add(one.element, "p", "fate", "");
    log.appendChild(one.element);
    pending.push(one);
    if (choice) { answered(choice, true); }
    remember();
    send(one);
    toEnd();
    return one;
  }
  function send(one) {
    one.failed = "";
    var acts = one.element.querySelector(".options");
    if (acts) { one.element.removeChild(acts); }
    one.element.className = "line caller pending";
    one.fate.textContent = open ? words.sending : words.waiting;
    if (open) {
      var frame = { type: "say", callId: data.callId, clientId: one.clientId };
      if (one.choice) { frame.choice = one.choice; } else { frame.text = one.text; }
      socket.send(JSON.stringify(frame));
    }
  }
  function settle(one, seq, at) {
    var there = numbered[seq];
    // After a reload the page may hold the line that was on its way before.
    if (there && there !== one.element) { drop(one); return; }
    one.element.querySelector(".clock").textContent = clock(at);
    place(one.element, seq);
    arrived(one);
  }
  function arrived(one) {
    pending = pending.filter(function (other) { return other !== one; });
    var acts = one.element.querySelector(".options");
    if (acts) { one.element.removeChild(acts); }
    one.element.className = "line caller";
    one.fate.textContent = words.stored;
    remember();
  }
  function failed(one, why) {
    one.failed = why;
    one.element.className = "line caller failed";
    one.fate.textContent = words.failed + " " + why;
    var old = one.element.querySelector(".options");
    if (old) { one.element.removeChild(old); }
    var acts = add(one.element, "div", "options");
    var again = add(acts, "button", "", words.again);
    again.type = "button";
    again.setAttribute("data-act", "again");
    again.addEventListener("click", function () { send(one); box.focus(); });
    if (!one.choice) {
      var edit = add(acts, "button", "", words.edit);
      edit.type = "button";
      edit.setAttribute("data-act", "edit");
      edit.addEventListener("click", function () { drop(one); box.value = one.text; typed(); box.focus(); });
    } else {
      answered(one.choice, false);
    }
    remember();
  }
  function drop(one) {
    pending = pending.filter(function (other) { return other !== one; });
    if (one.element.parentNode) { one.element.parentNode.removeChild(one.element); }
    remember();
  }

  // --- the call -----------------------------------------------------------------------------------
  var state = data.state;
  function call(now) {
    state = now.state;
    var receiver = now.receiver ? (document.documentElement.lang === "ja" ? now.receiver.nameJa : now.receiver.nameEn) : "";
    var closed = now.state === "closed";
    var text = (closed && now.outcome && words.outcomes[now.outcome]) || words.states[now.state] || now.state;
    var told = byId("state"), said = fill(text, { receiver: receiver });
    if (told.textContent !== said) { told.textContent = said; if (!first) { shake([400]); } }
    told.setAttribute("data-state", now.state);
    if (now.outcome) { told.setAttribute("data-outcome", now.outcome); }
    var list = byId("notices");
    var heard = words.unanswered.indexOf(now.state) < 0;
    var wanted = (now.notices || []).filter(function (notice) {
      return !(heard && words["only-unanswered"].indexOf(notice.code) >= 0);
    });
    var same = wanted.map(function (notice) { return notice.code; }).join() ===
      Array.prototype.map.call(list.children, function (shown) { return shown.getAttribute("data-code"); }).join();
    if (!same) {
      list.textContent = "";
      wanted.forEach(function (notice) {
        var made = add(list, "li", "notice warn", document.documentElement.lang === "ja" ? notice.textJa : notice.textEn);
        made.setAttribute("data-code", notice.code);
      });
    }
    byId("after").hidden = !closed;
    byId("coming").hidden = words.coming.indexOf(now.outcome) < 0;
    byId("after").className = byId("coming").hidden ? "notice" : "notice good";
    form.hidden = byId("quick").hidden = closed;
    each(log.querySelectorAll("form[data-question]"), function (asked) {
      if (!asked.querySelector(".chosen:not([hidden])")) {
        each(asked.querySelectorAll("button"), function (button) { button.hidden = button.disabled = closed; });
      }
    });
    if (closed) { where.closed(); toEnd(); }
  }

  // --- the connection -----------------------------------------------------------------------------
  var socket = null, open = false, ended = false, first = true;
  var tries = 0, timer = null, heardAt = Date.now(), since = Date.now();

  function tell(name, text) {
    if (line.getAttribute("data-state") !== name || line.textContent !== text) {
      line.setAttribute("data-state", name);
      line.textContent = text;
    }
  }
  function connect() {
    clearTimeout(timer);
    timer = null;
    if (ended || socket) { return; }
    since = Date.now();
    var here, scheme = location.protocol === "https:" ? "wss://" : "ws://";
    try { here = new WebSocket(scheme + location.host + data.path + "/chat"); }
    catch (wrong) { later(); return; }
    socket = here;
    here.onopen = function () { here.send(JSON.stringify({ type: "hello", after: after })); };
    here.onmessage = function (event) {
      if (socket !== here) { return; }
      heardAt = Date.now();
      hear(JSON.parse(event.data));
    };
    here.onclose = function (event) {
      if (socket !== here) { return; }
      socket = null;
      if (FINAL[event.code]) { shut(event.reason); } else { lost(); later(); }
    };
  }
  function cut() {
    var old = socket;
    socket = null;
    if (old) { old.onclose = old.onmessage = old.onopen = null; old.close(); }
    lost();
  }
  function later() {
    if (timer === null) {
      timer = setTimeout(connect, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] + Math.random() * 200);
      tries += 1;
    }
  }
  function lost() {
    var was = open;
    open = false;
    pending.forEach(function (one) {
      if (!one.failed) { one.fate.textContent = words.waiting; }
    });
    where.lost();
    if (was) { shake([100, 50, 100, 50, 100]); }
    report();
  }
  function report() {
    if (ended) { return; }
    var silent = Date.now() - heardAt;
    var away = navigator.onLine === false;
    if (open) {
      // With whom: only a dispatcher who has answered is the fire service, and after the end nobody.
      tell("connected", state === "closed" ? "" :
        words.unanswered.indexOf(state) >= 0 ? words["connected-system"] : words.connected);
      panel.hidden = true;
      return;
    }
    if (silent >= UNREACHABLE_MS) {
      tell("unreachable", words.unreachable);
      if (panel.hidden) {
        byId("unheard").hidden = words.unanswered.indexOf(state) < 0 && !data.practice;
        byId("unsent").hidden = !byId("unheard").hidden && !data.practice;
        panel.hidden = false;
        panel.scrollIntoView();
        shake([500, 200, 500]);
      }
    } else if (first && !away) { tell("connecting", words.connecting); }
    else { tell("lost", away ? words.offline : words.lost); }
  }
  function shut(reason) {
    ended = true;
    open = false;
    panel.hidden = true;
    byId("shut").hidden = false;
    byId("call").hidden = byId("card").hidden = true;
    byId("shut-text").textContent = refusal || words["no-code"];
    byId("shut").setAttribute("data-code", reason);
    form.hidden = byId("quick").hidden = true;
    where.closed();
    tell("lost", words.unreachable);
    pending.forEach(function (one) {
      one.element.className = "line caller failed";
      one.fate.textContent = words.failed;
    });
    keep(DRAFT, "");
    keep(WAITING, "");
    toEnd();
  }
  byId("card").addEventListener("click", function (event) {
    // Out of coverage its page cannot be loaded: the plea is on this one, too.
    if (open || ended) { return; }
    event.preventDefault();
    panel.hidden = false;
    byId("plea").scrollIntoView();
  });
  var refusal = "";
  function hear(frame) {
    if (frame.type === "welcome") {
      open = true;
      tries = 0;
      call(frame.call);
      first = false;
      report();
      pending.forEach(function (one) { if (!one.failed) { send(one); } });
      if (state !== "closed") { where.connected(); }
    } else if (frame.type === "call") { call(frame.call); report(); }
    else if (frame.type === "line") { show(frame.line); }
    else if (frame.type === "location-request") { where.asked(); toEnd(); shake([200, 100, 200]); }
    else if (frame.type === "located") { where.stored(frame.problem || ""); }
    else if (frame.type === "ack") {
      var own = waitingFor(frame.clientId);
      if (own) {
        if (own.choice) { answered(own.choice, true); }
        settle(own, frame.seq, frame.at);
      }
    } else if (frame.type === "refused") {
      var said = words.refusals[frame.code] || frame.messageJa || frame.detail;
      var refused = frame.clientId ? waitingFor(frame.clientId) : null;
      if (refused) { failed(refused, said); } else { refusal = said; where.refused(said); }
    }
  }
  setInterval(function () {
    if (open && !ended) { socket.send(JSON.stringify({ type: "ping" })); }
  }, PING_MS);
  // Looked at more often than is asked: an answer comes a moment after the question, so that the
  // question after the next would be just too early, and a dead connection be told three seconds late.
  setInterval(function () {
    if (!ended && socket && Date.now() - (open ? heardAt : since) >= SILENT_MS) { cut(); later(); }
    report();
  }, 500);
  window.addEventListener("offline", function () { if (!ended) { cut(); later(); } });
  window.addEventListener("online", function () { tries = 0; connect(); });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden && !open) { tries = 0; connect(); }
  });

  // --- writing ------------------------------------------------------------------------------------
  var EMOJI = /[\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3\ue000-\uf8ff]|\ud83c[\udc00-\udfff]|\ud83d[\udc00-\udfff]|\ud83e[\udc00-\udfff]/;
  function length(text) { return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, "x").length; }
  function typed() {
    var left = data.limit - length(box.value), told = "";
    count.setAttribute("data-over", left < 0 ? "yes" : "no");
    if (left < 0) { told = fill(words["too-long"], { n: -left }); }
    else if (left <= 200) { told = fill(words.count, { n: left }); }
    else if (EMOJI.test(box.value)) { told = words.emoji; }
    if (count.textContent !== told) { count.textContent = told; }
    keep(DRAFT, box.value);
  }
  function submit() {
    if (!box.value.replace(/\s/g, "")) { count.textContent = words.empty; box.focus(); return; }
    if (length(box.value) > data.limit) { typed(); box.focus(); return; }
    var text = box.value;
    box.value = "";
    typed();
    box.removeAttribute("aria-invalid");
    var old = byId("text-error");
    if (old) { old.parentNode.removeChild(old); }
    say(text, null, null);
    box.focus();
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); submit(); });
  box.addEventListener("input", typed);
  box.addEventListener("keydown", function (event) {
    // Enter makes a new line, as on every phone; with Ctrl or Command it sends.
    if (event.keyCode === 13 && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  document.addEventListener("click", function (event) {
    var button = event.target;
    while (button && button.tagName !== "BUTTON") { button = button.parentElement; }
    if (!button || ended) { return; }
    if (button.name === "choice") {
      event.preventDefault();
      var cutAt = button.value.indexOf(":");
      pending.slice().forEach(function (one) {
        if (one.failed && one.choice && one.choice.seq === Number(button.value.slice(0, cutAt))) { drop(one); }
      });
      say("", { seq: Number(button.value.slice(0, cutAt)), optionId: button.value.slice(cutAt + 1) }, null);
      box.focus({ preventScroll: true });
    } else if (button.name === "text") {
      event.preventDefault();
      say(button.value, null, null);
      byId("quick").open = false;
    }
  });

  // --- looking ------------------------------------------------------------------------------------
  function atEnd() {
    var page = document.documentElement;
    return page.scrollHeight - window.pageYOffset - window.innerHeight < 160;
  }
  function toEnd() {
    newest.hidden = true;
    window.scrollTo(0, document.documentElement.scrollHeight);
  }
  newest.addEventListener("click", toEnd);
  window.addEventListener("scroll", function () { if (atEnd()) { newest.hidden = true; } });
  if (window.visualViewport) {
    // An on-screen keyboard that covers the page, as on iPhones: the field stands above it.
    var lift = function () {
      var view = window.visualViewport;
      var hidden = view.scale > 1.01 ? 0 : Math.max(0, window.innerHeight - view.height - view.offsetTop);
      byId("end").style.bottom = hidden + "px";
    };
    visualViewport.addEventListener("resize", lift);
    visualViewport.addEventListener("scroll", lift);
  }
  function shake(pattern) {
    // Before the first touch browsers forbid it, and say so in their log.
    if (navigator.vibrate && (!navigator.userActivation || navigator.userActivation.hasBeenActive)) {
      navigator.vibrate(pattern);
    }
  }

  // --- begin --------------------------------------------------------------------------------------
  each(log.children, function (shown) { numbered[Number(shown.getAttribute("data-seq"))] = shown; });
  each(log.querySelectorAll("form[data-question]"), learn);
  if (!box.value) { box.value = kept(DRAFT); }
  typed();
  try {
    JSON.parse(kept(WAITING) || "[]").forEach(function (one) {
      var again = say(one.text, one.choice, one.clientId);
      if (one.failed) { failed(again, one.failed); }
    });
  } catch (unreadable) { keep(WAITING, ""); }
  report();
  connect();
  toEnd();
})();
