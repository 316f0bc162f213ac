from pathlib import Path

import pytest

from device.__main__ import main
from device.inference.tflite import DEFAULT_MODELS
from device.inference.variants import read_choice


def test_measure_keeps_its_choice_where_the_station_looks_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "station.toml").write_text(f'[station]\ndata = "{tmp_path}/data"\n')
    assert main(["measure", "--config", str(tmp_path / "station.toml")]) == 0
    told = capsys.readouterr().out
    assert "text_recogniser" in told
    assert "Guardado en" in told
    assert read_choice(tmp_path / "data" / "variants.toml", DEFAULT_MODELS).threads is not None


def test_measure_says_what_to_do_about_a_wrong_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "station.toml").write_text("nonsense = 1\n")
    assert main(["measure", "--config", str(tmp_path / "station.toml")]) == 1
    assert "No se pudo" in capsys.readouterr().err
