// Passwords: shown while a person wants to see them, and how good a new one is, in words.

for (const button of document.querySelectorAll("[data-show]")) {
  const form = button.closest("form");
  const secrets = [...form.querySelectorAll("input[type=password]")];
  const show = (isShown) => {
    for (const input of secrets) { input.type = isShown ? "text" : "password"; }
    button.textContent = isShown ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-pressed", String(isShown));
  };
  button.hidden = false;
  button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
  // What is sent is a password again: no list of typed texts keeps it.
  form.addEventListener("submit", () => show(false));
}

const strength = document.querySelector("#strength");
const password = document.querySelector("#password");

function inWords() {
  const { least, strong } = password.dataset;
  const length = [...password.value].length;
  if (!length) { return "\u00a0"; }
  if (length < least) { return `${strength.dataset.short} ${least - length}`; }
  return length < strong ? strength.dataset.fair : strength.dataset.good;
}

if (strength) { password.addEventListener("input", () => { strength.textContent = inWords(); }); }
