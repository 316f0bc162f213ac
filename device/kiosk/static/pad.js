// The pad for the signature: finger, stylus, mouse or arrow keys. It keeps strokes, in parts of the
// pad from 0 to 1, and draws them anew when the screen turns.

// As the station draws them: the pad is three to one, the pen 4 of its 900 parts.
const ASPECT = 3;
const PEN = 4 / 900;
const KEY_STEP = 0.02;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function inkOf(strokes) {
  let ink = 0;
  for (const stroke of strokes) {
    for (let i = 1; i < stroke.length; i += 1) {
      ink += Math.hypot(stroke[i][0] - stroke[i - 1][0], (stroke[i][1] - stroke[i - 1][1]) / ASPECT);
    }
  }
  return ink;
}

function extentOf(strokes) {
  const points = strokes.flat();
  if (!points.length) { return 0; }
  const range = (axis) => Math.max(...points.map((p) => p[axis])) - Math.min(...points.map((p) => p[axis]));
  return Math.min(range(0) * ASPECT, range(1));
}

function usePad(canvas) {
  const form = canvas.closest("form");
  const ink = form.querySelector("[data-ink]");
  const pen = form.querySelector("[data-pen]");
  const paper = canvas.getContext("2d");
  const strokes = [];
  // The pointer that draws: a palm or a second finger draws nothing beside it.
  let drawing = null;
  let sawStylus = false;
  const cursor = { x: 0.12, y: 0.6, isDown: false };

  const isEnough = () => inkOf(strokes) >= Number(canvas.dataset.minInk) && extentOf(strokes) >= Number(canvas.dataset.minExtent);
  const say = () => {
    const text = isEnough() ? ink.dataset.enough : ink.dataset.lacking;
    if (ink.textContent !== text) { ink.textContent = text; }
    ink.classList.toggle("is-enough", isEnough());
    if (isEnough()) { ink.classList.remove("is-asked"); }
  };
  const draw = (stroke, first) => {
    paper.lineWidth = PEN * canvas.width;
    paper.lineCap = paper.lineJoin = "round";
    paper.beginPath();
    const [x, y] = stroke[Math.max(first - 1, 0)];
    paper.moveTo(x * canvas.width, y * canvas.height);
    for (const [toX, toY] of stroke.slice(first)) { paper.lineTo(toX * canvas.width, toY * canvas.height); }
    paper.stroke();
  };
  const redraw = () => {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.width / ASPECT);
    for (const stroke of strokes) { draw(stroke, 0); }
    say();
  };
  const begin = (point) => {
    const stroke = [point];
    strokes.push(stroke);
    draw(stroke, 0);
    return stroke;
  };
  const extend = (stroke, points) => {
    const first = stroke.length;
    stroke.push(...points);
    draw(stroke, first);
    say();
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    sawStylus ||= event.pointerType === "pen";
    const isPalm = sawStylus && event.pointerType === "touch";
    if (drawing || isPalm || event.button !== 0) { return; }
    canvas.setPointerCapture(event.pointerId);
    drawing = { pointer: event.pointerId, stroke: begin(place(event)) };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drawing?.pointer !== event.pointerId) { return; }
    const parts = event.getCoalescedEvents?.() ?? [];
    extend(drawing.stroke, (parts.length ? parts : [event]).map(place));
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    canvas.addEventListener(end, (event) => { if (drawing?.pointer === event.pointerId) { drawing = null; } });
  }

  const showCursor = () => {
    pen.hidden = document.activeElement !== canvas;
    pen.style.left = `${cursor.x * 100}%`;
    pen.style.top = `${cursor.y * 100}%`;
    pen.classList.toggle("is-down", cursor.isDown);
  };
  canvas.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (event.key === " ") {
      cursor.isDown = !cursor.isDown;
      if (cursor.isDown) { begin([cursor.x, cursor.y]); }
    } else if (arrow) {
      const step = event.shiftKey ? KEY_STEP / 4 : KEY_STEP;
      cursor.x = Math.min(Math.max(cursor.x + arrow[0] * step, 0), 1);
      cursor.y = Math.min(Math.max(cursor.y + arrow[1] * step * ASPECT, 0), 1);
      if (cursor.isDown) { extend(strokes[strokes.length - 1], [[cursor.x, cursor.y]]); }
    } else {
      return;
    }
    event.preventDefault();
    showCursor();
  });
  canvas.addEventListener("focus", () => { if (canvas.matches(":focus-visible")) { showCursor(); } });
  canvas.addEventListener("blur", () => { cursor.isDown = false; showCursor(); });

  const change = (act) => () => { cursor.isDown = false; act(); redraw(); };
  form.querySelector("[data-undo]").addEventListener("click", change(() => { strokes.pop(); }));
  form.querySelector("[data-erase]").addEventListener("click", change(() => { strokes.length = 0; }));
  form.addEventListener("submit", (event) => {
    if (!isEnough()) {
      event.preventDefault();
      ink.classList.add("is-asked");
      canvas.focus();
      return;
    }
    const rounded = strokes.map((stroke) => stroke.map((point) => point.map((part) => Number(part.toFixed(4)))));
    form.elements.strokes.value = JSON.stringify(rounded);
  });
  new ResizeObserver(redraw).observe(canvas);
}

for (const canvas of document.querySelectorAll("[data-pad]")) { usePad(canvas); }
