"""`python -m demo.screens`: a picture of every screen of the kiosk, taken from the running station.

A centre and a station run as in `make kiosk`; Chromium leads visits through the pages and takes
each of them on every screen that is promised, in both languages, every contrast and large text.
They go to `var/screens/`, to be looked at; `--readme` takes those of the README instead.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image as Picture
from playwright.sync_api import Page

from demo import centre, scenes, stand, station
from demo.cast import Visit, invent_visits
from demo.chromium import mexican_page
from demo.places import Places
from demo.processes import Supervisor
from device.camera.base import Image
from device.camera.replay import read_rgb
from training.live_photos import live_photo
from training.render.portrait import invent_face

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE_MS = 60_000
_SEED = 1
# The subject was found in the picture of the camera.
_OUTLINED = ".finder .outline[points*=',']"


@dataclass(frozen=True, slots=True)
class Variant:
    """How one picture is taken: the screen, and what a person chose."""

    name: str
    size: tuple[int, int]
    language: str = "es_MX"
    text: str = "normal"
    contrast: str = "normal"

    @property
    def choices(self) -> dict[str, str]:
        """What the person chose, as the form of preferences sends it."""
        return {"language": self.language, "text": self.text, "contrast": self.contrast}


PLAIN = Variant("1024x600", (1024, 600))
EVERY = (
    Variant("800x480", (800, 480)),
    PLAIN,
    Variant("1280x800", (1280, 800)),
    Variant("480x800", (480, 800)),
    Variant("800x480-large", (800, 480), text="large"),
    Variant("1024x600-white", (1024, 600), contrast="white"),
    Variant("1024x600-black-en", (1024, 600), language="en", contrast="black"),
)
README = (Variant("", (1024, 600)),)
_OF_README = frozenset(
    "01-sign-in 07-consent 08-front 10-back 11-confirm 12-live-photo 14-signature 16-summary "
    "17-done 18-queue 21-close 25-technician".split()
)


class Screens:
    """A browser at the kiosk, and the folder of its pictures."""

    def __init__(
        self,
        page: Page,
        address: str,
        folder: Path,
        variants: Sequence[Variant],
        only: frozenset[str],
    ) -> None:
        self.page, self.address = page, address
        self._folder, self._variants, self._only = folder, variants, only
        self.taken: list[Path] = []

    def open(self, path: str) -> None:
        """Open a page of the kiosk."""
        # A stream keeps the page loading: the network never falls idle.
        self.page.goto(self.address + path, wait_until="load")

    def post(self, path: str, **form: str | float | bool) -> dict[str, Any]:
        """Take a step as the page's scripts do, and give the answer."""
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        answer = self.page.request.post(
            self.address + path,
            form=form,
            headers={"Accept": "application/json", "X-CSRFToken": token},
        )
        said: dict[str, Any] = answer.json()
        return said

    def step(self, path: str, **form: str | float | bool) -> dict[str, Any]:
        """Take a step of the visit from a page that follows neither visit nor camera."""
        self.open("/help")
        return self.post(path, **form)

    def send(self, path: str, **form: str | float | bool) -> None:
        """Send a form of a page that answers no program."""
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        self.page.request.post(
            self.address + path,
            form=form | {"csrf_token": token},
            headers={"Referer": self.page.url},
        )

    def take(self, name: str, path: str, *, until: str = "main") -> None:
        """Take one page in every variant, once it shows what `until` selects."""
        if self._only and name not in self._only:
            return
        for variant in self._variants:
            width, height = variant.size
            self.page.set_viewport_size({"width": width, "height": height})
            self.post("/preferences", **variant.choices)
            self.open(path)
            self.page.locator(until).first.wait_for(state="attached")
            # The first picture of a stream, and fonts, come after the page.
            self.page.wait_for_timeout(700)
            file = f"{name}-{variant.name}.png" if variant.name else f"kiosk-{name}.png"
            self.page.screenshot(path=str(self._folder / file))
            self.taken.append(self._folder / file)
        self.post("/preferences", **PLAIN.choices)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="into docs/pictures, one a step")
    options = parser.parse_args(arguments)
    if options.readme:
        folder = ROOT / "docs" / "pictures"
        taken = take_screens(folder, README, _OF_README)
        _slim(taken)
    else:
        folder = ROOT / "var" / "screens"
        shutil.rmtree(folder, ignore_errors=True)
        taken = take_screens(folder, EVERY)
    print(f"{len(taken)} pictures in {folder.relative_to(ROOT)}")
    return 0


