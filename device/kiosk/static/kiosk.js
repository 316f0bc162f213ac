"use strict";
// The screen's own movements: preview, guidance, the pad, and one tap that counts once.

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

function usePad(canvas) {
  const form = canvas.closest("form");
  const pen = canvas.getContext("2d");
  const strokes = [];
  let stroke = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const inkTo = ([x, y]) => {
    const [fromX, fromY] = stroke[stroke.length - 1];
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(fromX * canvas.width, fromY * canvas.height);
    pen.lineTo(x * canvas.width, y * canvas.height);
    pen.stroke();
    stroke.push([x, y]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    stroke = [place(event)];
    strokes.push(stroke);
    inkTo(stroke[0]);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) { return; }
    for (const part of event.getCoalescedEvents?.() ?? [event]) { inkTo(place(part)); }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => { stroke = null; });
  }
  form.querySelector("[data-erase]").addEventListener("click", () => {
    strokes.length = 0;
    pen.clearRect(0, 0, canvas.width, canvas.height);
  });
  form.addEventListener("submit", () => {
    const rounded = strokes.map((line) => line.map(([x, y]) => [Number(x.toFixed(4)), Number(y.toFixed(4))]));
    form.elements.strokes.value = JSON.stringify(rounded);
  });
}

function onceOnly(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    (event.submitter ?? form.querySelector("button"))?.classList.add("is-busy");
  });
}

for (const finder of document.querySelectorAll("[data-preview]")) {
  showPreview(finder);
  if (finder.dataset.guidance) { showGuidance(finder); }
}
for (const canvas of document.querySelectorAll("[data-pad]")) { usePad(canvas); }
for (const form of document.querySelectorAll("form[data-once]")) { onceOnly(form); }
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) { event.preventDefault(); }
  });
}
// A page taken from the browser's history may belong to a visit that is over.
window.addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });
