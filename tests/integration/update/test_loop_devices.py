"""Slots that are block devices: loop devices stand for the partitions of a disk."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.update.base import SLOTS, UpdateError
from device.update.confirm import Verdict
from tests.machines import FACTORY, Machine
from tests.releases import write_release
from wire.errors import BundleError

SIZE = 4 << 20
PARTS = {"boot": b"b" * 1_500_000, "root": b"r" * 3_000_000}


def attach(path: Path) -> str:
    """Make a file a block device."""
    os.truncate(path, SIZE)
    done = subprocess.run(
        ["losetup", "--find", "--show", str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no loop devices here: {done.stderr.strip()}")
    return done.stdout.strip()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A board whose slots are four block devices."""
    if os.geteuid() != 0:
        pytest.skip("only root makes loop devices")
    machine = Machine.from_factory(tmp_path / "machine")
    attached = []
    try:
        for slot in SLOTS:
            for target, content in FACTORY.items():
                disk = tmp_path / f"{target}-{slot}"
                disk.write_bytes(content)
                device = attach(disk)
                attached.append(device)
                machine.image(slot, target).unlink()
                machine.image(slot, target).symlink_to(device)
        yield machine
    finally:
        for device in attached:
            subprocess.run(["losetup", "--detach", device], check=False)


class TestABlockDevice:
    def test_takes_a_release_and_keeps_it(self, machine: Machine, tmp_path: Path) -> None:
        machine.install(write_release(tmp_path / "bundle", PARTS, 1))
        assert machine.restart() == "b"
        for target, content in PARTS.items():
            assert machine.image("b", target).read_bytes()[: len(content)] == content
            assert machine.image("a", target).read_bytes().startswith(FACTORY[target])
        assert machine.confirm() is Verdict.KEPT
        assert machine.restart() == "b"

    def test_is_not_written_beyond_its_end(self, machine: Machine, tmp_path: Path) -> None:
        with pytest.raises(BundleError) as refused:
            machine.install(write_release(tmp_path / "b", {**PARTS, "root": bytes(SIZE + 1)}, 1))
        assert refused.value.code == "bundle.space"
        machine.install(write_release(tmp_path / "b", {**PARTS, "root": bytes(SIZE)}, 1))

    def test_that_is_in_use_is_not_written(self, machine: Machine, tmp_path: Path) -> None:
        held = os.open(machine.image("b", "root"), os.O_RDONLY | os.O_EXCL)  # as a mount holds it
        try:
            with pytest.raises(UpdateError) as refused:
                machine.install(write_release(tmp_path / "bundle", PARTS, 1))
        finally:
            os.close(held)
        assert refused.value.code == "update.io"
        assert machine.image("b", "root").read_bytes().startswith(FACTORY["root"])
        assert machine.restart() == "a"
