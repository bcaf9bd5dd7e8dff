/* Shows a new mail by itself. */
(function () {
  "use strict";
  var place = document.getElementById("letters");
  function look() {
    fetch(location.pathname + "/letters", { cache: "no-store" }).then(function (answer) {
      return answer.text();
    }).then(function (number) {
      if (number !== place.dataset.number) {
        location.reload();
        return;
      }
      setTimeout(look, 2000);
    }).catch(function () {
      setTimeout(look, 2000);
    });
  }
  setTimeout(look, 2000);
}());
