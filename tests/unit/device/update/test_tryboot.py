"""The Raspberry Pi's slots: what is read of the firmware, and what is written to autoboot.txt."""

import re
from pathlib import Path

import pytest

from device.update.base import UpdateError
from device.update.request import requests_in
from device.update.tryboot import TrybootSlots, autoboot_text


def slots(folder: Path, *, partition: int = 2, default: int = 2) -> TrybootSlots:
    """Invent a board that was started from a partition."""
    for name in ("chosen", "selector", "devices"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "chosen" / "partition").write_bytes(partition.to_bytes(4, "big"))
    (folder / "selector" / "autoboot.txt").write_bytes(autoboot_text(default, 5 - default))
    (folder / "devices" / "root-b").write_bytes(bytes(4096))
    return TrybootSlots(
        autoboot=folder / "selector",
        partitions=(2, 3),
        devices=folder / "devices",
        ask=requests_in(folder / "asked"),
        chosen=folder / "chosen",
    )


class TestTrybootSlots:
    def test_know_where_they_run_and_what_starts_by_default(self, tmp_path: Path) -> None:
        trial = slots(tmp_path, partition=3, default=2)
        assert (trial.running(), trial.default()) == ("b", "a")

    def test_ask_for_one_start_with_the_flag_of_the_firmware(self, tmp_path: Path) -> None:
        slots(tmp_path).try_once("b")
        assert [path.name for path in (tmp_path / "asked").iterdir()] == ["tryboot"]
        slots(tmp_path).restart()
        assert (tmp_path / "asked" / "reboot").exists()

    def test_do_not_try_the_default(self, tmp_path: Path) -> None:
        with pytest.raises(UpdateError):
            slots(tmp_path).try_once("a")

    def test_change_places_in_one_sector_of_one_file(self, tmp_path: Path) -> None:
        board = slots(tmp_path, partition=3, default=2)
        file = tmp_path / "selector" / "autoboot.txt"
        before = file.stat()
        board.mark_good("b")
        after = file.stat()
        # Same file, same length: nothing but its one sector was written.
        assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)
        assert board.default() == "b"
        board.mark_good("a")
        assert board.default() == "a"

    def test_have_partitions_named_by_part_and_slot(self, tmp_path: Path) -> None:
        board = slots(tmp_path)
        place = board.place("b", "root")
        assert (place.path.name, place.capacity_bytes) == ("root-b", 4096)
        for target in ("app", "boot"):  # no such part, and a disk that was not prepared
            with pytest.raises(UpdateError):
                board.place("b", target)

    @pytest.mark.parametrize("text", ["", "[tryboot]\nboot_partition=3\n", "[all]\n\n", "\xff"])
    def test_say_when_the_selector_is_not_one(self, tmp_path: Path, text: str) -> None:
        board = slots(tmp_path)
        (tmp_path / "selector" / "autoboot.txt").write_bytes(text.encode("latin-1"))
        with pytest.raises(UpdateError) as refused:
            board.default()
        assert refused.value.code == "update.selector"

    def test_say_when_the_board_is_none(self, tmp_path: Path) -> None:
        board = slots(tmp_path)
        (tmp_path / "chosen" / "partition").unlink()
        with pytest.raises(UpdateError) as refused:
            board.running()
        assert refused.value.code == "update.firmware"


class TestAutobootText:
    def test_is_what_the_vendor_documents(self) -> None:
        text = autoboot_text(2, 3).decode("ascii")
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        assert lines == [
            "[all]", "tryboot_a_b=1", "boot_partition=2", "[tryboot]", "boot_partition=3",
        ]  # fmt: skip
        assert len(text) <= 512
        assert max(map(len, text.splitlines())) <= 98

    def test_is_always_as_long(self) -> None:
        assert {len(autoboot_text(a, b)) for a, b in ((2, 3), (10, 11), (2, 63))} == {256}
        assert re.search(r"\n$", autoboot_text(2, 3).decode("ascii"))
