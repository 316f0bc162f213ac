// The queue renews itself: the same page is asked for again and its middle put in place.

const EACH_MS = 5_000;

function renew(live) {
  const state = document.querySelector("[data-state]");
  const say = (text) => { if (state.textContent !== text) { state.textContent = text; } };
  setInterval(async () => {
    if (document.hidden) { return; }
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (!answer.ok) { throw new Error(String(answer.status)); }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      // What is under a finger or holds the focus is not taken away.
      if (fresh && fresh.innerHTML !== live.innerHTML && !live.contains(document.activeElement)) {
        live.replaceChildren(...fresh.childNodes);
      }
      say(live.dataset.fresh);
    } catch {
      say(live.dataset.stale);
    }
  }, EACH_MS);
}

for (const live of document.querySelectorAll("[data-live]")) { renew(live); }
