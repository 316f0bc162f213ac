// Questions over the page, instead of the browser's own windows: a button opens one, Escape closes it.

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
}
for (const dialog of document.querySelectorAll("dialog")) {
  // A tap beside the question is no answer to it, but leaves it.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) { dialog.close(); } });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) { return; }
  const way = document.querySelector("[data-escape]");
  if (way) { event.preventDefault(); way.click(); }
});
