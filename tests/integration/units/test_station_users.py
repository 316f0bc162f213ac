"""Kiosk, delivery and health are different users: they share the spool, and not every key."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_centre import CODE, FakeCentre, serve
from tests.guards.tree import ROOT
from tests.integration.units.users import User, Users, why_not
from tests.stations import STATION, Centre
from wire.claim import Claim, build_claim

STATION_FILES = ROOT / "systemd" / "station"
SEAL = ROOT / "tests" / "integration" / "units" / "seal_some.py"

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


class Disk:
    """A station's folders as tmpfiles.d makes them, and a centre to deliver to."""

    def __init__(self, root: Path, url: str, fake: FakeCentre, ca_pem: str) -> None:
        self.fake = fake
        self.users = Users(STATION_FILES / "sysusers.d" / "acopio-station.conf")
        self.users.make_folders(STATION_FILES / "tmpfiles.d" / "acopio-station.conf", root)
        self.data = root / "var" / "lib" / "acopio-station"
        self.settings = root / "etc" / "acopio" / "station.toml"
        self.settings.write_text(
            f'[station]\ndata = "{self.data}"\n'
            "[queue]\nminimum_free_bytes = 0\nballast_bytes = 4096\n"
            "[server]\nconnect_timeout_s = 2\nbackoff_first_s = 0.1\npoll_s = 0.1\n"
        )
        claim = root / "claim.json"
        claim.write_bytes(build_claim(Claim(url, STATION, CODE, (fake.centre.key,), ca_pem)))
        claim.chmod(0o644)
        self.as_user("kiosk", "enrol", claim)

    def as_user(self, duty: str, command: str, *arguments: str | Path, status: int = 0) -> str:
        """Run `acopio-station` as the user of a duty."""
        code, said = self.users.run(
            self.user(duty), "-m", "device", command, "--config", self.settings, *arguments
        )
        assert code == status, said
        return said

    def user(self, duty: str) -> User:
        return self.users[f"acopio-{duty}"]

    def seal(self, count: int) -> None:
        code, said = self.users.run(self.user("kiosk"), SEAL, self.settings, str(count))
        assert code == 0, said

    def can(self, duty: str, act: str, path: Path) -> bool:
        """Tell whether the user of a duty may do something to a path."""
        code, _ = self.users.run(self.user(duty), "-c", act, path)
        return code == 0


READ = "import sys; open(sys.argv[1], 'rb').read()"
WRITE = "import sys; open(sys.argv[1], 'r+b').write(b'x')"
REPLACE = (
    "import os, sys; open(sys.argv[1] + '.x', 'w'); os.replace(sys.argv[1] + '.x', sys.argv[1])"
)
LIST = "import os, sys; os.listdir(sys.argv[1])"


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    # Not pytest's own folder: that one lets no other user in.
    umask = os.umask(0o022)  # settings are everybody's to read
    root = Path(tempfile.mkdtemp(prefix="acopio-users-"))
    root.chmod(0o755)
    fake = FakeCentre(Centre())
    try:
        with serve(fake, tls_folder=root / "tls") as url:
            yield Disk(root, url, fake, (root / "tls" / "ca.pem").read_text())
    finally:
        os.umask(umask)
        shutil.rmtree(root)


def test_what_the_kiosk_seals_the_delivery_brings_and_deletes(disk: Disk) -> None:
    disk.seal(2)
    assert "Entregados 2" in disk.as_user("deliver", "deliver", "--once")


def test_both_work_at_the_same_time(disk: Disk) -> None:
    # Database, log and index were last made by the delivery: the kiosk must go on with them.
    before = len(disk.fake.packets)
    delivery = disk.users.start(
        disk.user("deliver"), "-m", "device", "deliver", "--config", disk.settings
    )
    try:
        disk.seal(3)
        until_s = time.monotonic() + 20
        while len(disk.fake.packets) < before + 3 and time.monotonic() < until_s:
            time.sleep(0.05)
        assert len(disk.fake.packets) == before + 3
    finally:
        delivery.terminate()
        said, _ = delivery.communicate(timeout=20)
    assert delivery.returncode == 0, said


def test_keys_are_read_by_those_who_sign_and_changed_by_the_kiosk_alone(disk: Disk) -> None:
    keys = disk.data / "keys"
    signing = next(path for path in keys.glob("*.pem") if path.name != "centre-ca.pem")
    may_read = {
        duty: (disk.can(duty, READ, signing), disk.can(duty, READ, keys / "hint.key"))
        for duty in ("kiosk", "deliver", "health", "display")
    }
    assert may_read == {
        "kiosk": (True, True),
        "deliver": (True, False),  # it never needs to know which credentials were captured
        "health": (False, False),
        "display": (False, False),
    }
    for act in (WRITE, REPLACE):
        for path in (signing, keys / "centre-ca.pem"):
            assert not disk.can("deliver", act, path), (act, path)
            assert not disk.can("health", act, path), (act, path)


def test_the_browser_sees_nothing_of_the_station(disk: Disk) -> None:
    assert not disk.can("display", LIST, disk.data)
    assert not disk.can("display", READ, disk.data / "spool" / "spool.db")
