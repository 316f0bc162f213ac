"""The scanner's driver and the scanner at the other end of a pseudo-terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.clock import SystemClock
from device.peripherals.base import Absent, Failed, Ready, ScanKind
from device.peripherals.scanner import (
    BADGE_PREFIX,
    MOST_BYTES,
    LineSplitter,
    SerialScanner,
    badge_name,
    read_scan,
)
from device.peripherals.serial_link import LinkSettings
from device.peripherals.simulated.scanner import SimulatedScanner
from domain.clock import Clock
from tests.unit.device.peripherals.bench import HandClock, eventually

CODES = st.lists(st.binary(min_size=1, max_size=40).map(lambda b: b.translate(None, b"\r\n"))
                 .filter(bool), max_size=6)  # fmt: skip


@dataclass
class Pair:
    scanner: SerialScanner
    twin: SimulatedScanner

    def raws(self) -> list[bytes]:
        return [scan.raw for scan in self.scanner.since(0)]


def pair(path: Path, clock: Clock | None = None, *, gap_ms: int = 0, end: bytes = b"\r") -> Pair:
    """Connect a driver to a scanner; no time goes by unless a clock says so."""
    twin = SimulatedScanner(path, end=end)
    scanner = SerialScanner(LinkSettings(str(path), 115_200), clock or HandClock(), gap_ms=gap_ms)
    eventually(lambda: isinstance(scanner.state, Ready))
    return Pair(scanner, twin)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Pair]:
    built = pair(tmp_path / "scanner")
    yield built
    built.scanner.close()
    built.twin.close()


class TestASplitLine:
    @given(CODES, st.sampled_from([b"\r", b"\n", b"\r\n"]), st.integers(1, 9))
    def test_is_whole_however_it_was_cut_on_its_way(
        self, codes: list[bytes], end: bytes, size: int
    ) -> None:
        stream = b"".join(code + end for code in codes)
        splitter = LineSplitter()
        found = []
        for start in range(0, len(stream), size):
            found += splitter.feed(stream[start : start + size])
        assert found == codes
        assert not splitter.has_begun

    @given(st.lists(st.binary(max_size=300), max_size=20))
    def test_never_grows_beyond_its_limit(self, chunks: list[bytes]) -> None:
        splitter = LineSplitter(most_bytes=64)
        for chunk in chunks:
            assert all(0 < len(code) <= 64 for code in splitter.feed(chunk))
            assert len(splitter._begun) <= 64

    def test_that_is_too_long_is_dropped_whole_and_the_next_one_is_read(self) -> None:
        splitter = LineSplitter(most_bytes=4)
        assert splitter.feed(b"12345678\r1234\r") == [b"1234"]
        assert splitter.garbage == 8


class TestAScan:
    def test_of_a_badge_names_an_auxiliar(self) -> None:
        scan = read_scan(1, f"{BADGE_PREFIX}A0001".encode())
        assert scan.kind is ScanKind.BADGE
        assert badge_name(scan.text) == "A0001"

    @pytest.mark.parametrize("raw", [b"ACOPIO-BADGE:", b"ACOPIO-BADGE:" + b"A" * 81, b"123456789",
                                     b"ACOPIO-BADGE:A\x07", b"xACOPIO-BADGE:A"])  # fmt: skip
    def test_of_anything_else_is_no_badge(self, raw: bytes) -> None:
        assert read_scan(1, raw).kind is ScanKind.FIELD

    @given(st.binary(min_size=1, max_size=64))
    def test_takes_any_bytes_and_shows_none_of_them(self, raw: bytes) -> None:
        scan = read_scan(1, raw)
        assert scan.raw == raw
        assert str(raw) not in repr(scan)


class TestTheScanner:
    def test_gives_several_codes_in_their_order_each_once(self, bench: Pair) -> None:
        codes = [b"one", b"two", "tres ñ".encode()]
        for code in codes:
            bench.twin.scan(code)
        eventually(lambda: len(bench.raws()) == 3)
        assert bench.raws() == codes
        assert [scan.number for scan in bench.scanner.since(1)] == [2, 3]

    def test_keeps_the_bytes_of_a_code_that_is_no_text(self, bench: Pair) -> None:
        raw = bytes(range(0x80, 0x100))
        bench.twin.scan(raw)
        eventually(bench.raws)
        (scan,) = bench.scanner.since(0)
        assert (scan.raw, scan.text) == (raw, None)

    def test_gives_nothing_of_a_code_that_was_cut_by_pulling_the_plug(self, bench: Pair) -> None:
        bench.twin.scan(b"before")
        eventually(bench.raws)
        bench.twin.terminal.send(b"ACOPIO-BADGE:A00")
        eventually(lambda: bench.scanner._splitter.has_begun)
        bench.twin.terminal.unplug()
        eventually(lambda: isinstance(bench.scanner.state, Absent))
        bench.twin.terminal.plug()
        eventually(lambda: isinstance(bench.scanner.state, Ready))
        bench.twin.scan(b"after")
        eventually(lambda: len(bench.raws()) == 2)
        assert bench.raws() == [b"before", b"after"]

    def test_survives_a_flood_and_stays_small(self, bench: Pair) -> None:
        bench.twin.terminal.send(bytes(range(0x20, 0x7F)) * 4000)
        bench.twin.scan(b"")
        bench.twin.scan(b"a code after the flood")
        eventually(lambda: bench.raws() == [b"a code after the flood"])
        state = bench.scanner.state
        assert isinstance(state, Ready)
        assert state.garbage > MOST_BYTES

    def test_keeps_only_the_latest_of_many(self, bench: Pair) -> None:
        for number in range(50):
            bench.twin.scan(b"%d" % number)
        eventually(lambda: bench.raws()[-1:] == [b"49"])
        assert len(bench.raws()) == 8

    def test_forgets_when_it_is_told(self, bench: Pair) -> None:
        bench.twin.scan(b"one")
        eventually(bench.raws)
        bench.scanner.forget()
        bench.twin.scan(b"two")
        eventually(bench.raws)
        assert [scan.number for scan in bench.scanner.since(0)] == [2]

    def test_drops_a_rest_that_never_ends_and_codes_that_nobody_took(self, tmp_path: Path) -> None:
        clock = HandClock()
        bench = pair(tmp_path / "scanner", clock)
        bench.twin.scan(b"nobody takes this")
        eventually(bench.raws)
        bench.twin.terminal.send(b"a rest")
        eventually(lambda: bench.scanner._splitter.has_begun)
        clock.go_on(30_001)
        eventually(lambda: not bench.scanner._splitter.has_begun)
        bench.twin.scan(b"next")
        eventually(lambda: bench.raws() == [b"next"])
        bench.scanner.close()
        bench.twin.close()

    def test_ends_a_code_at_a_pause_where_it_is_told_to(self, tmp_path: Path) -> None:
        bench = pair(tmp_path / "scanner", SystemClock(), gap_ms=100, end=b"")
        bench.twin.scan(b"without an end")
        eventually(lambda: bench.raws() == [b"without an end"])
        bench.scanner.close()
        bench.twin.close()


class TestTheLine:
    def test_that_was_never_plugged_in_is_absent_and_found_later(self, tmp_path: Path) -> None:
        path = tmp_path / "usb-Inventado_Lector_0001-if00"
        pattern = str(tmp_path / "usb-Inventado_Lector_*")
        scanner = SerialScanner(LinkSettings(pattern, 9600), SystemClock())
        assert scanner.state == Absent("scanner.absent")
        twin = SimulatedScanner(path)
        eventually(lambda: scanner.state == Ready(str(path)))
        scanner.close()
        twin.close()

    def test_that_is_no_serial_line_has_failed_and_says_so(self, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_text("not a line")
        scanner = SerialScanner(LinkSettings(str(path), 9600), SystemClock())
        eventually(lambda: isinstance(scanner.state, Failed))
        scanner.close()

    def test_that_another_program_holds_is_not_shared(self, tmp_path: Path) -> None:
        first = pair(tmp_path / "scanner")
        second = SerialScanner(LinkSettings(str(tmp_path / "scanner"), 9600), SystemClock())
        eventually(lambda: second.state == Failed("scanner.busy"))
        first.twin.scan(b"whole")
        eventually(lambda: first.raws() == [b"whole"])
        assert second.since(0) == []
        for part in (second, first.scanner, first.twin):
            part.close()
