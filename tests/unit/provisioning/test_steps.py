import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device.config import parse_config, read_config
from provisioning.__main__ import main
from provisioning.steps.base import Site
from provisioning.steps.boards import boards
from provisioning.steps.errors import (
    BoardError,
    ProvisionError,
    RefusedError,
    SourceError,
    TreeError,
)
from provisioning.steps.order import STEPS, chosen
from provisioning.steps.record import RECORD, Record, read_record
from provisioning.steps.runner import apply, inspect
from provisioning.steps.s60_mounts import plan as mounts
from provisioning.steps.s65_firewall import central_rules, station_rules
from provisioning.steps.s70_usb import rules as usb_rules
from provisioning.steps.s86_watchdog import HARDWARE_LIMIT_S, RUNTIME_S
from provisioning.steps.tree import Tree
from tests.unit.provisioning.trees import make_tree, state, with_options
from wire.keys import SoftwareSigner

IS_ROOT = os.geteuid() == 0


@pytest.fixture(autouse=True)
def _without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def quiet(_: str) -> None:
    """Say nothing."""


class TestApplying:
    @pytest.mark.parametrize("board", list(boards()))
    def test_the_second_run_changes_nothing(self, tmp_path: Path, board: str) -> None:
        site = make_tree(tmp_path, board=board)
        first = apply(site, STEPS, quiet)
        after = state(tmp_path)
        second = apply(site, STEPS, quiet)
        assert first.changed > 30
        assert second.changed == 0
        assert second.unchanged == first.changed + first.unchanged
        assert state(tmp_path) == after
        assert inspect(site, STEPS, quiet).missing == 0

    def test_a_centre_is_made_too(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path, role="central")
        apply(site, STEPS, quiet)
        wanted = tmp_path / "etc/systemd/system/acopio-central.target.wants/acopio-web.service"
        assert wanted.readlink() == Path("/usr/lib/systemd/system/acopio-web.service")
        assert inspect(site, STEPS, quiet).missing == 0

    def test_a_dry_run_says_what_it_would_do_and_changes_nothing(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        before = state(tmp_path)
        said: list[str] = []
        summary = inspect(site, STEPS, said.append)
        assert state(tmp_path) == before
        assert not (tmp_path / RECORD.strip("/")).exists()
        assert summary.missing == sum(line.startswith(" · ") for line in said)
        assert apply(site, STEPS, quiet).changed == summary.missing

    @pytest.mark.skipif(not IS_ROOT, reason="only root gives files away")
    def test_each_folder_has_the_owner_and_mode_of_its_duty(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        apply(site, STEPS, quiet)
        names = {int(line.split(":")[2]): line.split(":")[0]
                 for line in (tmp_path / "etc/passwd").read_text().splitlines()}  # fmt: skip
        groups = {int(line.split(":")[2]): line.split(":")[0]
                  for line in (tmp_path / "etc/group").read_text().splitlines()}  # fmt: skip
        table = {}
        for inside in ("etc/acopio", "var/lib/acopio-station", "var/lib/acopio-station/spool",
                       "var/lib/acopio-station/keys", "var/lib/acopio-update",
                       "etc/acopio/station.toml", "etc/nftables.conf"):  # fmt: skip
            about = (tmp_path / inside).stat()
            table[inside] = (f"{about.st_mode & 0o7777:04o}", names[about.st_uid],
                             groups[about.st_gid])  # fmt: skip
        assert table == {
            "etc/acopio": ("0755", "root", "root"),
            "var/lib/acopio-station": ("2750", "acopio-kiosk", "acopio"),
            "var/lib/acopio-station/spool": ("2770", "acopio-kiosk", "acopio"),
            "var/lib/acopio-station/keys": ("2750", "acopio-kiosk", "acopio-keys"),
            "var/lib/acopio-update": ("2750", "acopio-update", "acopio"),
            "etc/acopio/station.toml": ("0644", "root", "root"),
            "etc/nftables.conf": ("0640", "root", "root"),
        }

    def test_what_somebody_changed_is_noticed_and_put_right(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        apply(site, STEPS, quiet)
        (tmp_path / "etc/nftables.conf").write_text("flush ruleset\n")
        (tmp_path / "var/lib/acopio-station/keys").chmod(0o777)
        said: list[str] = []
        assert inspect(site, STEPS, said.append).missing == 2
        assert any("/etc/nftables.conf" in line for line in said)
        assert apply(site, STEPS, quiet).changed == 2

    def test_settings_that_a_technician_wrote_are_left_alone(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        apply(site, STEPS, quiet)
        settings = tmp_path / "etc/acopio/station.toml"
        settings.write_text('[camera]\ndriver = "v4l2"\n')
        apply(site, STEPS, quiet)
        assert settings.read_text() == '[camera]\ndriver = "v4l2"\n'

    def test_the_first_settings_of_updates_are_ones_the_station_takes(self, tmp_path: Path) -> None:
        site = with_options(make_tree(tmp_path, board="pi5"), slots="tryboot")
        apply(site, STEPS, quiet)
        settings = read_config(tmp_path / "etc/acopio/station.toml").update
        assert (settings.slots, settings.compatible) == ("tryboot", "acopio-station-pi5-trixie")

    def test_it_never_writes_through_a_link_that_leads_out_of_the_tree(
        self, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        tree = tmp_path / "tree"
        tree.mkdir()
        site = make_tree(tree)
        shutil.rmtree(tree / "etc/systemd")
        (tree / "etc/systemd").symlink_to(f"{outside}")
        apply(site, STEPS, quiet)
        assert list(outside.iterdir()) == []
        assert (tree / str(outside).strip("/") / "system").is_dir()


class TestTrust:
    def test_card_and_release_keys_lie_where_the_station_looks(self, tmp_path: Path) -> None:
        config = parse_config("")
        card, keys = tmp_path / "card", tmp_path / "keys"
        card.write_text('{"server": "https://centro.example"}')
        keys.write_text(SoftwareSigner.generate().public_pem)
        tree = tmp_path / "tree"
        tree.mkdir()
        site = with_options(make_tree(tree), centre_card=card, release_keys=keys)
        apply(site, STEPS, quiet)
        assert (tree / config.station.centre.strip("/")).read_bytes() == card.read_bytes()
        assert (tree / config.update.keys.strip("/")).read_bytes() == keys.read_bytes()

    @pytest.mark.parametrize(
        ("option", "content"),
        [
            ("release_keys", SoftwareSigner.generate().to_pem()),
            ("release_keys", b"hello"),
            ("centre_card", b'{"code": "used once", "server": "https://centro.example"}'),
            ("centre_card", b"hello"),
        ],
    )
    def test_a_secret_or_another_file_is_not_put_there(
        self, tmp_path: Path, option: str, content: bytes
    ) -> None:
        wrong = tmp_path / "wrong"
        wrong.write_bytes(content)
        tree = tmp_path / "tree"
        tree.mkdir()
        with pytest.raises(SourceError, match=str(wrong)):
            apply(with_options(make_tree(tree), **{option: wrong}), chosen(["trust"]), quiet)


class _Cut(BaseException):
    """The process is gone."""


class TestBeingKilled:
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_at_every_write_the_next_run_ends_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
    ) -> None:
        steps = chosen(["directories", "units", "mounts", "firewall", "ssh", "bootloader"])
        writes = Counter(monkeypatch, when)
        whole = make_tree(tmp_path / "whole", board="pi5")
        writes.cut_at(None)
        apply(whole, steps, quiet)
        expected = state(tmp_path / "whole")
        total = writes.count
        assert total > 150
        for number in range(1, total + 1, 4 if when == "before" else 9):
            folder = tmp_path / "cut"
            shutil.rmtree(folder, ignore_errors=True)
            site = make_tree(folder, board="pi5")
            writes.cut_at(number)
            with pytest.raises(_Cut):
                apply(site, steps, quiet)
            writes.cut_at(None)
            apply(site, steps, quiet)
            assert apply(site, steps, quiet).changed == 0
            found = state(folder)
            leftovers = {name for name in found if name.endswith(".acopio-new")}
            assert leftovers == set()
            assert found == expected
            assert list(read_record(folder / RECORD.strip("/")))[-1]["event"] == "run.done"


class Counter:
    """Counts what changes a file system, and cuts the power at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
        self.count = 0
        self._at: int | None = None
        self._when = when
        monkeypatch.setattr(os, "fsync", self._counted(lambda _: None))
        for owner, name in ((os, "fchown"), (os, "fchmod"), (os, "chown"), (Path, "replace"),
                            (Path, "chmod"), (Path, "symlink_to"), (Path, "mkdir")):  # fmt: skip
            monkeypatch.setattr(owner, name, self._counted(getattr(owner, name)))

    def cut_at(self, number: int | None) -> None:
        """Cut at this one, counted from now; None: never."""
        self.count = 0
        self._at = number

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            is_now = self.count == self._at
            if is_now and self._when == "before":
                raise _Cut
            result = real(*arguments, **named)
            if is_now:
                raise _Cut
            return result

        return call


class TestRecord:
    def test_it_says_what_was_done_with_the_hash_before_and_after(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        apply(site, STEPS, quiet)
        lines = list(read_record(tmp_path / RECORD.strip("/")))
        assert lines[0]["event"] == "run.started"
        assert lines[-1]["event"] == "run.done"
        rules = next(line for line in lines if line.get("subject") == "/etc/fstab")
        assert rules["before"] != rules["after"]
        notes = [line["note"] for line in lines if line["event"] == "step.done" and line["note"]]
        assert notes == ["SSH no se puede abrir: no se dio --ssh-key"]
        skipped = {line["step"] for line in lines if line["event"] == "step.skipped"}
        assert skipped == {45, 90}

    def test_a_changed_line_is_noticed(self, tmp_path: Path) -> None:
        record = Record(Tree(tmp_path))
        for number in range(3):
            record.append("change.done", step=number)
        path = tmp_path / RECORD.strip("/")
        lines = path.read_text().splitlines()
        lines[1] = lines[1].replace('"step":1', '"step":9')
        path.write_text("\n".join(lines) + "\n")
        with pytest.raises(TreeError, match="renglón 3"):
            list(read_record(path))

    def test_a_line_that_a_power_cut_tore_is_dropped(self, tmp_path: Path) -> None:
        Record(Tree(tmp_path)).append("run.started")
        path = tmp_path / RECORD.strip("/")
        with path.open("a") as file:
            file.write('{"at":"2026-')
        Record(Tree(tmp_path)).append("run.done")
        assert [line["event"] for line in read_record(path)] == ["run.started", "run.done"]


class TestWhatIsRefused:
    def test_a_system_that_nobody_tried(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        (tmp_path / "usr/lib/os-release").write_text('ID=debian\nVERSION_ID="11"\n')
        with pytest.raises(TreeError, match="debian 11"):
            apply(site, STEPS, quiet)
        last = list(read_record(tmp_path / RECORD.strip("/")))[-1]
        assert (last["event"], last["step"]) == ("step.failed", 10)

    def test_no_software_without_a_wheelhouse(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        (tmp_path / "opt/acopio/acopio-wheelhouse.json").unlink()
        with pytest.raises(RefusedError, match="--wheelhouse"):
            apply(site, chosen(["software"]), quiet)

    def test_a_private_key_for_ssh(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path / "tree")
        key = tmp_path / "key.pem"
        key.write_text("-----BEGIN " + "PRIVATE KEY-----\n")
        with pytest.raises(ProvisionError, match="pública"):
            apply(with_options(site, ssh_key=key), chosen(["ssh"]), quiet)

    def test_a_step_that_is_not_there(self) -> None:
        with pytest.raises(BoardError, match="30 users"):
            chosen(["paint"])
        assert next(step.number for step in chosen(start="units")) == 55

    def test_a_person_reads_a_sentence_and_a_code(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status = main(["apply", "--root", str(tmp_path / "nowhere"), "--board", "pi5"])
        assert status == 1
        assert capsys.readouterr().err.endswith("no es una carpeta [provision.tree]\n")


class TestMounts:
    def _fstab(self, site: Site, text: str) -> str:
        path = site.tree.path("/etc/fstab")
        path.write_text(text)
        for change in mounts(site):
            if change.subject == "/etc/fstab":
                change.do(site.tree)
        return path.read_text()

    def test_order_is_asserted_and_swap_is_gone(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        text = self._fstab(
            site,
            "# a comment\nPARTUUID=1-2 / ext4 defaults,noatime,data=writeback 0 1\n"
            "PARTUUID=1-1 /boot/firmware vfat defaults 0 2\n/swapfile none swap sw 0 0\n",
        )
        lines = text.splitlines()
        assert lines[0] == "# a comment"
        assert "PARTUUID=1-2 / ext4 noatime,data=ordered 0 1" in lines
        assert "PARTUUID=1-1 /boot/firmware vfat defaults 0 2" in lines
        assert "swap" not in text
        stick = next(line.split() for line in lines if "/media/acopio" in line)
        assert {"noauto", "noexec", "nosuid", "nodev"} <= set(stick[3].split(","))

    def test_a_root_that_holds_the_records_is_never_an_overlay(self, tmp_path: Path) -> None:
        said: list[str] = []
        apply(make_tree(tmp_path, board="pi4"), STEPS, said.append)
        assert not (tmp_path / "etc/overlayroot.conf").exists()
        assert any("la raíz queda escribible" in line for line in said)

    def test_a_board_with_a_partition_for_its_data_gets_its_overlay(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path, board="pi4", data_device="/dev/mmcblk0p3")
        apply(site, STEPS, quiet)
        assert (tmp_path / "etc/overlayroot.conf").read_text() == 'overlayroot="tmpfs:recurse=0"\n'


class TestRules:
    def test_a_station_opens_connections_to_its_centre_alone(self, tmp_path: Path) -> None:
        site = with_options(make_tree(tmp_path), centre_addresses=("192.0.2.7", "2001:db8::/64"),
                            centre="centro.example", centre_port=8443)  # fmt: skip
        text = station_rules(site)
        output = text[text.index("chain output") :]
        opening = [line.strip() for line in output.splitlines() if "dport" in line]
        assert sum("tcp dport 8443" in line for line in opening) == 2
        assert all("skuid" in line or "sport" in line for line in opening)
        assert "policy drop" in output
        apply(site, STEPS, quiet)
        hosts = (tmp_path / "etc/hosts").read_text()
        assert "192.0.2.7 centro.example\n" in hosts
        assert (
            "IPAddressAllow=localhost 192.0.2.7 2001:db8::/64"
            in (tmp_path / "etc/systemd/system/acopio-deliver.service.d/centre.conf").read_text()
        )

    def test_nobody_opens_a_connection_to_a_station_but_by_a_token(self, tmp_path: Path) -> None:
        text = station_rules(make_tree(tmp_path))
        chain = text[text.index("chain input") : text.index("chain forward")]
        assert [line.strip() for line in chain.splitlines() if "tcp" in line] == [
            "tcp dport 22 ip saddr @ssh accept"
        ]

    @pytest.mark.skipif(not IS_ROOT or not shutil.which("nft"), reason="nft asks the kernel")
    def test_nft_understands_the_rules(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path)
        narrow = with_options(site, centre_addresses=("192.0.2.7", "2001:db8::7"))
        for text in (station_rules(site), station_rules(narrow), central_rules()):
            known = text
            for line in (tmp_path / "etc/passwd").read_text().splitlines():
                known = known.replace(f'"{line.split(":")[0]}"', line.split(":")[2])
            done = subprocess.run(
                ["nft", "-c", "-f", "-"],
                input=known.replace('"systemd-timesync"', "899"),
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, "")

    def test_a_wrong_address_is_named(self, tmp_path: Path) -> None:
        site = with_options(make_tree(tmp_path), centre_addresses=("centro",))
        with pytest.raises(BoardError, match="centro"):
            station_rules(site)

    def test_a_network_card_that_plays_a_stick_is_refused(self) -> None:
        refused = [
            line for line in usb_rules(usb_network=False).splitlines() if "authorized" in line
        ]
        assert len(refused) == 3
        assert 'bInterfaceClass}!="01|02|03|07|08|09|0a|0e|ef|ff"' in refused[-1]
        assert len([line for line in usb_rules(usb_network=True).splitlines()
                    if "authorized" in line]) == 1  # fmt: skip

    def test_systemd_feeds_the_watchdog_before_its_hardware_gives_up(self) -> None:
        assert RUNTIME_S < HARDWARE_LIMIT_S


class TestBoard:
    def test_nothing_irreversible_without_being_asked(self, tmp_path: Path) -> None:
        site = make_tree(tmp_path, board="pi5")
        apply(site, STEPS, quiet)
        told = (tmp_path / "boot/firmware/acopio.txt").read_text()
        assert "dtparam=watchdog=on" in told
        assert "lock_device_private_key" not in told
        assert "rtc_bbat_vchg" not in told  # a cell that is not rechargeable leaks
        config = (tmp_path / "boot/firmware/config.txt").read_text()
        assert config.startswith("[all]\narm_64bit=1\n")
        assert config.endswith("[all]\ninclude acopio.txt\n")
        recovery = (tmp_path / "usr/share/doc/acopio/rpiboot-config.txt").read_text()
        set_there = [line for line in recovery.splitlines() if not line.startswith("#")]
        assert set_there == ["uart_2ndstage=1"]

    def test_a_rechargeable_cell_is_charged_where_it_was_said(self, tmp_path: Path) -> None:
        site = with_options(make_tree(tmp_path, board="pi5"), rtc_rechargeable=True)
        apply(site, chosen(["bootloader"]), quiet)
        told = (tmp_path / "boot/firmware/acopio.txt").read_text()
        assert "dtparam=rtc_bbat_vchg=3000000" in told

    def test_a_screen_is_started_only_where_there_is_one(self, tmp_path: Path) -> None:
        apply(make_tree(tmp_path / "a", board="pi5"), STEPS, quiet)
        apply(make_tree(tmp_path / "b", board="generic"), STEPS, quiet)
        unit = "etc/systemd/system/acopio-display.service"
        wanted = "etc/systemd/system/acopio-station.target.wants/acopio-display.service"
        assert (tmp_path / "a" / wanted).is_symlink()
        assert (tmp_path / "b" / unit).readlink() == Path("/dev/null")


def test_the_record_is_json_that_anyone_reads(tmp_path: Path) -> None:
    apply(make_tree(tmp_path), STEPS, quiet)
    for line in (tmp_path / RECORD.strip("/")).read_text().splitlines():
        assert {"at", "event", "prev"} <= set(json.loads(line))
