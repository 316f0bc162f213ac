// Tells the station that somebody is there, and asks before it locks for want of a touch.

const WARN_S = 30;
const TOLD_EACH_MS = 15_000;

function watch(box) {
  const count = box.querySelector(".presence-count");
  const words = box.querySelector("[role=status]");
  const said = words.innerHTML;
  const token = document.querySelector("meta[name=csrf-token]").content;
  let deadline = performance.now() + Number(box.dataset.leftS) * 1000;
  let told = performance.now();
  let asking = false;

  async function ask(method) {
    if (asking) { return; }
    asking = true;
    try {
      const answer = await fetch(box.dataset.presence, {
        method, redirect: "error", headers: { Accept: "application/json", "X-CSRFToken": token },
      });
      if (answer.status === 401) { location.replace(box.dataset.after); return; }
      if (answer.ok) { deadline = performance.now() + (await answer.json()).left_s * 1000; }
    } catch {
      // The station restarts: the next second asks again.
    } finally {
      asking = false;
    }
  }

  function show(isShown) {
    if (box.hidden !== isShown) { return; }
    box.hidden = !isShown;
    // Text that appears in a live region is what is read aloud.
    words.innerHTML = "";
    if (isShown) { requestAnimationFrame(() => { words.innerHTML = said; }); }
  }

  async function stay() {
    told = performance.now();
    await ask("POST");
    show(false);
  }

  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => {
      if (!box.hidden || performance.now() - told > TOLD_EACH_MS) { stay(); }
    }, { passive: true });
  }
  box.querySelector("button").addEventListener("click", stay);
  setInterval(async () => {
    let leftS = (deadline - performance.now()) / 1000;
    // The visit may have moved by itself: the station knows.
    if (leftS <= WARN_S && box.hidden) {
      await ask("GET");
      leftS = (deadline - performance.now()) / 1000;
    }
    if (leftS <= 0) { location.replace(box.dataset.after); }
    count.textContent = Math.max(0, Math.ceil(leftS));
    show(leftS <= WARN_S);
  }, 1000);
}

for (const box of document.querySelectorAll("[data-presence]")) { watch(box); }
