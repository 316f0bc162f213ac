// One tap counts once, and the page says that it works until the next one comes.

const SHOWN_AFTER_MS = 300;
// A page that got no answer must not stay dead.
const LIFTED_AFTER_MS = 60_000;

const working = document.querySelector("#working");
const oneMoment = document.querySelector("#working-text").content.textContent;

function parts() {
  return document.querySelectorAll("body > header, body > main, body > footer, body > dialog");
}

function begin(text, button) {
  const before = button?.textContent;
  if (button) { button.textContent = text; }
  document.body.classList.add("is-busy");
  for (const part of parts()) { part.inert = true; }
  const shown = setTimeout(() => {
    working.firstElementChild.textContent = text;
    working.classList.add("is-shown");
  }, SHOWN_AFTER_MS);
  setTimeout(() => {
    clearTimeout(shown);
    if (button) { button.textContent = before; }
    working.classList.remove("is-shown");
    document.body.classList.remove("is-busy");
    for (const part of parts()) { part.inert = false; }
  }, LIFTED_AFTER_MS);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") { return; }
  if (document.body.classList.contains("is-busy")) { event.preventDefault(); return; }
  begin(form.dataset.busy ?? oneMoment, form.dataset.busy ? event.submitter : null);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPage = link && !link.getAttribute("href").startsWith("#");
  if (isPage && !event.defaultPrevented) { begin(oneMoment, null); }
});
