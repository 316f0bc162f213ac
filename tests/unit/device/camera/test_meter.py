"""How often a second something happened."""

from __future__ import annotations

import pytest

from device.camera.meter import WINDOW_MS, Meter


class TestMeter:
    def test_tells_the_rate_of_the_last_seconds(self) -> None:
        meter = Meter()
        for at_ms in range(0, 20_000, 100):
            meter.tick(at_ms)
        assert meter.per_second(20_000) == pytest.approx(10)

    def test_forgets_what_is_over(self) -> None:
        meter = Meter()
        for at_ms in range(0, 1000, 100):
            meter.tick(at_ms)
        assert meter.per_second(1000 + WINDOW_MS) == 0

    def test_is_nothing_before_the_second_time(self) -> None:
        meter = Meter()
        assert meter.per_second(0) == 0
        meter.tick(0)
        assert meter.per_second(0) == 0
