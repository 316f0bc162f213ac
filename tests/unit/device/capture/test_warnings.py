"""Warnings: before a visit, and before the person has left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.capture.warnings import (
    Captured,
    Caution,
    Condition,
    Severity,
    about_period,
    about_person,
    about_station,
)
from tests.stations import AUXILIAR, PROCESS, SOLICITUD, Centre
from wire.packet import ClockClass
from wire.policy import Auxiliar, Scope

GOOD = Condition(now_ms=1_000, clock=ClockClass.ANCHORED, room=5_000, silent_s=60)
OPENS = replace(Centre().policy().processes[0], starts_ms=1_000, ends_ms=2_000)
SCOPE = Scope("9-5-0", 9, ((10, 19), (30, 30)))


def codes(found: tuple[Caution, ...]) -> list[str]:
    return [one.code for one in found]


class TestTheStation:
    def test_that_is_well_has_nothing_to_say(self) -> None:
        assert about_station(GOOD) == ()

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            (replace(GOOD, clock=ClockClass.UNKNOWN), Caution("clock.unsure")),
            (replace(GOOD, clock=ClockClass.UNVERIFIED), Caution("clock.unsure")),
            (replace(GOOD, room=40), Caution("disk.room", number=40)),
            (replace(GOOD, room=-3), Caution("disk.room", number=0)),
            (replace(GOOD, oldest_waiting_s=30 * 3600), Caution("queue.old", number=30)),
            (replace(GOOD, silent_s=4 * 86_400), Caution("centre.silent", number=4)),
            (replace(GOOD, is_undervoltage=True), Caution("supply.weak")),
            (replace(GOOD, temperature_mc=81_900), Caution("station.hot", number=81)),
        ],
    )
    def test_says_one_thing_for_each_trouble(self, condition: Condition, expected: Caution) -> None:
        assert about_station(condition) == (expected,)


class TestThePeriod:
    @pytest.mark.parametrize(
        ("now_ms", "expected"),
        [(999, ["capture.not_begun"]), (1_000, []), (2_000, []), (2_001, ["capture.over"])],
    )
    def test_is_kept_by_a_clock_that_is_sure(self, now_ms: int, expected: list[str]) -> None:
        found = about_period(replace(GOOD, now_ms=now_ms), OPENS)
        assert codes(found) == expected
        assert all(one.severity is Severity.STOP for one in found)

    @given(st.integers(0, 5_000), st.sampled_from([ClockClass.UNKNOWN, ClockClass.UNVERIFIED]))
    def test_never_stops_anybody_by_a_clock_that_is_not(
        self, now_ms: int, clock: ClockClass
    ) -> None:
        found = about_period(replace(GOOD, now_ms=now_ms, clock=clock), OPENS)
        assert all(one.severity is Severity.WARN for one in found)

    def test_without_an_end_is_open(self) -> None:
        assert about_period(replace(GOOD, now_ms=10**15), replace(OPENS, ends_ms=0)) == ()

    def test_of_the_aspirante_goes_first(self) -> None:
        auxiliar = Auxiliar(AUXILIAR, SOLICITUD, PROCESS, "Alguien", ends_ms=9_000)
        assert about_period(replace(GOOD, now_ms=5_000), OPENS, auxiliar) == ()


class TestThePerson:
    @pytest.mark.parametrize("captured", list(Captured))
    def test_who_was_here_before_is_told_where_that_record_is(self, captured: Captured) -> None:
        found = about_person({}, captured=captured, scope=None)
        assert codes(found) == [f"warned.{captured.value}"]

    @pytest.mark.parametrize(
        ("values", "is_outside"),
        [
            ({}, False),
            ({"seccion": "0015"}, False),
            ({"seccion": "0030", "estado": "09"}, False),
            ({"seccion": "0020"}, True),
            ({"seccion": "0015", "estado": "20"}, True),
            ({"estado": "9"}, False),
            ({"seccion": "00I5"}, False),
            # Born in another entidad says nothing of where one is registered.
            ({"clave_elector": "EJPRLS90010120M000", "seccion": "0010"}, False),
        ],
    )
    def test_is_told_of_a_seccion_outside(self, values: dict[str, str], is_outside: bool) -> None:
        found = about_person(values, captured=None, scope=SCOPE)
        assert codes(found) == (["warned.outside_scope"] if is_outside else [])

    @given(st.dictionaries(st.sampled_from(["seccion", "estado", "curp"]), st.text(max_size=8)))
    def test_is_never_turned_away(self, values: dict[str, str]) -> None:
        found = about_person(values, captured=Captured.HERE, scope=SCOPE)
        assert all(one.severity is Severity.WARN for one in found)
        assert about_person(values, captured=None, scope=None) == ()
