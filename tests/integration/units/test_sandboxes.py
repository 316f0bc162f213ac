"""What no unit may do is refused inside each of them, by a real systemd."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.guards.test_units import SERVICES
from tests.guards.tree import ROOT

_NEEDS = ("unshare", "nsenter", "ip", "systemctl")
_CANNOT_START = 3


@pytest.mark.skipif(
    not all(map(shutil.which, _NEEDS)), reason="needs systemd, util-linux and iproute2"
)
def test_forbidden_acts_fail_inside_every_unit() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "systemd" / "proof" / "private_systemd.py"],
        check=False, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    if done.returncode == _CANNOT_START:
        pytest.skip(f"no systemd can be started here: {done.stderr.strip()}")
    report = json.loads(done.stdout)
    assert {unit["unit"]: unit["wrong"] for unit in report if unit["wrong"]} == {}
    assert done.returncode == 0
    assert {unit["unit"] for unit in report} == {path.stem for path in SERVICES}
    assert all(len(unit["acts"]) >= 30 for unit in report)
