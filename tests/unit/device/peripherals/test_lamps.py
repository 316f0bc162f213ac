"""The lamps' protocol, its driver, and the lamps at the other end of a pseudo-terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.peripherals.base import Absent, Failed, Light, Ready, Status
from device.peripherals.frames import FRAME_BYTES, START, Frame, FrameReader, crc, encode
from device.peripherals.lamp import COLOURS, SAFE_AFTER_MS, Pattern, SerialLamps
from device.peripherals.serial_link import LinkSettings
from device.peripherals.simulated.lamp import SAFE, SimulatedLamps
from tests.unit.device.peripherals.bench import HandClock, eventually

FRAMES = st.builds(Frame, st.integers(0, 255), st.integers(0, 255),
                   st.binary(min_size=6, max_size=6))  # fmt: skip
LIT = Light(200, 100, Status.READING)


class TestAFrame:
    def test_has_the_published_check_value_of_its_crc(self) -> None:
        assert crc(b"123456789") == 0x29B1

    def test_is_written_as_documented(self) -> None:
        content = encode(Frame(0x02, 7, bytes((200, 100, 0, 60, 255, 0))))
        assert content.hex(" ") == "a5 02 07 c8 64 00 3c ff 00 37 4f"

    @given(FRAMES)
    def test_is_read_as_it_was_written(self, frame: Frame) -> None:
        assert FrameReader().feed(encode(frame)) == [frame]

    @given(FRAMES, st.integers(0, FRAME_BYTES - 1), st.integers(1, 255))
    def test_with_any_single_wrong_byte_is_noticed(
        self, frame: Frame, place: int, change: int
    ) -> None:
        content = bytearray(encode(frame))
        content[place] ^= change
        assert FrameReader().feed(bytes(content)) == []

    @given(st.lists(FRAMES, max_size=4), st.integers(1, 13))
    def test_is_whole_however_it_was_cut_on_its_way(self, frames: list[Frame], size: int) -> None:
        stream, reader, found = b"".join(map(encode, frames)), FrameReader(), []
        for start in range(0, len(stream), size):
            found += reader.feed(stream[start : start + size])
        assert found == frames
        assert reader.garbage == 0

    @given(st.binary(max_size=64).map(lambda b: b.replace(bytes((START,)), b"")), FRAMES)
    def test_is_found_behind_garbage_which_is_counted(self, garbage: bytes, frame: Frame) -> None:
        reader = FrameReader()
        assert reader.feed(garbage + encode(frame)) == [frame]
        assert reader.garbage == len(garbage)

    @given(st.lists(st.binary(max_size=200), max_size=10))
    def test_reader_keeps_less_than_one_frame(self, chunks: list[bytes]) -> None:
        reader = FrameReader()
        for chunk in chunks:
            reader.feed(chunk)
            assert len(reader._begun) < FRAME_BYTES


@dataclass
class Bench:
    lamps: SerialLamps
    twin: SimulatedLamps
    clock: HandClock

    def was_told_at(self, ms: int) -> bool:
        return self.twin._heard_ms == ms

    def shows(self, light: Light) -> bool:
        shown = self.twin.shown
        colour, pattern = COLOURS[light.status]
        return (shown.left, shown.right, shown.colour, shown.pattern) == (
            light.left,
            light.right,
            colour,
            pattern,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = HandClock()
    twin = SimulatedLamps(tmp_path / "lamps", clock)
    lamps = SerialLamps(LinkSettings(str(tmp_path / "lamps"), 115_200), clock)
    eventually(lambda: isinstance(lamps.state, Ready))
    yield Bench(lamps, twin, clock)
    lamps.close()
    twin.close()


class TestTheLamps:
    def test_show_what_they_are_told(self, bench: Bench) -> None:
        bench.lamps.show(LIT)
        eventually(lambda: bench.shows(LIT))

    @pytest.mark.parametrize("status", list(Status))
    def test_have_a_look_of_its_own_for_each_status(self, bench: Bench, status: Status) -> None:
        bench.lamps.show(Light(status=status))
        eventually(lambda: bench.shows(Light(status=status)))
        looks = set(COLOURS.values())
        assert len(looks) == len(Status)

    def test_return_to_what_the_visit_wants_after_a_test(self, bench: Bench) -> None:
        bench.lamps.show(LIT)
        bench.lamps.flash(Light(255, 255, Status.FAULT), seconds=3)
        eventually(lambda: bench.shows(Light(255, 255, Status.FAULT)))
        bench.clock.go_on(3_001)
        eventually(lambda: bench.shows(LIT))

    def test_put_themselves_out_when_the_station_dies(self, bench: Bench) -> None:
        bench.lamps.show(LIT)
        eventually(lambda: bench.shows(LIT))
        bench.lamps.close()
        bench.clock.go_on(SAFE_AFTER_MS + 1)
        assert bench.twin.shown == SAFE
        assert (SAFE.left, SAFE.right, SAFE.pattern) == (0, 0, Pattern.SLOW)

    def test_stay_lit_while_the_station_lives(self, bench: Bench) -> None:
        bench.lamps.show(LIT)
        eventually(lambda: bench.shows(LIT))
        for _ in range(5):
            bench.clock.go_on(1_000)
            now_ms = bench.clock.monotonic_ms()
            eventually(partial(bench.was_told_at, now_ms))
            assert bench.shows(LIT)

    def test_are_told_again_after_they_were_plugged_in_again(self, bench: Bench) -> None:
        bench.lamps.show(LIT)
        eventually(lambda: bench.shows(LIT))
        bench.twin.terminal.unplug()
        eventually(lambda: bench.lamps.state == Absent("lamps.absent"))
        bench.clock.go_on(SAFE_AFTER_MS + 1)
        bench.twin.terminal.plug()
        eventually(lambda: bench.shows(LIT))

    def test_that_answer_nothing_are_said_to_be_silent(self, bench: Bench) -> None:
        bench.twin.is_silent = True

        def is_said() -> bool:
            bench.clock.go_on(100)
            return bench.lamps.state == Failed("lamps.silent")

        eventually(is_said)
        bench.twin.is_silent = False
        bench.clock.go_on(1_000)
        eventually(lambda: isinstance(bench.lamps.state, Ready))

    def test_count_garbage_and_go_on(self, bench: Bench) -> None:
        bench.twin.terminal.send(b"\x00garbage\xa5\xff" * 20)
        bench.lamps.show(LIT)
        eventually(lambda: bench.shows(LIT))
        eventually(lambda: getattr(bench.lamps.state, "garbage", 0) > 0)

    def test_of_another_protocol_are_refused(self, tmp_path: Path) -> None:
        clock = HandClock()
        twin = SimulatedLamps(tmp_path / "other", clock, protocol=2)
        lamps = SerialLamps(LinkSettings(str(tmp_path / "other"), 115_200), clock)
        eventually(lambda: lamps.state == Failed("lamps.version"))
        lamps.close()
        twin.close()
