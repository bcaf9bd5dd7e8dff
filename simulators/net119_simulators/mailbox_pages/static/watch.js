/* Keeps a list of mail up to date without moving what somebody is reading or has focused. */
(function () {
  "use strict";
  var live = document.getElementById("live");
  var news = document.getElementById("news");
  var known = document.body.getAttribute("data-version");
  var pause = 2000;

  function say(what) {
    var text = what ? news.getAttribute("data-" + what) : "";
    if (news.textContent !== text) {
      news.textContent = text;
    }
  }

  function busy() {
    return live.contains(document.activeElement) || String(document.getSelection() || "") !== "";
  }

  function replace(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html");
    var found = fresh.getElementById("live");
    if (!found) {
      throw new Error("no list");
    }
    live.replaceChildren.apply(live, Array.prototype.slice.call(found.childNodes));
    known = fresh.body.getAttribute("data-version");
    say("done");
  }

  function look() {
    fetch("/version", { cache: "no-store" }).then(function (answer) {
      return answer.text();
    }).then(function (version) {
      if (version === known) {
        if (news.textContent === news.getAttribute("data-lost")) {
          say("");
        }
        return null;
      }
      if (busy()) {
        say("new");
        return null;
      }
      return fetch(location.href, { cache: "no-store" }).then(function (answer) {
        return answer.text();
      }).then(replace);
    }).catch(function () {
      say("lost");
    }).then(function () {
      setTimeout(look, pause);
    });
  }

  setTimeout(look, pause);
}());
