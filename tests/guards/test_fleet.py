"""What docs/fleet.md promises about the health of a station."""

import re

from tests.guards.tree import ROOT
from wire.gauges import Gauge


def test_every_gauge_is_described() -> None:
    page = (ROOT / "docs" / "fleet.md").read_text(encoding="utf-8")
    described = {
        name
        for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
        for name in re.findall(r"`([a-z0-9_]+)`", row)
    }
    assert {gauge.value for gauge in Gauge} - described == set()
