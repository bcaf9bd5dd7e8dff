// Helps with the application form; without it everything works by buttons.
// Written for phones of 2015 on: no syntax newer than ECMAScript 5.
(function () {
  "use strict";
  var page = document.documentElement;
  page.className += " scripted";

  function byId(id) { return document.getElementById(id); }

  // --- the municipalities of the chosen prefecture --------------------------------------------
  var prefecture = byId("data.address.prefecture");
  var municipality = byId("data.address.municipality_code");
  if (prefecture && municipality) {
    prefecture.addEventListener("change", function () {
      var wanted = prefecture.value;
      var request = new XMLHttpRequest();
      request.open("GET", "/places/municipalities?prefecture=" + encodeURIComponent(wanted));
      request.onload = function () {
        if (request.status !== 200 || prefecture.value !== wanted) { return; }
        var rows = JSON.parse(request.responseText);
        // On a slow line the person may have chosen before the list came: kept if still in it.
        var chosen = municipality.value;
        while (municipality.options.length > 1) { municipality.remove(1); }
        rows.forEach(function (row) {
          municipality.add(new Option(page.lang === "ja" ? row.ja : row.en, row.code));
        });
        municipality.value = rows.some(function (row) { return row.code === chosen; }) ? chosen : "";
      };
      // Without an answer the button that needs no script comes back.
      request.onerror = function () { page.className = page.className.replace(" scripted", ""); };
      request.send();
    });
  }

  // --- a calendar beside the date of birth -----------------------------------------------------
  Array.prototype.forEach.call(document.querySelectorAll(".with-calendar"), function (box) {
    var typed = box.querySelector("input");
    var picker = document.createElement("input");
    picker.type = "date";
    if (picker.type !== "date") { return; }
    picker.id = typed.id + "-calendar";
    picker.min = "1890-01-01";
    if (/^\d{4}-\d{2}-\d{2}$/.test(typed.value)) { picker.value = typed.value; }
    picker.addEventListener("change", function () {
      if (picker.value) { typed.value = picker.value; }
    });
    var label = document.createElement("label");
    label.htmlFor = picker.id;
    label.textContent = box.getAttribute("data-label");
    var field = document.createElement("div");
    field.className = "calendar";
    field.appendChild(label);
    field.appendChild(picker);
    typed.parentNode.appendChild(field);
  });

  // --- an image that is too large is told before it is sent ------------------------------------
  var image = byId("image");
  if (image && image.files) {
    var box = image.parentNode.parentNode;
    image.addEventListener("change", function () {
      var old = byId("image-size");
      if (old) { old.parentNode.removeChild(old); }
      var file = image.files[0];
      if (!file || file.size <= Number(box.getAttribute("data-most"))) { return; }
      var told = document.createElement("p");
      told.id = "image-size";
      told.className = "error";
      told.setAttribute("role", "alert");
      told.textContent = box.getAttribute("data-too-large");
      image.value = "";
      image.parentNode.insertBefore(told, image);
    });
  }

  // --- the list of errors: read first, and its links open what hides a field -------------------
  var errors = byId("errors");
  if (errors) {
    errors.focus();
    errors.addEventListener("click", function (event) {
      var link = event.target;
      if (!link.hash) { return; }
      var target = byId(decodeURIComponent(link.hash.slice(1)));
      if (!target) { return; }
      var hidden = target.closest ? target.closest("details") : null;
      if (hidden) { hidden.open = true; }
      event.preventDefault();
      target.scrollIntoView();
      target.focus();
    });
  }

  // --- a form is sent once ----------------------------------------------------------------------
  Array.prototype.forEach.call(document.forms, function (form) {
    var sent = false;
    form.addEventListener("submit", function (event) {
      if (sent) { event.preventDefault(); }
      sent = true;
    });
    // It also comes after each page's first load, perhaps between the two clicks of one person.
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) { sent = false; }
    });
  });
})();
