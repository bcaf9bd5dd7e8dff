// The list alone, in letters that are read from two metres: for a display on the wall.
(function () {
  "use strict";
  const C = window.net119Console;
  const button = C.byId("wall");
  function set(on) {
    document.body.toggleAttribute("data-wall", on);
    button.setAttribute("aria-pressed", String(on));
    const here = new URL(location.href);
    if (on) { here.searchParams.set("wall", "1"); } else { here.searchParams.delete("wall"); }
    history.replaceState(null, "", here);
  }
  button.addEventListener("click", () => set(!document.body.hasAttribute("data-wall")));
  // Whoever answers or chooses a call there wants to see it.
  C.on("selected", () => { if (document.body.hasAttribute("data-wall")) { set(false); } });
  set(new URLSearchParams(location.search).get("wall") === "1");
})();
