// The page of the data: a tap enlarges what is printed, or takes another reading.

const zoom = document.querySelector("dialog.zoom");

for (const picture of document.querySelectorAll("[data-zoom]")) {
  picture.addEventListener("click", () => {
    const shown = picture.querySelector("img");
    const large = zoom.querySelector("img");
    large.src = shown.src;
    large.alt = picture.getAttribute("aria-label");
    zoom.showModal();
  });
}
zoom.addEventListener("click", (event) => { if (event.target === zoom) { zoom.close(); } });

for (const offer of document.querySelectorAll("[data-fill]")) {
  const field = document.getElementById(offer.dataset.fill);
  const tell = () => {
    offer.setAttribute("aria-pressed", String(field.value === offer.dataset.value));
  };
  offer.hidden = false;
  offer.addEventListener("click", () => {
    field.value = offer.dataset.value;
    field.dispatchEvent(new Event("input"));
  });
  field.addEventListener("input", tell);
  tell();
}
