"""What the auxiliar is told before a visit and while the person is there, with a real spool."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from device.clock import Anchor, SystemClock, read_boot_id, to_ms
from device.queue.enrolment import EnrolmentStore
from tests.kiosks import Browser, Stand, bring_to, kiosk_policy, stand
from wire.policy import Scope, sign_policy

DAY_MS = 86_400_000


def believe_the_clock(place: Stand, *, days_ago: int = 0) -> None:
    """Let the centre have signed the present, or some moment before."""
    clock = SystemClock()
    place_store(place).save_anchor(
        Anchor(
            "time-1",
            to_ms(clock.now()) - days_ago * DAY_MS,
            clock.monotonic_ms() - days_ago * DAY_MS,
            read_boot_id(),
        )
    )


def place_store(place: Stand) -> EnrolmentStore:
    return EnrolmentStore(place.station.spool.database)


def health(browser: Browser) -> list[str]:
    warnings: list[str] = browser.get("/health").get_json()["warnings"]
    return warnings


class TestBeforeAVisit:
    @pytest.mark.parametrize(
        ("starts_ms", "ends_ms", "code", "sentence"),
        [
            (4_000_000_000_000, 0, "capture.not_begun", "no ha comenzado"),
            (0, 1_000, "capture.over", "terminó"),
        ],
    )
    def test_out_of_the_period_nothing_begins(
        self, tmp_path: Path, starts_ms: int, ends_ms: int, code: str, sentence: str
    ) -> None:
        with stand(tmp_path, starts_ms=starts_ms, ends_ms=ends_ms) as place:
            believe_the_clock(place)
            browser = place.browser()
            browser.sign_in()
            assert sentence in browser.text("/")
            answer = browser.call("/capture/start")
            assert (answer["status"], answer["error"]["code"]) == (409, code)
            assert health(browser) == [code]

    def test_a_clock_that_is_not_sure_stops_nobody(self, tmp_path: Path) -> None:
        with stand(tmp_path, ends_ms=1_000) as place:
            browser = place.browser()
            browser.sign_in()
            assert health(browser) == ["period.unsure", "clock.unsure"]
            assert "no es segura" in browser.text("/")
            assert browser.call("/capture/start")["status"] == 200

    def test_a_station_that_heard_nothing_for_days_is_to_be_connected(self, tmp_path: Path) -> None:
        with stand(tmp_path) as place:
            believe_the_clock(place, days_ago=4)
            browser = place.browser()
            browser.sign_in()
            assert health(browser) == ["centre.silent"]
            assert "desde hace 4 días" in browser.text("/")

    def test_in_practice_nothing_is_warned_of(self, tmp_path: Path) -> None:
        with stand(tmp_path, ends_ms=1_000) as place:
            believe_the_clock(place)
            browser = place.browser()
            browser.call("/practice/begin")
            assert browser.call("/capture/start")["status"] == 200


class TestWhileThePersonIsThere:
    def test_the_same_credential_is_noticed_and_the_record_says_so(self, tmp_path: Path) -> None:
        with stand(tmp_path) as place:
            browser = place.browser()
            bring_to(place, browser, "sealed")
            browser.call("/capture/clear")
            bring_to(place, browser, "confirm")
            assert "ya se captó en esta estación" in browser.text("/capture/confirm")
            # Who looks at the station from outside learns nothing of the person.
            assert health(browser) == ["clock.unsure"]
            # It is told, and never refused.
            assert browser.call("/capture/confirm")["status"] == 200

    def test_a_seccion_outside_is_told_with_care(self, tmp_path: Path) -> None:
        with stand(tmp_path) as place:
            policy = kiosk_policy(place.centre)
            auxiliar = replace(policy.auxiliares[0], scope="9-5-0")
            newer = replace(
                policy,
                version=2,
                auxiliares=(auxiliar,),
                scopes=(Scope("9-5-0", 9, ((100, 200),)),),
            )
            place_store(place).save_policy(sign_policy(newer, place.centre.signer))
            browser = place.browser()
            bring_to(place, browser, "confirm")
            assert "el registro decide" in browser.text("/capture/confirm")
