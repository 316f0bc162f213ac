"""Pictures and guidance over one connection: in step, alone, and gone when nobody looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.kiosk_screen import serving
from tests.kiosk_stream import looking
from tests.kiosks import BACK_COLOUR, FRONT_COLOUR, Browser, Stand, bring_to, stand


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path, automatic=True) as built:
        yield built


@pytest.fixture
def address(place: Stand) -> Iterator[str]:
    with serving(place) as served:
        yield served


@pytest.fixture
def browser(place: Stand) -> Browser:
    built = place.browser()
    bring_to(place, built, "front")
    return built


def gate(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda said: said.get("gate") == name


def state(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda said: bool(said["state"] == name)


def eventually(statement: Callable[[], bool]) -> None:
    for _ in range(1000):
        if statement():
            return
        time.sleep(0.01)
    pytest.fail("it never came true")


class TestTheStream:
    def test_says_of_each_picture_what_is_in_it(
        self, place: Stand, address: str, browser: Browser
    ) -> None:
        place.show("front")
        with looking(address, browser, "front") as stream:
            said = stream.until(lambda said: bool(said.get("points")))
            assert [point[0] for point in said["points"]] == [0.15, 0.85, 0.85, 0.15]
            picture = cv2.imdecode(np.frombuffer(stream.picture, np.uint8), cv2.IMREAD_COLOR_RGB)
            assert picture is not None
            assert picture.shape == (400, 640, 3)
            assert np.abs(picture[120, 140].astype(int) - FRONT_COLOUR).max() < 12

    def test_asks_for_a_credential_while_there_is_none(
        self, address: str, browser: Browser
    ) -> None:
        with looking(address, browser, "front") as stream:
            said = stream.until(gate("searching"))
            assert said["hint"]["text"] == "Coloque la credencial dentro del marco"
            assert said["points"] is None

    def test_asks_to_turn_the_credential_over(
        self, place: Stand, address: str, browser: Browser
    ) -> None:
        place.show("back")
        with looking(address, browser, "front") as stream:
            said = stream.until(lambda said: said.get("hint", {}).get("code") == "side.other")
            assert said["hint"]["text"] == "Voltee la credencial"

    def test_says_when_to_take_the_picture_and_says_it_once(
        self, place: Stand, address: str, browser: Browser
    ) -> None:
        place.show("front")
        with looking(address, browser, "front") as stream:
            stream.until(gate("fire"))
            after = [stream.message() for _ in range(20)]
            assert {said["gate"] for said in after if said} == {"spent"}

    def test_does_not_take_the_same_picture_again_on_the_next_page(
        self, place: Stand, address: str, browser: Browser
    ) -> None:
        place.show("front")
        place.reader.reasons = ("quality.glare",)
        with looking(address, browser, "front") as stream:
            stream.until(gate("fire"))
            browser.call("/capture/front/shoot", auto="1")
        with looking(address, browser, "front") as stream:
            after = [stream.message() for _ in range(20)]
            assert {said["gate"] for said in after if said} == {"spent"}
            place.show("table")
            stream.until(gate("searching"))
            place.show("front")
            stream.until(gate("fire"))

    def test_leads_on_when_the_visit_went_on(
        self, place: Stand, address: str, browser: Browser
    ) -> None:
        place.show("front")
        with looking(address, browser, "front") as stream:
            stream.until(state("live"))
            browser.call("/capture/front/shoot")
            assert stream.last() == {"state": "leave", "next": "/capture/back"}

    def test_leads_to_the_start_when_nobody_is_signed_in_any_more(
        self, address: str, browser: Browser
    ) -> None:
        with looking(address, browser, "front") as stream:
            stream.until(state("live"))
            browser.call("/sign-out")
            assert stream.last() == {"state": "leave", "next": "/"}

    def test_is_no_touch(self, place: Stand, address: str, browser: Browser) -> None:
        desk = place.station.kiosk.desk
        before = desk._touched_ms  # nothing else tells how long nobody touched the screen
        with looking(address, browser, "front") as stream:
            for _ in range(10):
                stream.until(state("live"))
        assert desk._touched_ms == before

    def test_says_why_no_picture_comes_and_goes_on_when_the_camera_is_back(
        self, place: Stand, address: str, browser: Browser
    ) -> None:
        with looking(address, browser, "front") as stream:
            stream.until(state("live"))
            now = place.scenes / "now"
            now.rename(place.scenes / "away")
            said = stream.until(
                lambda said: said.get("hint", {}).get("code") in ("camera.gone", "camera.absent")
            )
            assert said["state"] == "waiting"
            assert said["hint"]["text"]
            (place.scenes / "away").rename(now)
            stream.until(state("live"))
        assert place.station.camera.restarts > 0

    def test_gives_way_to_a_newer_one(self, address: str, browser: Browser) -> None:
        with looking(address, browser, "front") as older:
            older.until(state("live"))
            with looking(address, browser, "front") as newer:
                newer.until(state("live"))
                assert older.last() == {"state": "replaced"}
                newer.until(state("live"))

    def test_ends_when_the_page_is_left(self, place: Stand, address: str, browser: Browser) -> None:
        seat = place.station.kiosk.seat
        with looking(address, browser, "front") as stream:
            stream.until(state("live"))
            assert seat.is_taken
        eventually(lambda: not seat.is_taken)

    def test_is_counted(self, place: Stand, address: str, browser: Browser) -> None:
        kiosk = place.station.kiosk
        with looking(address, browser, "front") as stream:
            for _ in range(5):
                stream.until(state("live"))
            assert 0 < kiosk.camera.rate() < 20


def test_the_back_is_told_from_the_front_that_still_lies_there(tmp_path: Path) -> None:
    with stand(tmp_path, automatic=True) as place, serving(place) as address:
        browser = place.browser()
        bring_to(place, browser, "front")
        place.show("front")
        with looking(address, browser, "front") as stream:
            stream.until(gate("fire"))
        browser.call("/capture/front/shoot", auto="1")
        with looking(address, browser, "back") as stream:
            said = stream.until(lambda said: said.get("hint", {}).get("code") == "side.other")
            assert said["gate"] == "spent"
            place.show("back")
            stream.until(gate("fire"))
            picture = cv2.imdecode(np.frombuffer(stream.picture, np.uint8), cv2.IMREAD_COLOR_RGB)
            assert picture is not None
            assert np.abs(picture[120, 140].astype(int) - BACK_COLOUR).max() < 12
