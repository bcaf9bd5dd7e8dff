// Service worker of the call pages: where there is no connection a page says so at once and names
// the other means (CNB-36, CNB-38). It keeps that page and its style, nothing else and nothing
// personal. NAME, FILES and PAGE come before this text and change with what is kept.
(function (worker) {
  "use strict";
  var PATIENCE_MS = 10000;

  worker.addEventListener("install", function (event) {
    event.waitUntil(caches.open(NAME).then(function (cache) {
      return cache.addAll(FILES);
    }).then(function () { return worker.skipWaiting(); }));
  });

  worker.addEventListener("activate", function (event) {
    event.waitUntil(caches.keys().then(function (names) {
      return Promise.all(names.map(function (name) {
        return name.indexOf("net119-") === 0 && name !== NAME ? caches.delete(name) : null;
      }));
    }).then(function () { return worker.clients.claim(); }));
  });

  function kept(path) {
    return caches.open(NAME).then(function (cache) { return cache.match(path); });
  }

  function offline(error) {
    return kept(PAGE).then(function (page) {
      if (!page) { throw error; }
      return page;
    });
  }

  // What has been sent is never given up early: only a page that is merely looked at.
  function patient(request) {
    if (request.method !== "GET") { return fetch(request); }
    return new Promise(function (resolve, reject) {
      var clock = setTimeout(function () { reject(new TypeError("no answer")); }, PATIENCE_MS);
      fetch(request).then(
        function (answer) { clearTimeout(clock); resolve(answer); },
        function (error) { clearTimeout(clock); reject(error); }
      );
    });
  }

  worker.addEventListener("fetch", function (event) {
    var request = event.request;
    if (request.mode === "navigate") {
      event.respondWith(patient(request).catch(offline));
      return;
    }
    var path = request.url.slice(worker.location.origin.length);
    if (request.method === "GET" && path !== PAGE && FILES.indexOf(path) >= 0) {
      event.respondWith(fetch(request).catch(function (error) {
        return kept(path).then(function (file) {
          if (!file) { throw error; }
          return file;
        });
      }));
    }
  });
})(self);
