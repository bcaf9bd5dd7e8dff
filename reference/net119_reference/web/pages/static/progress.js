// Follows an announcement while it is being sent; without this script a link shows the latest.
const section = document.querySelector("[data-progress]");
const bar = section?.querySelector("progress");
const text = section?.querySelector(".progress-text");
const EVERY_MS = 2000;

const follow = async () => {
  const answer = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
  // The log-in may have ended: the link then leads to it.
  if (!answer.ok || answer.redirected) return;
  const now = await answer.json();
  bar.max = Math.max(now.total, 1);
  bar.value = now.total - now.waiting;
  if (text.textContent !== now.text) text.textContent = now.text;
  if (now.waiting) setTimeout(again, EVERY_MS);
  else section.querySelector("a.button")?.remove();
};

// Out of reach for a moment: try again.
const again = () => follow().catch(() => setTimeout(again, EVERY_MS));

if (section) setTimeout(again, EVERY_MS);
