// The station's stream: one message is a picture and what is said of it (device/kiosk/stream.py).

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
// The station says something each second: five of silence and it is away.
const SILENCE_MS = 5000;

/** The visit goes on elsewhere, or nobody is signed in: only a new page helps. */
export class SignedOutError extends Error {}

function pause(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

function joined(first, second) {
  if (first.length === 0) { return second; }
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function* complete(bytes) {
  let rest = bytes;
  while (rest.length >= 8) {
    const lengths = new DataView(rest.buffer, rest.byteOffset, 8);
    const text = lengths.getUint32(0);
    const picture = lengths.getUint32(4);
    if (rest.length < 8 + text + picture) { break; }
    const said = JSON.parse(new TextDecoder().decode(rest.subarray(8, 8 + text)));
    said.picture = picture ? rest.slice(8 + text, 8 + text + picture) : null;
    yield said;
    rest = rest.subarray(8 + text + picture);
  }
  return rest;
}

async function* connected(address) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const answer = await fetch(address, {
      cache: "no-store", headers: { Accept: "application/json" }, signal: silence.signal,
    });
    if (answer.status === 401 || answer.redirected) { throw new SignedOutError(); }
    if (!answer.ok) { return; }
    const reader = answer.body.getReader();
    let kept = new Uint8Array(0);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) { return; }
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      kept = yield* complete(joined(kept, value));
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** Gives every message; `{state: "away"}` stands for a station that does not answer. */
export async function* messages(address) {
  let wait = FIRST_PAUSE_MS;
  for (;;) {
    try {
      for await (const said of connected(address)) {
        wait = FIRST_PAUSE_MS;
        yield said;
        if (said.state === "leave" || said.state === "replaced") { return; }
      }
    } catch (error) {
      if (error instanceof SignedOutError) { yield { state: "signed-out" }; return; }
    }
    yield { state: "away" };
    await pause(wait);
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
  }
}
