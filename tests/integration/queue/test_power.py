"""The power test of an acceptance, with a process that is killed in the middle of its seals."""

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from device.config import CameraConfig, Config
from device.gate import TEST_CARD, GateError
from device.queue.assembly import open_spool
from device.readiness.power import PowerTestError, Survived, seal_until_cut, what_survived
from device.readiness.report import Acceptance, read_card
from tests.stations import EPOCH, Centre, enrol_directly, station_config

_CHILD = """
import sys
from pathlib import Path
from device.readiness.power import seal_until_cut
from tests.stations import station_config
config = station_config(Path(sys.argv[1]))
seal_until_cut(config, config.spool_folder / "acceptance", "boot-1", lambda number: None)
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = station_config(tmp_path)
    enrol_directly(made, Centre())
    return made


def kill_after(config: Config, lines: int) -> Path:
    """Let a process seal until so many were acknowledged, and kill it."""
    folder = config.spool_folder / "acceptance"
    ledger = folder / "power" / "said.txt"
    with subprocess.Popen([sys.executable, "-c", _CHILD, config.station.data]) as child:
        until = time.monotonic() + 60
        while not ledger.exists() or ledger.read_text().count("\n") <= lines:
            assert child.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        child.kill()
    return folder


def refusal(config: Config, folder: Path, boot: str) -> str:
    with pytest.raises(PowerTestError) as caught:
        what_survived(config, folder, boot)
    return caught.value.code


class TestACut:
    def test_loses_nothing_that_was_acknowledged(self, config: Config) -> None:
        folder = kill_after(config, 8)
        survived = what_survived(config, folder, "boot-2")
        assert isinstance(survived, Survived)
        assert survived.acknowledged >= 8

    def test_is_noticed_when_it_loses_something(self, config: Config) -> None:
        folder = kill_after(config, 8)
        with (folder / "power" / "said.txt").open("a") as ledger:
            ledger.write("ab" * 32 + "\n")
        assert refusal(config, folder, "boot-2") == "power.lost"

    def test_that_nobody_made_is_no_test(self, config: Config) -> None:
        assert refusal(config, config.spool_folder / "acceptance", "boot-1") == "power.no_cut"
        assert refusal(config, kill_after(config, 8), "boot-1") == "power.no_cut"

    def test_touches_nothing_of_the_real_queue(self, config: Config) -> None:
        with pytest.raises(PowerTestError) as caught:
            seal_until_cut(
                config, config.spool_folder / "acceptance", "b", lambda number: None, most=6
            )
        assert caught.value.code == "power.no_cut"
        spool = open_spool(config)
        assert sum(spool.counts().values()) == 0
        assert spool.head(EPOCH).seq == 0
        spool.close()


def test_the_steps_survive_on_the_disk(tmp_path: Path) -> None:
    assert Acceptance(tmp_path).next_card() == 1
    Acceptance(tmp_path).note("card_1", "ok")
    Acceptance(tmp_path).note("card_2", "gate.test_card")
    assert Acceptance(tmp_path).next_card() == 2
    for number in (2, 3):
        Acceptance(tmp_path).note(f"card_{number}", "ok")
    assert Acceptance(tmp_path).next_card() is None


def test_the_test_card_is_read_by_camera_and_reader_and_another_picture_is_not(
    config: Config, tmp_path: Path
) -> None:
    frames = tmp_path / "frames"
    frames.mkdir()
    replayed = replace(config, camera=CameraConfig(driver="replay", folder=str(frames)))
    shutil.copy(TEST_CARD, frames / "a.jpg")
    read_card(replayed)
    assert len(list(config.spool_folder.rglob("*.acp"))) == 0
    cv2.imwrite(str(frames / "a.jpg"), np.full((960, 1280, 3), 127, np.uint8))
    with pytest.raises(GateError) as caught:
        read_card(replayed)
    assert caught.value.code == "gate.test_card"
