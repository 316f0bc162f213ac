"""The printer's driver and the printer at the other end of a pseudo-terminal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from device.peripherals import escpos
from device.peripherals.base import Absent, Failed, PrinterError, Ready
from device.peripherals.printer import Condition, Patience, SerialPrinter
from device.peripherals.printing import NotPrinted, PrintDesk, Printed, Printing
from device.peripherals.serial_link import LinkSettings
from device.peripherals.simulated.printer import SimulatedPrinter
from tests.unit.device.peripherals.bench import eventually
from tests.unit.device.peripherals.test_slips import CITIZEN, same

SLIP = CITIZEN.compose(same)
CONTENT = escpos.encode(SLIP, 32)


@dataclass
class Bench:
    printer: SerialPrinter
    twin: SimulatedPrinter

    def refuses(self) -> str:
        with pytest.raises(PrinterError) as refused:
            self.printer.print_slip(CONTENT)
        return refused.value.code


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    twin = SimulatedPrinter(tmp_path / "printer")
    printer = SerialPrinter(
        LinkSettings(str(tmp_path / "printer"), 38_400),
        Patience(answer_s=2, print_s=60, look_every_s=0.05),
    )
    eventually(lambda: isinstance(printer.state, Ready))
    yield Bench(printer, twin)
    printer.close()
    twin.close()


class TestACondition:
    @pytest.mark.parametrize(
        ("printer", "offline", "paper", "code"),
        [
            (0x12, 0x12, 0x12, ""),
            (0x12, 0x12, 0x1E, ""),  # near the end of the roll
            (0x1A, 0x32, 0x7E, "printer.paper_out"),
            (0x1A, 0x16, 0x12, "printer.cover_open"),
            (0x1A, 0x52, 0x12, "printer.failed"),
            (0x1A, 0x12, 0x12, "printer.failed"),
        ],
    )
    def test_is_read_from_the_bits(self, printer: int, offline: int, paper: int, code: str) -> None:
        assert Condition.of(printer, offline, paper).code == code


class TestASlip:
    def test_is_printed_with_its_words_and_cut(self, bench: Bench) -> None:
        bench.printer.print_slip(CONTENT)
        (strip,) = bench.twin.strips
        assert strip.is_cut
        for said in (CITIZEN.folio, "23456-ABCDE", CITIZEN.aspirante):
            assert said in strip.text
        assert bench.twin.unknown == 0

    def test_has_a_qr_code_that_a_telephone_reads(self, bench: Bench, tmp_path: Path) -> None:
        bench.printer.print_slip(CONTENT)
        path = tmp_path / "slip.png"
        bench.twin.strips[0].png(str(path))
        (code,) = zxingcpp.read_barcodes(Image.open(path))
        assert code.text == CITIZEN.page

    def test_that_runs_out_of_paper_midway_is_not_said_to_be_printed(self, bench: Bench) -> None:
        bench.twin.load(millimetres=25)
        assert bench.refuses() == "printer.paper_out"
        assert bench.twin.strips == []
        assert "Acopio" in bench.twin.unfinished.text

    def test_is_whole_when_it_is_printed_again_on_a_new_roll(self, bench: Bench) -> None:
        bench.twin.load(millimetres=25)
        bench.refuses()
        bench.twin.load()
        bench.printer.print_slip(CONTENT)
        last = bench.twin.strips[-1]
        assert last.text.endswith(SLIP_END)
        assert CITIZEN.folio in last.text

    def test_waits_for_a_closed_cover(self, bench: Bench) -> None:
        bench.twin.open_cover()
        assert bench.refuses() == "printer.cover_open"
        bench.twin.close_cover()
        bench.printer.print_slip(CONTENT)
        assert len(bench.twin.strips) == 1

    def test_on_a_printer_that_hangs_ends_with_a_code(self, bench: Bench) -> None:
        bench.twin.hang()
        assert bench.refuses() == "printer.silent"

    def test_on_a_printer_that_hangs_midway_ends_with_a_code(self, bench: Bench) -> None:
        bench.twin._letter = lambda _byte: bench.twin.hang()  # type: ignore[method-assign,assignment]  # hangs at the first letter
        assert bench.refuses() == "printer.silent"

    def test_is_not_known_to_be_printed_when_the_plug_is_pulled_midway(self, bench: Bench) -> None:
        pulled = threading.Event()

        def pull(_byte: int) -> None:
            if not pulled.is_set():
                pulled.set()
                bench.twin.terminal.unplug()

        bench.twin._letter = pull  # type: ignore[method-assign,assignment]  # pulled at the first letter
        assert bench.refuses() == "printer.absent"

    def test_needs_a_printer(self, tmp_path: Path) -> None:
        printer = SerialPrinter(LinkSettings(str(tmp_path / "none"), 9600))
        with pytest.raises(PrinterError) as refused:
            printer.print_slip(CONTENT)
        assert refused.value.code == "printer.absent"
        printer.close()


SLIP_END = SLIP.to_text(32).splitlines()[-1]


class TestThePrinter:
    def test_says_how_it_is_before_anybody_prints(self, bench: Bench) -> None:
        bench.twin.load(millimetres=100)
        eventually(lambda: getattr(bench.printer.state, "remarks", ()) == ("printer.paper_low",))
        bench.twin.load(millimetres=0)
        eventually(lambda: bench.printer.state == Failed("printer.paper_out"))
        bench.twin.load()
        bench.twin.open_cover()
        eventually(lambda: bench.printer.state == Failed("printer.cover_open"))
        bench.twin.close_cover()
        bench.twin.hang()
        eventually(lambda: bench.printer.state == Failed("printer.silent"))

    def test_comes_back_after_it_was_unplugged(self, bench: Bench) -> None:
        bench.twin.terminal.unplug()
        eventually(lambda: bench.printer.state == Absent("printer.absent"))
        bench.twin.terminal.plug()
        eventually(lambda: isinstance(bench.printer.state, Ready))
        bench.printer.print_slip(CONTENT)
        assert len(bench.twin.strips) == 1

    def test_counts_garbage_and_prints_all_the_same(self, bench: Bench) -> None:
        bench.twin.terminal.send(b"\xff\xfe\x80" * 30)
        eventually(lambda: getattr(bench.printer.state, "garbage", 0) == 90)
        bench.printer.print_slip(CONTENT)
        assert len(bench.twin.strips) == 1


class TestAnyBytes:
    @settings(max_examples=25, deadline=None)
    @given(st.binary(max_size=200))
    def test_from_the_line_are_an_answer_or_garbage(self, chunk: bytes) -> None:
        printer = SerialPrinter(LinkSettings("/dev/serial/by-id/usb-not-there-*", 9600))
        printer.received(chunk)
        assert 0 <= printer._garbage <= len(chunk)
        assert printer.state == Absent("printer.absent")
        printer.close()


class TestPrintingBesideTheWork:
    @pytest.fixture
    def desk(self, bench: Bench) -> Iterator[PrintDesk]:
        desk = PrintDesk(bench.printer, columns=32)
        yield desk
        desk.close()

    def test_ends_printed(self, desk: PrintDesk) -> None:
        assert desk.begin("one", SLIP) == Printing()
        eventually(lambda: desk.state("one") == Printed())
        assert desk.state("another") is None

    def test_says_the_code_and_may_be_begun_again(self, bench: Bench, desk: PrintDesk) -> None:
        bench.twin.load(millimetres=25)
        desk.begin("one", SLIP)
        eventually(lambda: desk.state("one") == NotPrinted("printer.paper_out"))
        bench.twin.load()
        desk.begin("one", SLIP)
        eventually(lambda: desk.state("one") == Printed())

    def test_of_one_slip_is_begun_once(self, bench: Bench, desk: PrintDesk) -> None:
        desk.begin("one", SLIP)
        desk.begin("one", SLIP)
        eventually(lambda: desk.state("one") == Printed())
        assert len(bench.twin.strips) == 1
