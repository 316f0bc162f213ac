// Every page: one tap counts once, a question before what cannot be undone, nothing from the history.

function onceOnly(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    (event.submitter ?? form.querySelector("button"))?.classList.add("is-busy");
  });
}

for (const form of document.querySelectorAll("form[data-once]")) { onceOnly(form); }
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) { event.preventDefault(); }
  });
}
// A page taken from the browser's history may belong to a visit that is over.
window.addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });
