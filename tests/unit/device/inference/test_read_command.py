import argparse
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from device.commands import read as command
from device.inference.reader import CardReader
from device.inference.scripted import (
    ScriptedClassifier,
    ScriptedDetector,
    ScriptedTextDetector,
    ScriptedTextRecogniser,
)
from tests.unit.device.inference.specimen import CLAVE, front


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    options = parser.parse_args(arguments)
    status: int = options.func(options)
    return status


@pytest.fixture
def scripted_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = front()
    reader = CardReader(
        ScriptedDetector(),
        ScriptedClassifier(),
        ScriptedTextDetector(texts),
        ScriptedTextRecogniser(texts),
    )
    monkeypatch.setattr(command, "load_reader", lambda *args, **options: reader)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.png", "a.png"):
        Pillow.fromarray(np.full((400, 640, 3), 180, np.uint8)).save(tmp_path / name)
    return tmp_path


@pytest.mark.usefixtures("scripted_reader")
class TestRead:
    def test_prints_one_object_per_image(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["read", str(folder / "a.png"), str(folder / "b.png"), "--jsonl"]) == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["frame"] for line in lines] == ["a.png", "b.png"]
        assert lines[0]["fields"]["clave_elector"] == CLAVE

    def test_reads_a_folder_by_name(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "notes.txt").write_text("no image")
        assert main(["read", str(folder), "--jsonl"]) == 0
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [line["frame"] for line in lines] == ["a.png", "b.png"]

    def test_goes_on_after_a_file_that_is_no_image(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "aa.png").write_bytes(b"not an image")
        assert main(["read", str(folder), "--jsonl"]) == 1
        printed = capsys.readouterr()
        lines = [json.loads(line) for line in printed.out.splitlines()]
        assert [line["frame"] for line in lines] == ["a.png", "aa.png", "b.png"]
        assert lines[1] == {"frame": "aa.png", "error": "image.unreadable"}
        (message,) = printed.err.splitlines()
        assert "no es una imagen" in message
        assert "image.unreadable" in message

    def test_prints_a_table_for_people(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["read", str(folder / "a.png")]) == 0
        assert CLAVE in capsys.readouterr().out


class TestModels:
    def test_says_in_one_message_that_the_models_do_not_load(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["read", str(folder / "a.png"), "--models", str(folder)]) == 1
        (message,) = capsys.readouterr().err.splitlines()
        assert "[model]" in message
