"""From a bundle to a kept release: the other slot, one try, and the way back."""

import io
from pathlib import Path

import pytest

from device.update import selector
from device.update.base import UpdateError
from device.update.confirm import Verdict
from device.update.journal import NAME, Step
from tests.machines import FACTORY, Machine
from tests.releases import NOW_MS, write_release
from wire.errors import BundleError

LARGE = {"boot": b"b" * 3_000_000, "root": b"r" * 2_500_000}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine.from_factory(tmp_path / "machine")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_release(tmp_path / "bundle", LARGE, 1)


class TestARelease:
    def test_is_tried_once_and_kept_when_the_station_works_in_it(
        self, machine: Machine, bundle: Path
    ) -> None:
        machine.install(bundle)
        assert (machine.asked / "reboot").exists()
        assert machine.content("a") == FACTORY
        assert machine.restart() == "b"
        assert machine.content("b") == LARGE
        assert machine.confirm() is Verdict.KEPT
        assert machine.restart() == "b"
        assert machine.confirm() is Verdict.NOTHING
        assert machine.state.system["b"].number == 1
        assert machine.state.result is not None
        assert machine.state.result.state == "kept"

    def test_returns_by_itself_when_nothing_of_it_runs(
        self, machine: Machine, bundle: Path
    ) -> None:
        machine.install(bundle)
        assert machine.restart() == "b"
        assert machine.restart() == "a"  # it hung, and the watchdog cut it
        assert machine.confirm() is Verdict.AGAIN  # once it may have been the power
        machine.install(bundle)
        assert machine.restart() == "b"
        assert machine.restart() == "a"
        assert machine.confirm() is Verdict.RETURNED
        assert machine.state.result is not None
        assert machine.state.result.code == "update.no_start"
        assert machine.content("a") == FACTORY

    def test_returns_when_the_gate_says_no_and_is_not_tried_again_but_by_a_person(
        self, machine: Machine, bundle: Path
    ) -> None:
        machine.install(bundle)
        machine.restart()
        assert machine.confirm(lambda _: "gate.camera") is Verdict.RETURNING
        assert (machine.asked / "reboot").exists()
        assert machine.restart() == "a"
        assert machine.confirm() is Verdict.NOTHING
        assert machine.state.result is not None
        assert machine.state.result.code == "gate.camera"
        with pytest.raises(UpdateError) as refused:
            machine.install(bundle)
        assert refused.value.code == "update.failed_before"
        machine.install(bundle, again=True)
        assert machine.restart() == "b"
        assert machine.confirm() is Verdict.KEPT

    def test_asks_the_gate_for_a_hello_only_where_the_centre_answered_before(
        self, machine: Machine, bundle: Path
    ) -> None:
        asked: list[bool] = []
        machine.install(bundle, contact=False)
        machine.restart()

        def gate(needs_hello: bool) -> str:
            asked.append(needs_hello)
            return ""

        machine.confirm(gate)
        assert asked == [False]

    def test_goes_back_and_forth_between_the_slots_and_never_to_a_lower_number(
        self, machine: Machine, tmp_path: Path
    ) -> None:
        for number in (1, 2, 3):
            machine.install(write_release(tmp_path / "bundle", number=number))
            assert machine.restart() == "ba"[number % 2 == 0]
            assert machine.confirm() is Verdict.KEPT
        with pytest.raises(BundleError) as refused:
            machine.install(write_release(tmp_path / "bundle", number=2))
        assert refused.value.code == "bundle.older"

    def test_that_does_not_fit_is_refused_before_anything_is_written(
        self, tmp_path: Path, bundle: Path
    ) -> None:
        machine = Machine.from_factory(tmp_path / "small", room_bytes=1 << 20)
        with pytest.raises(BundleError) as refused:
            machine.install(bundle)
        assert refused.value.code == "bundle.space"
        assert machine.content("b") == FACTORY
        assert machine.state.pending is None

    def test_without_a_part_of_the_slot_is_refused(self, machine: Machine, tmp_path: Path) -> None:
        with pytest.raises(UpdateError) as refused:
            machine.install(write_release(tmp_path / "half", {"root": b"root"}))
        assert refused.value.code == "update.target"

    def test_that_is_damaged_at_its_end_leaves_the_slot_alone(
        self, machine: Machine, bundle: Path
    ) -> None:
        bundle.write_bytes(bundle.read_bytes()[:-1] + b"?")
        with pytest.raises(BundleError) as refused:
            machine.install(bundle)
        assert refused.value.code == "bundle.hash"
        assert machine.content("b") == FACTORY

    def test_that_changes_while_it_is_written_is_never_tried(
        self, machine: Machine, bundle: Path
    ) -> None:
        installer = machine.installer()
        whole = bundle.read_bytes()
        manifest, release = installer.examine(io.BytesIO(whole), now_ms=NOW_MS)
        with pytest.raises(BundleError):
            installer.fill(io.BytesIO(whole[:-1] + b"?"), manifest, release)
        with pytest.raises(UpdateError) as refused:
            installer.try_once(boot_id=machine.boot_id, had_contact=False)
        assert refused.value.code == "update.nothing"
        pending = machine.state.pending
        assert pending is not None
        assert pending.step is Step.FILLING
        assert "b" not in machine.state.system
        machine.install(bundle)  # the next run fills it anew
        assert machine.restart() == "b"

    def test_is_not_filled_over_one_that_is_being_tried(
        self, machine: Machine, bundle: Path, tmp_path: Path
    ) -> None:
        machine.install(bundle)
        machine.restart()
        with pytest.raises(UpdateError) as refused:
            machine.install(write_release(tmp_path / "next", number=2))
        assert refused.value.code == "update.trying"

    def test_memory_holds_one_piece_of_it(self, machine: Machine, tmp_path: Path) -> None:
        import tracemalloc

        parts = {"boot": bytes(12 << 20), "root": bytes(12 << 20)}
        path = write_release(tmp_path / "large", parts)
        del parts
        tracemalloc.start()
        machine.install(path)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 6 << 20


class TestTheJournal:
    def test_that_is_damaged_stops_the_update_and_nothing_else(
        self, machine: Machine, bundle: Path
    ) -> None:
        (machine.folder / NAME).write_text("{")
        with pytest.raises(UpdateError) as refused:
            machine.install(bundle)
        assert refused.value.code == "update.state"
        assert machine.restart() == "a"


class TestTheSelector:
    def test_that_is_missing_is_said(self, machine: Machine, bundle: Path) -> None:
        (machine.folder / "slots" / "selector.json").unlink()
        with pytest.raises(UpdateError) as refused:
            machine.install(bundle)
        assert refused.value.code == "update.selector"

    def test_forgets_a_try_before_it_begins(self, machine: Machine) -> None:
        machine.slots.try_once("b")
        assert machine.slots.default() == "a"
        assert machine.restart() == "b"
        # What is mounted at this start lies behind one link.
        assert (machine.folder / "slots" / selector.CURRENT).resolve().name == "b"
        assert machine.restart() == "a"
