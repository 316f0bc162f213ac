// The last page: how the citizen's slip goes, until it is out or the printer says what it lacks.

const POLL_MS = 500;

function show(box, said) {
  const text = box.querySelector("[data-text]");
  if (text.textContent !== said.text) { text.textContent = said.text; }
  box.dataset.state = said.state;
  box.querySelector("form").hidden = !said.again;
}

async function follow(box) {
  while (box.dataset.state === "slip.printing") {
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
    try {
      const answer = await fetch(box.dataset.slip, { headers: { Accept: "application/json" } });
      if (!answer.ok) { return; }
      show(box, await answer.json());
    } catch {
      // The kiosk starts anew; the folio stays on the screen.
    }
  }
}

for (const box of document.querySelectorAll("[data-slip]")) { follow(box); }
