// The viewfinder: the picture, the outline on that very picture, one instruction, and the shutter.

import { messages } from "./stream.js";

const CARD_PROPORTION = 85.6 / 53.98;

function textOf(points, width, height) {
  return points.map(([x, y]) => `${(x * width).toFixed(1)},${(y * height).toFixed(1)}`).join(" ");
}

class Finder {
  constructor(root, form) {
    this.root = root;
    this.form = form;
    this.hint = root.querySelector(".hint .text");
    this.count = root.querySelector(".count");
    this.canvas = root.querySelector("canvas");
    this.drawing = root.querySelector(".stage svg");
    this.outline = root.querySelector(".outline");
    this.newest = null;
    this.isDrawing = false;
    this.isTaking = false;
    form?.addEventListener("submit", () => { this.take(); });
  }

  async run() {
    for await (const said of messages(this.root.dataset.stream)) {
      if (this.isTaking) { continue; }
      this.hear(said);
    }
  }

  hear(said) {
    switch (said.state) {
      case "live":
        this.show(said);
        break;
      case "waiting":
        this.tell("waiting", said.hint.text);
        break;
      case "leave":
        location.assign(said.next);
        break;
      case "signed-out":
        location.reload();
        break;
      default:
        this.tell("waiting", this.root.dataset[said.state]);
    }
  }

  /** Draw the newest picture; those that came while one was drawn are left out. */
  show(said) {
    this.newest = said;
    if (said.gate) {
      this.tell(said.gate, said.hint.text, said.progress);
    } else if (this.root.dataset.gate === "waiting") {
      this.tell("searching", this.root.dataset.aim);
    }
    if (said.gate === "fire") { this.fire(); }
    if (!this.isDrawing) { this.draw(); }
  }

  async draw() {
    this.isDrawing = true;
    while (this.newest) {
      const said = this.newest;
      this.newest = null;
      try {
        const picture = await createImageBitmap(new Blob([said.picture], { type: "image/jpeg" }));
        this.lay(picture, said.points ?? []);
        picture.close();
      } catch {
        // A picture that cannot be decoded is followed by the next one.
      }
    }
    this.isDrawing = false;
  }

  lay(picture, points) {
    const { width, height } = picture;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.aim(width, height);
    }
    this.canvas.getContext("2d").drawImage(picture, 0, 0);
    this.outline.setAttribute("points", textOf(points, width, height));
    this.root.classList.add("sees");
    this.root.classList.toggle("outlined", points.length > 0);
  }

  /** Draw the place where a card fills the picture well, in its own proportion. */
  aim(width, height) {
    const target = this.root.querySelector("rect.target");
    if (!target) { return; }
    const high = Math.min(0.8 * height, 0.76 * width / CARD_PROPORTION);
    const wide = high * CARD_PROPORTION;
    target.setAttribute("x", (width - wide) / 2);
    target.setAttribute("y", (height - high) / 2);
    target.setAttribute("width", wide);
    target.setAttribute("height", high);
  }

  tell(gate, text, progress = 0) {
    this.root.dataset.gate = gate;
    this.count.style.transform = `scaleX(${progress})`;
    if (this.hint.textContent !== text) { this.hint.textContent = text; }
    if (gate === "waiting") {
      this.root.classList.remove("sees", "outlined");
      this.outline.setAttribute("points", "");
    }
  }

  /** Press the button, and say that nobody did. */
  fire() {
    if (!this.form || this.form.dataset.sent) { return; }
    this.form.elements.auto.value = "1";
    this.form.requestSubmit();
  }

  /** The last picture stays while the station takes and reads its own. */
  take() {
    this.isTaking = true;
    this.tell("taking", this.root.dataset.taking, 1);
  }
}

for (const root of document.querySelectorAll("[data-stream]")) {
  new Finder(root, document.querySelector("form[data-shutter]")).run();
}
