"""Credentials that a process does not accept, on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from device.inference.base import Model
from device.queue.schema import State
from domain.credential.mrz import build_mrz, parse_mrz
from tests.kiosk_screen import LARGE, LOW, NARROW, open_screen
from tests.kiosks import ZONE, Stand, bring_to, stand
from wire.policy import Acceptance


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(
        tmp_path,
        models=("E", "F", "G"),
        attempts_before_fallback=2,
        acceptance=Acceptance(grounds={"none": "Regla 7 de este proceso."}),
    ) as built:
        yield built


def test_an_expired_credential_ends_with_reason_ground_and_advice(place: Stand) -> None:
    browser = place.browser()
    place.reader.vigencia = "2009-2019"
    place.reader.zone = build_mrz(replace(parse_mrz(ZONE), expires="191231"))
    bring_to(place, browser, "back")
    place.show("back")
    answer = browser.call("/capture/back/shoot")
    assert (answer["step"], answer["next"]) == ("refused", "/capture/refused")
    page = browser.text("/capture/refused")
    for said in ("Esta credencial ya venció", "LGIPE, artículo 385", "No se guardó nada"):
        assert said in page
    # Nothing but the auxiliar's session was sealed, and no picture can be asked for.
    assert place.station.spool.counts()[State.SEALED] == 1
    for name in ("front", "back"):
        assert browser.get(f"/capture/photo/{name}").status_code == 404
    assert browser.post("/capture/start").headers["Location"] == "/capture/consent"


def test_another_model_ends_when_a_second_picture_says_the_same(place: Stand) -> None:
    browser = place.browser()
    place.reader.model = Model.C
    bring_to(place, browser, "front")
    place.show("front")
    answer = browser.call("/capture/front/shoot")
    assert (answer["step"], answer["reasons"]) == ("front", ["model.not_accepted"])
    assert "Este proceso no acepta este modelo" in browser.text("/capture/front")
    assert browser.call("/capture/front/shoot")["step"] == "refused"
    assert "Este modelo de credencial no se acepta" in browser.text("/capture/refused")


def test_what_is_no_credential_ends_with_the_ground_that_the_process_words(place: Stand) -> None:
    browser = place.browser()
    place.reader.reasons = ("card.not_a_credential",)
    bring_to(place, browser, "front")
    place.show("front")
    browser.call("/capture/front/shoot")
    assert browser.call("/capture/front/shoot")["step"] == "refused"
    page = browser.text("/capture/refused")
    assert "no es una credencial para votar" in page
    assert "Regla 7 de este proceso." in page
    assert browser.post("/capture/clear").headers["Location"] == "/"


@pytest.mark.parametrize("size", [LARGE, LOW, NARROW], ids=lambda s: f"{s[0]}x{s[1]}")
def test_the_page_has_nothing_to_mind(
    place: Stand, browser: Chromium, size: tuple[int, int]
) -> None:
    with open_screen(place, browser, size) as screen:
        place.reader.model = Model.C
        bring_to(place, screen, "front")
        place.show("front")
        for _ in range(2):
            screen.call("/capture/front/shoot")
        screen.look_every_way("/capture/refused", "refused")
        screen.open("/capture/refused")
        screen.tap("Empezar de nuevo")
        assert screen.page.url.endswith("/capture/consent")
        assert screen.complaints == []