def take_screens(
    folder: Path, variants: Sequence[Variant], only: frozenset[str] = frozenset()
) -> list[Path]:
    """Take every page, or those that `only` names, into a folder; give the files.

    Raises:
        SetupError, ProcessFailedError: Centre or station did not start.
    """
    places = Places(ROOT / "var" / "screens-station")
    visits = invent_visits(_SEED, 7)
    frames = scenes.frames_folder(ROOT / "var" / "demo" / "frames", _SEED)
    scenes.take_all(frames, visits, lambda *_: None)
    folder.mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(ROOT, lambda text: print(text, file=sys.stderr))
    try:
        ports = stand.start(places, supervisor, frames, visits)
        with mexican_page() as page:
            page.set_default_timeout(_PATIENCE_MS)
            screens = Screens(page, f"http://127.0.0.1:{ports.kiosk}", folder, variants, only)
            _walk(screens, _shower(places, frames, visits[-1]), centre.invite(places))
        return screens.taken + _slips(places, folder)
    finally:
        supervisor.stop()


def _slips(places: Places, folder: Path) -> list[Path]:
    """Keep what the simulated printer printed: the citizen's slip, and that of the close."""
    printed = sorted((places.station / "data" / "simulated").glob("slip-*.png"))
    return [Path(shutil.copy(slip, folder / f"kiosk-{slip.name}")) for slip in printed]


def _slim(pictures: Sequence[Path]) -> None:
    """Write pictures with the colours they need: a page seldom has more than a palette."""
    for path in pictures:
        with Picture.open(path) as picture:
            slim = picture.convert("RGB").quantize(256, dither=Picture.Dither.NONE)
        slim.save(path, optimize=True)


