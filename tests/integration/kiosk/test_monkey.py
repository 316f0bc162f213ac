"""A monkey at the screen: random taps and keys find no dead screen, no error, no half record.

`make monkey` lets it take 10,000 actions (ACOPIO_MONKEY_ACTIONS), seed ACOPIO_MONKEY_SEED; here it
takes 150. A failure prints the last actions and the seed.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response
from playwright.sync_api import Error as BrowserError
from werkzeug.serving import make_server

from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from device.queue.verify import verify_spool
from tests.kiosks import PASSWORD, Stand, stand
from tests.stations import AUXILIAR
from wire.packet import Kind, parse_packet

log = logging.getLogger(__name__)

ACTIONS = int(os.environ.get("ACOPIO_MONKEY_ACTIONS", "150"))
SEED = int(os.environ.get("ACOPIO_MONKEY_SEED", "1"))
SIZE = (1024, 600)
KEYS = (
    "Tab", "Shift+Tab", "Enter", "Space", "Escape", "ArrowDown", "ArrowUp", "ArrowLeft",
    "ArrowRight", "Backspace", "Delete", "Home", "End", "PageDown", "F5", "Alt+ArrowLeft", "a",
    "ñ", "7", "<",
)  # fmt: skip
TEXTS = ("", "LUISA", "🐒" * 40, "<b>x</b>", "0" * 300, "' OR 1=1 --", "31/02/2024")
SCENES = ("front", "back", "face", "table")
# Nothing to press for so long is a dead screen; a form that finds nothing is given up sooner.
_DEAD_S, _MISSED_MS = 30.0, 1_500
_REACHABLE = "button:not(:disabled), a[href], input:not([type=hidden]), summary, canvas"
_SURVEY = """(reachable) => ({
  asks_password: Boolean(document.querySelector("input[type=password]")),
  things: [...document.querySelectorAll(reachable)].filter((e) => e.checkVisibility()).map((e) => {
    const box = e.getBoundingClientRect();
    return { name: (e.innerText || e.outerHTML).slice(0, 60), is_canvas: e.tagName === "CANVAS",
             is_primary: e.matches(".primary"), x: box.x + box.width / 2,
             y: box.y + box.height / 2, width: box.width, height: box.height };
  }) })"""
_BRING_INTO_VIEW = """([reachable, name]) => [...document.querySelectorAll(reachable)]
  .find((e) => (e.innerText || e.outerHTML).slice(0, 60) === name)
  ?.scrollIntoView({ block: "center" })"""


class Monkey:
    """Acts on one page by chance, and keeps what it did last."""

    def __init__(self, page: Page, place: Stand, address: str, chance: random.Random) -> None:
        self.page, self.place, self.address, self.chance = page, place, address, chance
        self.acts: deque[str] = deque(maxlen=30)
        self.faults: list[str] = []
        self.others: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("response", self._note)
        page.on("popup", lambda popup: self.others.append(popup.url))
        page.on("download", lambda download: self.others.append(download.url))
        page.on("dialog", lambda dialog: dialog.dismiss())

    def act(self) -> None:
        """Do one thing, whatever it is, to what the screen shows now."""
        seen = self.look()
        kinds = (self._press_something, self._tap_anywhere, self._key, self._type, self._scene)
        kind = self.chance.choices(kinds, weights=(50, 13, 15, 5, 17))[0]
        try:
            if seen["asks_password"] and self.chance.random() < 0.3:
                self._sign_in()
            else:
                kind(seen["things"])
        except BrowserError as error:
            # What it aimed at went away with its page: a person's finger misses it too.
            self.acts.append(f"missed: {str(error).splitlines()[0][:80]}")

    def look(self) -> dict[str, Any]:
        """Return what can be touched; fail unless the screen lives and nothing went wrong."""
        story = f"seed {SEED}, last actions:\n" + "\n".join(self.acts)
        until = time.monotonic() + _DEAD_S
        while True:
            assert self.faults == [], story
            assert self.others == [], story
            assert urlsplit(self.page.url).netloc == urlsplit(self.address).netloc, story
            try:
                seen: dict[str, Any] = self.page.evaluate(_SURVEY, _REACHABLE)
            except BrowserError:
                seen = {"things": []}  # one page goes and the next is not there yet
            if seen["things"]:
                return seen
            assert time.monotonic() < until, f"dead screen {self.page.url}; {story}"
            self.page.wait_for_timeout(20)

    def _press_something(self, things: list[dict[str, Any]]) -> None:
        # Left to pure chance it would sign out again and again, and never see a later step.
        main = [thing for thing in things if thing["is_primary"]]
        thing = self.chance.choice(main if main and self.chance.random() < 0.6 else things)
        self.acts.append(f"press {thing['name']}")
        if not 0 < thing["y"] < SIZE[1]:
            self.page.evaluate(_BRING_INTO_VIEW, [_REACHABLE, thing["name"]])
        elif thing["is_canvas"] and self.chance.random() < 0.8:
            self._scribble(thing)
        else:
            self.page.mouse.click(thing["x"], thing["y"])

    def _scribble(self, canvas: dict[str, Any]) -> None:
        mouse = self.page.mouse
        for number in range(6):
            across, down = self.chance.uniform(-0.5, 0.5), self.chance.uniform(-0.5, 0.5)
            mouse.move(
                canvas["x"] + across * canvas["width"], canvas["y"] + down * canvas["height"]
            )
            if number == 0:
                mouse.down()
        mouse.up()

    def _tap_anywhere(self, _things: object) -> None:
        x, y = self.chance.uniform(0, SIZE[0] - 1), self.chance.uniform(0, SIZE[1] - 1)
        self.acts.append(f"tap {x:.0f},{y:.0f}")
        self.page.mouse.click(x, y)

    def _key(self, _things: object) -> None:
        key = self.chance.choice(KEYS)
        self.acts.append(f"key {key}")
        self.page.keyboard.press(key)

    def _type(self, _things: object) -> None:
        text = self.chance.choice(TEXTS)
        self.acts.append(f"type {text[:20]!r}")
        self.page.keyboard.insert_text(text)

    def _scene(self, _things: object) -> None:
        wanted = next((w for w in ("front", "back", "live") if w in self.page.url), "table")
        likely = {"live": "face"}.get(wanted, wanted)
        scene = likely if self.chance.random() < 0.7 else self.chance.choice(SCENES)
        self.acts.append(f"scene {scene}")
        self.place.show(scene)

    def _sign_in(self) -> None:
        self.acts.append("sign in")
        name = self.page.get_by_label("Auxiliar", exact=True)
        if name.count():
            name.fill(AUXILIAR, timeout=_MISSED_MS)
        self.page.get_by_label("Contraseña").first.fill(PASSWORD, timeout=_MISSED_MS)
        self.page.keyboard.press("Enter")

    def _note(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("monkey"), typed_data_allowed=True) as built:
        yield built


def test_a_monkey_finds_no_dead_screen_no_error_and_leaves_no_half_record(
    place: Stand, browser: Browser
) -> None:
    server = make_server("127.0.0.1", 0, place.station.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    width, height = SIZE
    page = browser.new_page(viewport={"width": width, "height": height}, has_touch=True)
    page.set_default_timeout(60_000)
    try:
        page.goto(address)
        monkey = Monkey(page, place, address, random.Random(SEED))
        for _ in range(ACTIONS):
            monkey.act()
        monkey.look()
    finally:
        page.close()
        server.shutdown()
        thread.join()
    _every_record_is_whole(place)


def _every_record_is_whole(place: Stand) -> None:
    """Open each sealed apoyo with the authority's key, and follow the chain."""
    spool = place.station.spool
    store = EnrolmentStore(spool.database)
    assert verify_spool(spool, store).findings == ()
    apoyos = [row for row in spool.chain(store.current().epoch) if row.kind is Kind.APOYO]
    for row in apoyos:
        assert row.state is State.SEALED
        assert row.link is not None
        sealed = spool.path_of(row.link).read_bytes()
        record, images = place.centre.open(parse_packet(sealed, store.current().own_ring()))
        assert record.folio == row.folio
        assert images.front
        assert images.back
    log.info("%d actions, %d apoyos sealed, every one whole", ACTIONS, len(apoyos))
