/* Keeps the leader's page up to date each second, and sends what is pressed without a new page. */
(function () {
  "use strict";
  var EVERY_MS = 1000;
  var TOO_LONG_MS = 4000;
  var lost = document.getElementById("lost");
  var refused = document.getElementById("refused");
  var waiting = null;
  var turn = 0;

  function region(name, html) {
    var place = document.getElementById(name);
    if (place.dataset.shown === html) {
      return;
    }
    // What has the focus, or is being selected, stays as it is until it is left.
    var here = place.contains(document.activeElement) && document.activeElement !== place;
    if (here && name !== "over") {
      return;
    }
    var top = place.scrollTop;
    place.innerHTML = html;
    place.scrollTop = top;
    place.dataset.shown = html;
    if (name === "steps") {
      follow(place);
    }
  }

  function follow(place) {
    var now = place.querySelector("[aria-current]");
    if (now && document.activeElement !== place) {
      place.scrollTop = now.offsetTop - place.clientHeight / 3;
    }
  }

  function set(id, text) {
    var place = document.getElementById(id);
    if (place.textContent !== text) {
      place.textContent = text;
    }
  }

  function show(told) {
    if (!told.regions) {
      location.reload();
      return;
    }
    document.getElementById("word").dataset.state = told.state;
    set("word", told.word);
    set("elapsed", told.elapsed);
    Object.keys(told.regions).forEach(function (name) {
      region(name, told.regions[name]);
    });
    document.querySelectorAll("form[data-act]").forEach(function (form) {
      var off = !told.can[form.dataset.act];
      form.querySelectorAll("button, select").forEach(function (each) {
        each.disabled = off;
      });
    });
    var skip = document.querySelector("form[data-act=skip] input[name=detail]");
    skip.value = told.current === null ? "" : String(told.current);
    var pace = document.getElementById("pace");
    if (document.activeElement !== pace && pace.dataset.told !== told.pace) {
      pace.value = told.pace;
      pace.dataset.told = told.pace;
    }
  }

  function look() {
    var mine = turn += 1;
    clearTimeout(waiting);
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, TOO_LONG_MS);
    fetch("/now/state", { cache: "no-store", signal: stop.signal }).then(function (answer) {
      if (!answer.ok) {
        throw new Error(answer.status);
      }
      return answer.json();
    }).then(function (told) {
      if (mine === turn) {
        lost.hidden = true;
        show(told);
      }
    }).catch(function () {
      if (mine === turn) {
        lost.hidden = false;
      }
    }).then(function () {
      clearTimeout(late);
      if (mine === turn) {
        waiting = setTimeout(look, EVERY_MS);
      }
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target.closest("form[data-act]");
    if (!form) {
      return;
    }
    event.preventDefault();
    refused.hidden = true;
    fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" }
    }).then(function (answer) {
      return answer.json();
    }).then(function (told) {
      refused.textContent = told.refused;
      refused.hidden = !told.refused;
      look();
    }).catch(function () {
      lost.hidden = false;
      look();
    });
  });

  look();
}());
