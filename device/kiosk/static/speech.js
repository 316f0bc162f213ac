// Says the instruction of the page aloud, once by itself and again when asked.

const listen = document.querySelector("[data-speech]");
const prompt = new Audio(listen.dataset.speech);

// Where the browser wants a tap first, the button is that tap.
function speak() { prompt.currentTime = 0; prompt.play().catch(() => {}); }

listen.addEventListener("click", speak);
speak();
