/* Shows by itself what comes by telephone or radio. */
(function () {
  "use strict";
  var place = document.getElementById("heard");
  var waits = place === null;
  function look() {
    fetch("/telephone/heard", { cache: "no-store" }).then(function (answer) {
      return answer.text();
    }).then(function (html) {
      if (waits) {
        location.reload();
        return;
      }
      if (place.dataset.shown !== html) {
        place.innerHTML = html;
        place.dataset.shown = html;
      }
      document.querySelectorAll("form[action='/telephone/ring'] button").forEach(function (each) {
        if (each.disabled && html.indexOf("data-goes-on") >= 0) {
          location.reload();
        }
      });
    }).catch(function () {
      return null;
    }).then(function () {
      setTimeout(look, waits ? 5000 : 1000);
    });
  }
  setTimeout(look, waits ? 5000 : 1000);
}());
