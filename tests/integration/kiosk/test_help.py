"""Help: there for everybody, with the contacts that the authority set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from device.queue.enrolment import EnrolmentStore
from tests.kiosk_screen import LARGE, LOW, open_screen
from tests.kiosks import Stand, kiosk_policy, stand
from wire.policy import sign_policy


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


def test_names_the_contacts_of_the_policy_and_says_what_to_tell_them(place: Stand) -> None:
    policy = kiosk_policy(place.centre)
    texts = {"help_phone": "800 000 0000", "help_mail": "ayuda@ejemplo.mx"}
    token = sign_policy(replace(policy, texts=texts), place.centre.signer)
    EnrolmentStore(place.station.spool.database).set("policy", token)
    page = place.browser().text("/help")
    for said in ("800 000 0000", "ayuda@ejemplo.mx", "EST01", "0.1.0-test"):
        assert said in page, said


def test_names_the_official_help_desk_where_the_policy_names_none(place: Stand) -> None:
    policy = replace(kiosk_policy(place.centre), texts={})
    token = sign_policy(policy, place.centre.signer)
    EnrolmentStore(place.station.spool.database).set("policy", token)
    assert "800 433 2000" in place.browser().text("/help")


@pytest.mark.parametrize("size", [LARGE, LOW])
def test_help_on_the_screen(place: Stand, browser: Chromium, size: tuple[int, int]) -> None:
    with open_screen(place, browser, size) as screen:
        screen.open()
        screen.page.get_by_role("link", name="Ayuda").click()
        screen.look("help")
        assert screen.page.get_by_role("heading", level=2).count() == 10
        assert screen.complaints == []
