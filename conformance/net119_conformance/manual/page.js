// Shows the next step by itself, counts the time down, and says so when the suite is gone.
"use strict";
const body = document.body;
const address = `${body.dataset.changes}?after=${encodeURIComponent(body.dataset.version)}`;

async function follow() {
  let failures = 0;
  for (;;) {
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { version, ended } = await answer.json();
      failures = 0;
      if (ended) {
        // The server is about to go: what is shown last must not be a browser's error page.
        const over = document.getElementById("over");
        document.title = over.dataset.title;
        document.querySelector("main").replaceChildren(over);
        over.hidden = false;
        return;
      }
      if (String(version) !== body.dataset.version) {
        location.replace(location.pathname.replace(/(answer|more-time)\/\d+$/, "") + location.search);
        return;
      }
    } catch {
      failures += 1;
      if (failures > 2) {
        const gone = document.getElementById("gone");
        gone.textContent = gone.dataset.text;
        return;
      }
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

const left = document.getElementById("left");
if (left) {
  const until = Date.now() + 1000 * Number(left.dataset.left);
  const hurry = document.getElementById("hurry");
  const show = () => {
    const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
    left.textContent = `${Math.floor(seconds / 60)} ${left.dataset.minutes} ${seconds % 60} ${left.dataset.seconds}`;
    if (seconds < 60 && !hurry.textContent) hurry.textContent = hurry.dataset.text;
  };
  show();
  setInterval(show, 1000);
  document.title = `● ${document.title}`;
  document.getElementById("step").focus({ preventScroll: true });
}
// A question that only follows from another answer is shown once that answer is given.
const dependent = document.querySelectorAll("[data-if]");
function showAsked() {
  for (const each of dependent) {
    const chosen = document.querySelector(`input[name="${each.dataset.if}"]:checked`);
    each.hidden = !chosen || chosen.value !== each.dataset.value;
  }
}
document.addEventListener("change", showAsked);
showAsked();

if (body.dataset.changes) follow();
