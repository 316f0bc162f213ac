"""What became of what was captured: one's own, with its reason, and nothing that was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from device.queue.enrolment import EnrolmentStore
from device.queue.overview import Which
from device.queue.spool import Row
from tests.integration.kiosk.test_doors import routes
from tests.kiosk_screen import LARGE, LOW, open_screen
from tests.kiosks import PASSWORD, Browser, Stand, bring_to, kiosk_policy, stand
from tests.stations import AUXILIAR
from wire.policy import sign_policy
from wire.receipt import Receipt, sign_receipt

OTHER = "A0002"
PRINTED = ("LUISA", "EJEMPLO", "EJPRLS90010109M000", "EEPL900101MDFJRS02", "123456789")


class Other(Browser):
    """The browser of another auxiliar."""

    def sign_in(self) -> dict[str, Any]:
        return self.call("/sign-in", auxiliar=OTHER, password=PASSWORD)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        policy = kiosk_policy(built.centre)
        first = policy.auxiliares[0]
        both = (first, replace(first, id=OTHER, alias="Otra Inventada"))
        token = sign_policy(replace(policy, auxiliares=both), built.centre.signer)
        EnrolmentStore(built.station.spool.database).set("policy", token)
        yield built


def seal(place: Stand, browser: Browser) -> Row:
    answer = bring_to(place, browser, "sealed")
    browser.call("/capture/clear")
    row = place.station.spool.find(answer["link"])
    assert row is not None
    return row


def deliver(place: Stand, row: Row, *, log_index: int) -> None:
    """Let the centre take a packet."""
    receipt = Receipt(
        row.link or "", "EST01", row.epoch, row.seq, row.size or 0, row.sha256 or "",
        received_ms=1_795_000_000_000, log_index=log_index, log_size=log_index + 1,
    )  # fmt: skip
    spool = place.station.spool
    spool.lease(row)
    token = sign_receipt(receipt, place.centre.signer)
    spool.store(row, token, received_ms=receipt.received_ms, stored_ms=receipt.received_ms)


def test_two_auxiliares_never_see_each_others_apoyos(place: Stand) -> None:
    first, second = place.browser(), Other(place.station.app.test_client())
    mine = seal(place, first)
    held = seal(place, first)
    place.station.spool.lease(held)
    place.station.spool.hold(held, "packet.hash")
    theirs = seal(place, second)
    for which in Which:
        page = second.text(f"/queue?which={which}")
        assert str(mine.folio) not in page
        assert (mine.link or "")[:16] not in page
        assert str(held.folio) not in page
    assert str(theirs.folio) in second.text("/queue?which=pending")
    assert AUXILIAR not in second.text("/")
    # Figures of the station are everybody's.
    assert "Pendientes</dt><dd>2" in second.text("/queue")


def test_records_of_others_that_a_crash_left_are_not_named(tmp_path: Path) -> None:
    with stand(tmp_path) as place:
        kiosk = place.station.kiosk
        recovered = (f"S001-{AUXILIAR}-EST01-00000001", f"S001-{OTHER}-EST01-00000002")
        place.station.app.extensions["kiosk"] = replace(kiosk, recovered=recovered)
        browser = place.browser()
        browser.sign_in()
        page = browser.text("/")
        assert recovered[0] in page
        assert recovered[1] not in page


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("face.bad", "La foto en vivo no sirve"),
        ("card.blurred", "No se puede leer la credencial"),
        ("other", "Pida a la persona que regrese"),
        (None, "Pida a la persona que regrese"),
    ],
)
def test_what_is_to_be_taken_again_says_what_to_do(
    place: Stand, code: str | None, sentence: str
) -> None:
    browser = place.browser()
    row = seal(place, browser)
    deliver(place, row, log_index=7)
    place.station.spool.note_outcome(row, "recapture", code)
    page = browser.text("/queue")  # the list that asks for a hand comes first
    assert str(row.folio) in page
    assert sentence in page
    assert str(row.folio) not in browser.text("/queue?which=sent")


def test_what_the_authority_did_not_take_is_shown_with_its_code(place: Stand) -> None:
    browser = place.browser()
    row = seal(place, browser)
    place.station.spool.lease(row)
    place.station.spool.hold(row, "packet.hash")
    page = browser.text("/queue")
    assert "llame a la mesa de ayuda" in page
    assert "packet.hash" in page


def test_a_receipt_shows_its_time_its_link_and_its_place_in_the_log(place: Stand) -> None:
    browser = place.browser()
    row = seal(place, browser)
    deliver(place, row, log_index=41)
    page = browser.text("/queue?which=sent")
    for said in (str(row.folio), (row.link or "")[:16], "número 41 en la bitácora", "18/11/26"):
        assert said in page, said


def test_a_long_list_has_pages_of_twenty(place: Stand) -> None:
    browser = place.browser()
    for _ in range(21):
        seal(place, browser)
    first = browser.text("/queue?which=pending")
    assert first.count('<span class="folio">') == 20
    assert "Página 1 de 2" in first
    second = browser.text("/queue?which=pending&number=2")
    assert second.count('<span class="folio">') == 1
    assert "Página 2 de 2" in browser.text("/queue?which=pending&number=99")


def test_no_screen_opens_a_sealed_record_again(place: Stand) -> None:
    browser = place.browser()
    bring_to(place, browser, "sealed")
    for scene in ("done", "cleared"):
        for _, path in routes(place.station.app, "GET"):
            if path.startswith("/static"):
                continue
            answer = browser.get(path)
            assert not (answer.mimetype or "").startswith("image/"), (scene, path)
            content = answer.get_data()
            for word in PRINTED:
                assert word.encode() not in content, (scene, path, word)
        browser.call("/capture/clear")


@pytest.mark.parametrize("size", [LARGE, LOW])
def test_the_queue_on_the_screen_renews_itself(
    place: Stand, browser: Chromium, size: tuple[int, int]
) -> None:
    caller = place.browser()
    rows = [seal(place, caller) for _ in range(3)]
    deliver(place, rows[0], log_index=5)
    place.station.spool.note_outcome(rows[0], "recapture", "signature.bad")
    with open_screen(place, browser, size) as screen:
        screen.sign_in()
        screen.open("/queue")
        screen.look("queue-again")
        screen.open("/queue?which=pending")
        screen.look("queue-pending")
        deliver(place, rows[1], log_index=6)
        screen.page.get_by_text(str(rows[1].folio)).wait_for(state="detached")
        screen.open("/queue?which=sent")
        screen.look("queue-sent")
        assert screen.complaints == []
