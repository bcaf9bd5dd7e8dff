// The lines of one call: in the order of their numbers, each once, and own lines on their way.
(function () {
  "use strict";
  const C = window.net119Console;

  class Lines {
    constructor(callId) {
      this.callId = callId;
      this.list = [];      // by number
      this.numbers = new Set();
      this.questions = new Map();  // number -> {option id: label}
      this.answers = new Map();    // number of the question -> option id
      this.pending = [];   // own lines that are not acknowledged, in the order of writing
      try { this.pending = JSON.parse(C.kept.get("waiting-" + callId) || "[]"); }
      catch (unreadable) { C.kept.put("waiting-" + callId, ""); }
    }
    get last() { return this.list.length ? this.list[this.list.length - 1].seq : 0; }
    // The last number up to which nothing is missing: from there the feed goes on.
    get seen() {
      let seen = this.list.length;
      while (seen && this.list[seen - 1].seq !== seen) { seen -= 1; }
      return seen;
    }
    // Whether it is new here.
    add(line) {
      const own = this.pending.findIndex((one) => one.clientId === line.clientId);
      if (own >= 0 && line.sender === "dispatcher") { this.pending.splice(own, 1); this.keep(); }
      if (this.numbers.has(line.seq)) { return false; }
      this.numbers.add(line.seq);
      let at = this.list.length;
      while (at && this.list[at - 1].seq > line.seq) { at -= 1; }
      this.list.splice(at, 0, line);
      if (line.options && line.options.length) {
        this.questions.set(line.seq, Object.fromEntries(line.options.map((o) => [o.id, o.label])));
      }
      if (line.choice) { this.answers.set(line.choice.seq, line.choice.optionId); }
      return true;
    }
    // What a line says; an answer is shown by the words that were tapped.
    textOf(line) {
      if (!line.choice) { return line.text; }
      const question = this.questions.get(line.choice.seq);
      return (question && question[line.choice.optionId]) || line.choice.optionId;
    }
    say(text, options) {
      const one = {
        clientId: C.newId(), text,
        options: options.map((label, index) => ({ id: "o" + (index + 1), label })),
        failed: "",
      };
      this.pending.push(one);
      this.keep();
      this.send(one);
    }
    send(one) {
      one.failed = "";
      one.sent = C.feed.send({
        type: "say", callId: this.callId, clientId: one.clientId, text: one.text,
        options: one.options,
      });
    }
    // Sends again what has no answer: the same name is never stored twice (I4).
    resend() { this.pending.filter((one) => !one.failed).forEach((one) => this.send(one)); }
    lost() { this.pending.forEach((one) => { one.sent = false; }); }
    refused(clientId, why) {
      const one = this.pending.find((each) => each.clientId === clientId);
      if (one) { one.failed = why; this.keep(); }
      return Boolean(one);
    }
    drop(one) {
      this.pending = this.pending.filter((each) => each !== one);
      this.keep();
    }
    keep() {
      C.kept.put("waiting-" + this.callId, this.pending.length ? JSON.stringify(this.pending) : "");
    }
  }
  C.Lines = Lines;
})();
