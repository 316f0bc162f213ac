"""What a station's programs leave each other, and what the health command makes of it."""

import json
import os
import time
from pathlib import Path

import pytest

from device.__main__ import main
from device.health.notes import GAUGES, SCREENS, STALE_S, NoteBoard
from device.health.publisher import Publisher
from device.health.service import exposition, measure
from tests.stations import FakeClock
from tests.unit.device.health.trees import RASPBERRY_PI_4, plant


class TestANote:
    def test_is_found_by_another_program_until_it_is_old(self, tmp_path: Path) -> None:
        clock = FakeClock()
        NoteBoard(tmp_path, clock).write(SCREENS, {"signed_in": 1})
        other = NoteBoard(tmp_path, clock)
        assert other.fresh(SCREENS) == {"signed_in": 1}
        clock.advance(STALE_S + 1)
        assert other.fresh(SCREENS) == {}
        assert other.read(SCREENS) == ({"signed_in": 1}, STALE_S + 1)

    def test_stays_young_when_somebody_moves_the_wall_clock(self, tmp_path: Path) -> None:
        clock = FakeClock()
        NoteBoard(tmp_path, clock).write(SCREENS, {"signed_in": 1})
        clock.at = clock.at.replace(year=2031)
        assert NoteBoard(tmp_path, clock).fresh(SCREENS) == {"signed_in": 1}

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", '{"boot_id":"' + "0" * 32 + '","mono_ms":1,"gauges":{"a":1}}',
         '{"boot_id":"x","mono_ms":1,"gauges":{}}', '{"gauges":{"a":"1"}}', "9" * 100_000],
    )  # fmt: skip
    def test_that_is_damaged_or_of_another_boot_says_nothing(
        self, tmp_path: Path, text: str
    ) -> None:
        (tmp_path / GAUGES).write_text(text)
        assert NoteBoard(tmp_path, FakeClock()).fresh(GAUGES) == {}

    def test_is_for_our_group_and_no_link_leads_it_astray(self, tmp_path: Path) -> None:
        board = NoteBoard(tmp_path, FakeClock())
        prize = tmp_path / "prize"
        prize.write_text("untouched")
        (tmp_path / f".{GAUGES}.{os.getpid()}").symlink_to(prize)
        board.write(GAUGES, {"a": 1})
        assert prize.read_text() == "untouched"
        board.write(SCREENS, {"a": 1})
        assert (tmp_path / SCREENS).stat().st_mode & 0o777 & ~0o640 == 0

    def test_without_a_folder_harms_nobody_and_complains_once(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        board = NoteBoard(tmp_path / "none", FakeClock())
        board.write(GAUGES, {"a": 1})
        board.write(GAUGES, {"a": 2})
        assert [record.message.split()[0] for record in caplog.records] == ["health.not_noted"]


class TestThePublisher:
    def test_goes_on_after_a_failure_and_ends_when_told(self, tmp_path: Path) -> None:
        board = NoteBoard(tmp_path, FakeClock())
        failures = [RuntimeError("not now")]

        def gauges() -> dict[str, int]:
            if failures:
                raise failures.pop()
            return {"camera_running": 1}

        publisher = Publisher(board, gauges, every_s=0.01)
        publisher.start()
        until = time.monotonic() + 5
        while not board.fresh(SCREENS) and time.monotonic() < until:
            time.sleep(0.01)
        publisher.stop()
        assert board.fresh(SCREENS) == {"camera_running": 1}


class TestMeasuring:
    def test_adds_what_the_screens_said_and_since_when_they_are_silent(
        self, tmp_path: Path
    ) -> None:
        clock = FakeClock()
        board = NoteBoard(tmp_path, clock)
        board.write(SCREENS, {"camera_running": 1})
        clock.advance(20)
        found = measure(board, tmp_path, tmp_path)
        assert (found["camera_running"], found["kiosk_age_s"]) == (1, 20)
        clock.advance(STALE_S)
        found = measure(board, tmp_path, tmp_path)
        assert "camera_running" not in found
        assert found["kiosk_age_s"] == STALE_S + 20

    def test_is_written_as_prometheus_reads_it(self) -> None:
        assert exposition({"temperature_mc": 61_342, "camera_restarts": 2}) == (
            "# HELP acopio_station_camera_restarts_total See docs/fleet.md.\n"
            "# TYPE acopio_station_camera_restarts_total counter\n"
            "acopio_station_camera_restarts_total 2\n"
            "# HELP acopio_station_temperature_mc See docs/fleet.md.\n"
            "# TYPE acopio_station_temperature_mc gauge\n"
            "acopio_station_temperature_mc 61342\n"
        )


class TestTheCommand:
    def test_leaves_a_note_and_a_file_for_prometheus(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run = tmp_path / "run"
        run.mkdir()
        settings = tmp_path / "station.toml"
        settings.write_text(f'[station]\ndata = "{tmp_path}"\nrun = "{run}"\n')
        root = plant(tmp_path / "root", RASPBERRY_PI_4)
        assert main(["health", "--config", str(settings), "--root", str(root), "--show"]) == 0
        assert json.loads(capsys.readouterr().out)["temperature_mc"] == 61_342
        assert json.loads((run / GAUGES).read_text())["gauges"]["undervoltage"] == 1
        assert "acopio_station_undervoltage 1\n" in (run / "acopio.prom").read_text()

    def test_says_what_is_wrong_with_its_settings(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["health", "--config", str(tmp_path / "none.toml")]) == 1
        assert "config.unreadable" in capsys.readouterr().err
