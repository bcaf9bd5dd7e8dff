/* Opens the leader's page as soon as the network of the drill is prepared. */
(function () {
  "use strict";
  var EVERY_MS = 1000;

  function look() {
    fetch("/now/state", { cache: "no-store" }).then(function (answer) {
      return answer.json();
    }).then(function (told) {
      if (told.regions || told.gone) {
        location.reload();
        return;
      }
      setTimeout(look, EVERY_MS);
    }).catch(function () {
      setTimeout(look, EVERY_MS);
    });
  }

  setTimeout(look, EVERY_MS);
}());
