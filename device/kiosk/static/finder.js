// The viewfinder: the picture of the camera, the outline of the card, one sentence at a time.

const PREVIEW_MS = 200;
const GUIDANCE_MS = 350;
const RETRY_MS = 1000;

function pause(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

async function showPreview(finder) {
  const image = finder.querySelector("img");
  const waiting = finder.querySelector(".waiting");
  let shown = null;
  for (;;) {
    let next = RETRY_MS;
    try {
      const answer = await fetch(finder.dataset.preview, { cache: "no-store" });
      if (answer.redirected || answer.status === 401) { location.reload(); return; }
      const isPicture = answer.ok;
      waiting.hidden = isPicture;
      image.hidden = !isPicture;
      if (isPicture) {
        const address = URL.createObjectURL(await answer.blob());
        image.src = address;
        await image.decode();
        if (shown) { URL.revokeObjectURL(shown); }
        shown = address;
        next = PREVIEW_MS;
      }
    } catch {
      image.hidden = true;
      waiting.hidden = false;
    }
    await pause(next);
  }
}

function layOver(finder, drawing) {
  // The picture keeps its proportion inside the finder: the drawing covers the picture alone.
  const image = finder.querySelector("img");
  if (!image.naturalWidth) { return; }
  const scale = Math.min(finder.clientWidth / image.naturalWidth, finder.clientHeight / image.naturalHeight);
  const width = image.naturalWidth * scale;
  const height = image.naturalHeight * scale;
  drawing.style.width = `${width}px`;
  drawing.style.height = `${height}px`;
  drawing.style.left = `${(finder.clientWidth - width) / 2}px`;
  drawing.style.top = `${(finder.clientHeight - height) / 2}px`;
}

async function showGuidance(finder) {
  const drawing = finder.querySelector("svg");
  const polygon = drawing.querySelector("polygon");
  const hint = finder.querySelector(".hint");
  for (;;) {
    let next = RETRY_MS;
    try {
      const answer = await fetch(finder.dataset.guidance, { headers: { Accept: "application/json" } });
      const said = answer.ok ? await answer.json() : { corners: null, hints: [] };
      layOver(finder, drawing);
      polygon.setAttribute("points", (said.corners || []).map((point) => point.join(",")).join(" "));
      const text = said.hints.length ? said.hints[0].text : "";
      if (hint.textContent !== text) { hint.textContent = text; }
      next = GUIDANCE_MS;
    } catch {
      polygon.setAttribute("points", "");
    }
    await pause(next);
  }
}

for (const finder of document.querySelectorAll("[data-preview]")) {
  showPreview(finder);
  if (finder.dataset.guidance) { showGuidance(finder); }
}
