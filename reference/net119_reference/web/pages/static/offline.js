// Registers the service worker of the call pages, opens the offline page again when the connection
// is back, and lets no page that the browser kept in memory be taken for the present one.
(function () {
  "use strict";
  var AGAIN_MS = 5000;
  var page = document.body.getAttribute("data-page");
  if (navigator.serviceWorker && page !== "call-offline") {
    // Without it everything works as before, but for the page shown without a connection.
    navigator.serviceWorker.register("/c/sw.js", { scope: "/c/" }).catch(function () {});
  }
  if (page === "call-offline") {
    // What was being sent is sent again only when asked for: browsers want to be sure of it.
    if (!/\/calls$/.test(location.pathname)) {
      window.addEventListener("online", probe);
      setTimeout(probe, AGAIN_MS);
    }
    document.querySelector("[data-do=reload]").addEventListener("click", function (event) {
      event.preventDefault();
      location.reload();
    });
  }
  // The phone may say that it is connected long before anything gets through.
  function probe() {
    var request = new XMLHttpRequest();
    request.open("GET", "/c/offline");
    request.timeout = AGAIN_MS;
    request.onload = function () {
      if (request.status === 200) { location.reload(); } else { setTimeout(probe, AGAIN_MS); }
    };
    request.onerror = request.ontimeout = function () { setTimeout(probe, AGAIN_MS); };
    request.send();
  }
  if (page === "call") {
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) { location.reload(); }
    });
  }
})();
