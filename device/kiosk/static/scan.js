// The scanner: a badge fills in the name; a code of the credential goes with the visit.

const POLL_MS = 600;
const JSON_ONLY = { Accept: "application/json" };

function fillIn(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function takeBadge(scan) {
  const name = document.getElementById("auxiliar");
  if (!name) { return; }
  fillIn(name, scan.name);
  (document.getElementById("password") ?? document.getElementById("code")).focus();
}

async function takeCode(box, scan) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const answer = await fetch(box.dataset.take, {
    method: "POST",
    headers: { ...JSON_ONLY, "X-CSRFToken": token },
    body: new URLSearchParams({ number: scan.number }),
  });
  if (!answer.ok) { return; }
  box.hidden = false;
  const said = await answer.json();
  for (const [name, value] of Object.entries(said.fields)) {
    const input = document.getElementById(`field-${name}`);
    if (!input) {
      location.reload(); // nothing is typed on this page, so nothing is lost
    } else if (!input.value) {
      fillIn(input, value);
    }
  }
}

async function listen(box) {
  let after = Number(box.dataset.after);
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
    try {
      const answer = await fetch(`${box.dataset.scan}?after=${after}`, { headers: JSON_ONLY });
      if (!answer.ok) { continue; }
      for (const scan of (await answer.json()).scans) {
        after = scan.number;
        if (scan.kind === "badge") { takeBadge(scan); }
        else if (box.dataset.take) { await takeCode(box, scan); }
      }
    } catch {
      // The kiosk starts anew.
    }
  }
}

for (const box of document.querySelectorAll("[data-scan]")) { listen(box); }
