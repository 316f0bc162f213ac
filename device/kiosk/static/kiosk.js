// Every page: where the keyboard begins, and nothing from the history.

// After each step the page is read from its heading on; the next key of a keyboard or a switch is
// its first action. Never the action itself: a key held too long would take it.
function beginAtTheTop() {
  if (document.querySelector("main [autofocus]")) { return; }
  const top = document.querySelector("main > .note[role=alert]") ?? document.querySelector("main h1");
  top?.setAttribute("tabindex", "-1");
  top?.focus({ preventScroll: true });
}

beginAtTheTop();
// A page taken from the browser's history may belong to a visit that is over.
window.addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });
