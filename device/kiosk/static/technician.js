// The camera test: a fresh picture as soon as the last one is there.

const RETRY_MS = 1_000;

for (const picture of document.querySelectorAll("img[data-preview]")) {
  const again = (wait) => setTimeout(() => { picture.src = `${picture.dataset.preview}?${Date.now()}`; }, wait);
  // The answer waits for the camera: it sets the pace that the figures show.
  picture.addEventListener("load", () => again(0));
  picture.addEventListener("error", () => again(RETRY_MS));
  if (picture.complete) { again(0); }
}

// The figures, each second, while the picture keeps the camera busy.
for (const list of document.querySelectorAll("[data-figures]")) {
  setInterval(async () => {
    try {
      const figures = await (await fetch(list.dataset.figures, { redirect: "error" })).json();
      for (const place of list.querySelectorAll("[data-figure]")) {
        place.textContent = figures[place.dataset.figure];
      }
    } catch {
      // The station restarts: the next second asks again.
    }
  }, 1_000);
}
