"""A release on trial that cannot judge itself is left; a kept one never is."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from tests.guards.tree import ROOT


@pytest.fixture(scope="module")
def unit() -> Any:
    path = ROOT / "systemd" / "station" / "return_from_trial.py"
    spec = importlib.util.spec_from_file_location("return_from_trial", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestIsTrial:
    @pytest.mark.parametrize("flag", [0, 1])
    def test_believes_the_firmware(self, unit: Any, tmp_path: Path, flag: int) -> None:
        (tmp_path / "tryboot").write_bytes(flag.to_bytes(4, "big"))
        assert unit.is_trial(tmp_path / "tryboot", tmp_path / "none") is bool(flag)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (json.dumps({"default": "a", "running": "b"}), True),
            (json.dumps({"default": "b", "running": "b"}), False),
            (json.dumps({"default": "a"}), False),
            ("[]", False),
            ("{", False),
        ],
    )
    def test_else_reads_the_selector(
        self, unit: Any, tmp_path: Path, text: str, expected: bool
    ) -> None:
        (tmp_path / "selector.json").write_text(text)
        assert unit.is_trial(tmp_path / "none", tmp_path / "selector.json") is expected

    def test_is_no_where_nothing_is_known(self, unit: Any, tmp_path: Path) -> None:
        assert not unit.is_trial(tmp_path / "none", tmp_path / "none")
