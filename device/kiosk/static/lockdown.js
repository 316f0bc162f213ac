// No way out of the page. Chromium's kiosk mode and its managed policies are the first line; this is
// the second: what opens a menu, a window, a dialog of the browser or another page is swallowed.

const FUNCTION_KEY = /^F([1-9]|1[0-2])$/;
const BROWSER_KEY = /^(Browser|Launch|Media|Print|Find|Help|Open|Save|New|Close|ContextMenu)/;
// What Ctrl (or Meta) may do: edit the text of a field.
const EDITING = new Set(["a", "c", "v", "x", "z"]);
const LEAVING_WITH_ALT = new Set(["ArrowLeft", "ArrowRight", "Home", "F4", "d", "e", "f"]);

function isField(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

function leadsOut(event) {
  const { key } = event;
  if (FUNCTION_KEY.test(key) || BROWSER_KEY.test(key)) { return true; }
  if (event.ctrlKey || event.metaKey) { return !(isField(event.target) && !event.shiftKey && EDITING.has(key.toLowerCase())); }
  if (event.altKey) { return LEAVING_WITH_ALT.has(key) || LEAVING_WITH_ALT.has(key.toLowerCase()); }
  return key === "Backspace" && !isField(event.target);
}

function swallow(event) { event.preventDefault(); }

const BEFORE_ALL = { capture: true, passive: false };
addEventListener("keydown", (event) => { if (leadsOut(event)) { event.preventDefault(); } }, BEFORE_ALL);
for (const kind of ["contextmenu", "dragstart", "dragenter", "dragover", "drop", "auxclick"]) {
  addEventListener(kind, swallow, BEFORE_ALL);
}
// A link with a modifier opens a window, a tab or a download; one of another origin is none of ours.
addEventListener("click", (event) => {
  const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  const link = event.target.closest("a[href]");
  const isForeign = link && (link.origin !== location.origin || link.hasAttribute("download") || link.target);
  if (isForeign || (opensElsewhere && event.target.closest("a, button, form"))) { event.preventDefault(); }
}, BEFORE_ALL);
addEventListener("wheel", (event) => { if (event.ctrlKey) { event.preventDefault(); } }, BEFORE_ALL);
// Mouse buttons 3 and 4 walk through the history; 1 scrolls by itself or opens a tab.
for (const kind of ["mousedown", "mouseup"]) {
  addEventListener(kind, (event) => { if ([1, 3, 4].includes(event.button)) { event.preventDefault(); } }, BEFORE_ALL);
}
