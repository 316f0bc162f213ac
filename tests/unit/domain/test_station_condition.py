"""How a station stands, seen from the centre."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.station_condition import Condition, Limits, Observed, judge

WELL = Observed(silent_s=60, is_worked_at=True, is_camera_running=True)
HOUR_S = 3600


class TestAStationThatIsHeard:
    def test_and_has_nothing_works(self) -> None:
        assert judge(WELL) == (Condition.WORKING,)

    @pytest.mark.parametrize(
        ("seen", "condition"),
        [
            (replace(WELL, is_forked=True), Condition.FORKED),
            (replace(WELL, is_rolled_back=True), Condition.ROLLED_BACK),
            (replace(WELL, held=1), Condition.HELD),
            (replace(WELL, is_undervoltage=True), Condition.SUPPLY),
            (replace(WELL, is_throttled=True), Condition.HOT),
            (replace(WELL, temperature_mc=80_000), Condition.HOT),
            (replace(WELL, disk_free_bytes=1000), Condition.DISK),
            (replace(WELL, disk_used_percent=95), Condition.DISK),
            (replace(WELL, disk_wear_percent=110), Condition.DISK),
            (replace(WELL, disk_pre_eol=2), Condition.DISK),
            (replace(WELL, disk_errors=1), Condition.DISK),
            (replace(WELL, is_camera_running=False), Condition.CAMERA),
            (replace(WELL, is_on_battery=True, battery_percent=20), Condition.BATTERY),
            (replace(WELL, is_clock_sure=False), Condition.CLOCK),
            (replace(WELL, clock_offset_ms=-90_000), Condition.CLOCK),
            (replace(WELL, waiting=3, oldest_waiting_s=5 * HOUR_S), Condition.WAITING),
            (replace(WELL, is_outdated=True), Condition.OUTDATED),
        ],
    )
    def test_has_one_trouble_by_its_name(self, seen: Observed, condition: Condition) -> None:
        assert judge(seen) == (condition,)
        assert condition.is_trouble

    @pytest.mark.parametrize(
        "seen",
        [
            replace(WELL, battery_percent=5),  # it is being charged
            replace(WELL, is_worked_at=False, is_camera_running=False),  # nobody needs pictures
            replace(WELL, waiting=0, oldest_waiting_s=5 * HOUR_S),
            replace(WELL, disk_pre_eol=1, disk_errors=0, disk_wear_percent=80),
        ],
    )
    def test_is_not_called_ill_for_nothing(self, seen: Observed) -> None:
        assert judge(seen) == (Condition.WORKING,)


class TestAStationThatIsNotHeard:
    def test_is_silent_when_somebody_worked_there(self) -> None:
        assert judge(replace(WELL, silent_s=HOUR_S)) == (Condition.SILENT,)

    def test_is_silent_when_it_still_had_something_to_deliver(self) -> None:
        seen = replace(WELL, silent_s=HOUR_S, is_worked_at=False, waiting=1)
        assert judge(seen) == (Condition.SILENT,)

    def test_rests_when_it_was_left_with_nothing_to_do_but_not_for_ever(self) -> None:
        left = replace(WELL, silent_s=10 * HOUR_S, is_worked_at=False)
        assert judge(left) == (Condition.RESTING,)
        assert judge(replace(left, silent_s=73 * HOUR_S)) == (Condition.SILENT,)

    def test_is_not_called_hot_by_what_it_said_long_ago(self) -> None:
        seen = replace(WELL, silent_s=HOUR_S, temperature_mc=90_000, is_undervoltage=True)
        assert judge(seen) == (Condition.SILENT,)

    def test_is_new_until_it_is_heard(self) -> None:
        assert judge(Observed(silent_s=None)) == (Condition.NEW,)


class TestAStationThatIsGone:
    def test_is_never_in_trouble(self) -> None:
        assert judge(replace(WELL, is_revoked=True, is_forked=True)) == (Condition.REVOKED,)
        assert judge(replace(WELL, is_retired=True, silent_s=10**7)) == (Condition.RETIRED,)


class TestSeveralTroubles:
    def test_come_in_the_order_of_their_urgency(self) -> None:
        seen = replace(WELL, is_clock_sure=False, is_undervoltage=True, held=2)
        assert judge(seen) == (Condition.HELD, Condition.SUPPLY, Condition.CLOCK)

    @given(
        st.builds(
            Observed,
            silent_s=st.none() | st.integers(0, 10**6),
            waiting=st.integers(0, 5),
            held=st.integers(0, 2),
            is_worked_at=st.none() | st.booleans(),
            is_undervoltage=st.booleans(),
            is_revoked=st.booleans(),
        )
    )
    def test_always_say_one_word_at_least_and_trouble_before_none(self, seen: Observed) -> None:
        found = judge(seen, Limits())
        assert found
        assert list(found) == sorted(found, key=lambda condition: condition.rank)
        assert len(found) == 1 or all(condition.is_trouble for condition in found)
