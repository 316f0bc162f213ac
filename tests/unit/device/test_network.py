"""The way to a network, from the kernel's own tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.network import Reach, read_reach

ROUTES = """Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask
wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF
"""
DEFAULT = "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\n"
RADIOS = """Inter-| sta-|   Quality        |   Discarded packets
 face | tus | link level noise |  nwid  crypt   frag
 wlan0: 0000   54.  {level}.  -256        0      0      0
"""


@pytest.mark.parametrize(
    ("routes", "level", "expected"),
    [
        (None, None, Reach.ABSENT),
        (ROUTES, -40, Reach.ABSENT),
        (ROUTES + DEFAULT, None, Reach.PRESENT),
        (ROUTES + DEFAULT, -56, Reach.PRESENT),
        (ROUTES + DEFAULT, -86, Reach.WEAK),
    ],
)
def test_a_route_and_its_signal_say_what_to_expect(
    tmp_path: Path, routes: str | None, level: int | None, expected: Reach
) -> None:
    if routes is not None:
        (tmp_path / "route").write_text(routes)
    if level is not None:
        (tmp_path / "wireless").write_text(RADIOS.format(level=level))
    assert read_reach(tmp_path) is expected