def _shower(places: Places, frames: Path, visit: Visit) -> Callable[[str], None]:
    """Give what puts something before the camera: `table`, a shot, or `far-` and a shot.

    What is far away is asked to come closer and never takes its own picture.
    """

    def show(name: str) -> None:
        if name == "table":
            places.show(scenes.table(frames))
            return
        shot = name.removeprefix("far-")
        if shot == name:
            places.show(scenes.scene(frames, visit, shot, 0))  # type: ignore[arg-type]  # a Shot
            return
        folder = places.run / name
        folder.mkdir(exist_ok=True)
        image = _far_face(visit) if shot == "live" else _far_card(frames, visit, shot)
        cv2.imwrite(str(folder / "0.jpg"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        places.show(folder)

    return show


def _far_face(visit: Visit) -> Image:
    person = visit.person
    face = invent_face(person.face_seed, person.sexo, float(person.edad))
    return live_photo("far", face, np.random.default_rng(visit.seed))


def _far_card(frames: Path, visit: Visit, side: str) -> Image:
    """Give a card and what it lies on from twice as far: a mat on the table."""
    scene = scenes.scene(frames, visit, side, 0)  # type: ignore[arg-type]  # a Shot
    near = read_rgb(scene / "0.jpg")
    picture = read_rgb(scenes.table(frames) / "0.jpg")
    height, width = near.shape[:2]
    top, left = height // 4, width // 4
    small = cv2.resize(near, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    picture[top : top + height // 2, left : left + width // 2] = small
    return picture


def _walk(screens: Screens, show: Callable[[str], None], code: str) -> None:
    """Lead through every page."""
    show("table")
    screens.open("/")
    screens.take("01-sign-in", "/sign-in")
    _activation(screens, code)
    screens.take("05-help", "/help")
    screens.post("/sign-in", auxiliar=centre.AUXILIAR, password=centre.AUXILIAR_PASSWORD)
    screens.open("/")
    screens.take("06-start", "/")
    _visit(screens, show)
    screens.take("18-queue", "/queue?which=sent")
    screens.post("/practice/begin")
    screens.open("/")
    screens.take("19-practice", "/")
    screens.post("/practice/end")
    screens.open("/")
    screens.post("/lock")
    screens.take("20-locked", "/locked")
    screens.post("/unlock", password=centre.AUXILIAR_PASSWORD)
    screens.open("/")
    screens.take("21-close", "/close")
    screens.post("/close")
    screens.take("22-close-slip", "/close/slip")
    screens.take("23-not-there", "/there-is-no-such-page")
    _workshop(screens, show)


def _activation(screens: Screens, code: str) -> None:
    screens.take("02-activate", "/activate")
    screens.post("/activate", auxiliar=centre.INVITED, code=code)
    screens.take("03-activate-data", "/activate")
    screens.post("/activate/confirm")
    screens.take("04-activate-password", "/activate")
    screens.post("/activate/cancel")
    screens.open("/")


def _visit(screens: Screens, show: Callable[[str], None]) -> None:
    screens.post("/capture/start")
    screens.open("/capture")
    screens.take("07-consent", "/capture/consent")
    screens.step("/capture/consent", agree="1")
    show("far-front")
    screens.take("08-front", "/capture/front", until=_OUTLINED)
    show("table")
    screens.step("/capture/front/shoot")
    screens.take("09-front-again", "/capture/front")
    _shoot(screens, "front", show)
    show("far-back")
    screens.take("10-back", "/capture/back", until=_OUTLINED)
    _shoot(screens, "back", show)
    screens.take("11-confirm", "/capture/confirm")
    screens.step("/capture/confirm")
    show("far-live")
    screens.take("12-live-photo", "/capture/live-photo", until=_OUTLINED)
    screens.open("/help")
    show("live")
    screens.step("/capture/live-photo/shoot")
    screens.take("13-live-photo-taken", "/capture/live-photo")
    screens.step("/capture/live-photo/accept")
    screens.take("14-signature", "/capture/signature")
    screens.take("15-no-signature", "/capture/signature/unable")
    screens.step("/capture/signature", strokes=json.dumps(_STROKES))
    screens.take("16-summary", "/capture/summary")
    screens.step("/capture/seal")
    screens.take("17-done", "/capture/done")
    screens.post("/capture/clear")


def _workshop(screens: Screens, show: Callable[[str], None]) -> None:
    screens.take("24-technician-sign-in", "/technician/sign-in")
    screens.open("/technician/sign-in")
    screens.send("/technician/sign-in", password=station.TECHNICIAN_PASSWORD)
    show("front")
    for number, page in enumerate(
        ("", "/camera", "/peripherals", "/network", "/passport"), start=25
    ):
        screens.take(f"{number}-technician{page.replace('/', '-')}", f"/technician{page}")


def _shoot(screens: Screens, side: str, show: Callable[[str], None]) -> None:
    screens.open("/help")
    show(side)
    for _ in range(4):
        if screens.post(f"/capture/{side}/shoot").get("accepted"):
            show("table")
            return
    raise SystemExit(f"the {side} was not taken: see the kiosk's log")


_STROKES = [
    [[0.1, 0.6], [0.2, 0.2], [0.25, 0.75], [0.35, 0.3], [0.4, 0.7], [0.5, 0.4], [0.6, 0.6]],
    [[0.3, 0.75], [0.8, 0.68]],
]


if __name__ == "__main__":
    sys.exit(main())
