// The pad for the signature.

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

for (const canvas of document.querySelectorAll("[data-pad]")) { usePad(canvas); }
