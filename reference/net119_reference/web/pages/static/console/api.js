// The documented console API, with a token of some minutes that is held in memory alone.
(function () {
  "use strict";
  const C = window.net119Console;
  const BASE = "/api/console/v1";
  const RENEW_MS = 240000; // also keeps the log-in alive while the page is open
  let held = null, until = 0, asked = null;

  class Refused extends Error {
    constructor(status, document) {
      super(document.detail || String(status));
      this.status = status;
      this.code = document.code || "";
      this.detail = document.detail || "";
    }
  }

  async function fetchToken() {
    const answer = await fetch("/console/token", {
      method: "POST", body: new URLSearchParams({ csrf: C.data.csrf }), cache: "no-store",
    });
    if (answer.status === 401 || answer.status === 403) {
      C.emit("signed-out");
      throw new Refused(answer.status, { code: "not-authenticated" });
    }
    if (!answer.ok) { throw new Refused(answer.status, {}); }
    const given = await answer.json();
    held = given.token;
    if (!C.replay) { C.ahead = Date.parse(given.now) - Date.now(); }
    C.endsAt = given.endsAt;
    until = Date.now() + given.livesS * 1000;
    return held;
  }
  function token(anew) {
    if (!anew && held && Date.now() < until - 60000) { return Promise.resolve(held); }
    if (!asked) { asked = fetchToken().finally(() => { asked = null; }); }
    return asked;
  }
  async function ask(method, path, body, base) {
    for (let again = 0; ; again += 1) {
      const answer = await fetch((base || BASE) + path, {
        method,
        headers: Object.assign({ Authorization: "Bearer " + await token(again > 0) },
          body === undefined ? {} : { "Content-Type": "application/json" }),
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
      });
      if (answer.ok) { return answer.json(); }
      const said = await answer.json().catch(() => ({}));
      if (answer.status !== 401 || again > 0) { throw new Refused(answer.status, said); }
    }
  }
  // Why something was not done, in words of a dispatcher; the API's own detail where we have none.
  function why(error) {
    if (!(error instanceof Refused)) { return C.t("no-connection"); }
    const known = C.data.words.text["refused-" + error.code];
    return (known || C.t("refused")) + (known && C.data.lang === "ja" ? "" : " " + error.detail);
  }
  setInterval(() => { token(true).catch(() => { /* the feed tells that the connection is lost */ }); },
    RENEW_MS);
  C.api = { token, ask, why, Refused };
})();
