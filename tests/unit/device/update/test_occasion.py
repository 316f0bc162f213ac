"""When a station may be restarted."""

from dataclasses import replace
from typing import Any

import pytest

from device.update.occasion import Occasion, reason_to_wait

HOUR_MS = 3_600_000
QUIET = Occasion(
    is_visited=False, unsettled=0, battery_percent=None, deadlines_ms=(), now_ms=1_000 * HOUR_MS
)
ENDS_SOON = (1_010 * HOUR_MS,)


class TestReasonToWait:
    @pytest.mark.parametrize(
        ("changes", "is_critical", "reason"),
        [
            ({}, False, ""),
            ({"is_visited": True}, True, "wait.visit"),
            ({"unsettled": 1}, True, "wait.queue"),
            ({"battery_percent": 49}, True, "wait.power"),
            ({"battery_percent": 50}, False, ""),
            ({"deadlines_ms": ENDS_SOON}, False, "wait.blackout"),
            ({"deadlines_ms": ENDS_SOON}, True, ""),
            ({"deadlines_ms": (999 * HOUR_MS, 2_000 * HOUR_MS)}, False, ""),
        ],
    )
    def test_names_what_has_to_pass_first(
        self, changes: dict[str, Any], is_critical: bool, reason: str
    ) -> None:
        found = replace(QUIET, **changes)
        told = reason_to_wait(found, battery_percent=50, blackout_h=72, is_critical=is_critical)
        assert told == reason
