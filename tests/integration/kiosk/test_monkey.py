"""A monkey at the screen: random taps and keys find no dead screen, no error, no half record.

`make monkey` lets it take 10,000 actions (ACOPIO_MONKEY_ACTIONS), seed ACOPIO_MONKEY_SEED; here it
takes 150. A failure prints the last actions and the seed.
"""

from __future__ import annotations

import logging
import os
import random
import threading
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Response
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
# Nothing to press for so long is a dead screen; a tap that finds nothing is given up sooner.
_DEAD_MS, _MISSED_MS = 30_000, 1_500
_REACHABLE = "button:not(:disabled), a[href], input:not([type=hidden]), summary, canvas"


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
        """Do one thing, whatever it is."""
        kinds = (self._press_something, self._tap_anywhere, self._key, self._type, self._scene)
        kind = self.chance.choices(kinds, weights=(50, 13, 15, 5, 17))[0]
        try:
            if self.page.get_by_label("Contraseña").count() and self.chance.random() < 0.3:
                self._sign_in()
            else:
                kind()
        except BrowserError as error:
            # What it aimed at went away with its page: a person's finger misses it too.
            self.acts.append(f"missed: {str(error).splitlines()[0][:80]}")

    def check(self) -> None:
        """Fail unless the screen lives: of the kiosk, with something to do, without an error."""
        story = f"seed {SEED}, last actions:\n" + "\n".join(self.acts)
        assert self.faults == [], story
        assert self.others == [], story
        assert urlsplit(self.page.url).netloc == urlsplit(self.address).netloc, story
        try:
            self._reachable().first.wait_for(timeout=_DEAD_MS)
        except BrowserError as error:
            raise AssertionError(f"dead screen {self.page.url}; {story}") from error

    def _reachable(self) -> Locator:
        return self.page.locator(_REACHABLE).filter(visible=True)

    def _press_something(self) -> None:
        seen = self._reachable()
        # Left to pure chance it would sign out again and again, and never see a later step.
        main = self.page.locator(".primary:not(:disabled)").filter(visible=True)
        if self.chance.random() < 0.6 and main.count():
            seen = main
        element = seen.nth(self.chance.randrange(max(seen.count(), 1)))
        name = element.evaluate("e => e.innerText || e.outerHTML", timeout=_MISSED_MS)
        self.acts.append(f"press {name[:60]}")
        if name.startswith("<canvas") and self.chance.random() < 0.8:
            self._scribble(element)
        else:
            element.click(timeout=_MISSED_MS, no_wait_after=True)

    def _scribble(self, canvas: Locator) -> None:
        box = canvas.bounding_box()
        if box is None:
            return
        places = [
            (box["x"] + self.chance.random() * box["width"],
             box["y"] + self.chance.random() * box["height"])
            for _ in range(6)
        ]  # fmt: skip
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place)
        self.page.mouse.up()

    def _tap_anywhere(self) -> None:
        x, y = self.chance.uniform(0, SIZE[0] - 1), self.chance.uniform(0, SIZE[1] - 1)
        self.acts.append(f"tap {x:.0f},{y:.0f}")
        self.page.touchscreen.tap(x, y)

    def _key(self) -> None:
        key = self.chance.choice(KEYS)
        self.acts.append(f"key {key}")
        self.page.keyboard.press(key)

    def _type(self) -> None:
        text = self.chance.choice(TEXTS)
        self.acts.append(f"type {text[:20]!r}")
        self.page.keyboard.insert_text(text)

    def _scene(self) -> None:
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
        # 503 is what a camera that is starting answers to the preview alone.
        if response.status >= 500 and not response.url.endswith("/preview.jpg"):
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
            monkey.check()
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
