"""The failures of a run as a picture, and samples of others read from a folder."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from bench.samples import code_table, content_of, images, read_samples
from bench.scoring import score
from bench.sheet import failure_of, write_sheet
from device.inference.base import Quad, TextBox
from device.inference.reader import CardReader, load_reader
from device.inference.reading import FieldReading, Reading
from device.inference.tflite import DEFAULT_MODELS
from domain.credential.fields import Model, Side, Source

CORNERS = [[40.0, 30.0], [280.0, 30.0], [280.0, 180.0], [40.0, 180.0]]
TRUTH: dict[str, Any] = {
    "frame": "00000_D_front.jpg",
    "difficulty": "easy",
    "found": True,
    "corners": CORNERS,
    "model": "D",
    "side": "front",
    "fields": {"nombres": "LUZ", "curp": "OOGL620320MQRCMZ94"},
    "mrz": [],
    "barcodes": [],
    "hidden": [],
    "card_size": [856.0, 540.0],
    "boxes": {"curp": [[100.0, 300.0, 400.0, 330.0]]},
}


@pytest.fixture(scope="module")
def card_reader() -> CardReader:
    return load_reader(DEFAULT_MODELS)


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    path = tmp_path / "00000_D_front.jpg"
    picture = np.full((220, 320, 3), 120, np.uint8)
    assert cv2.imwrite(str(path), picture)
    return path


def reading(**values: str) -> Reading:
    box = TextBox(400, 300, 600, 330)
    fields = {n: FieldReading(v, 0.9, Source.TEXT, box) for n, v in values.items()}
    return Reading(
        True, (), quad=Quad.of(CORNERS), side=Side.FRONT, model=Model.D, fields=fields
    )  # fmt: skip


class TestSheet:
    def test_a_frame_read_right_is_no_failure(self, frame: Path) -> None:
        read = reading(nombres="LUZ", curp="OOGL620320MQRCMZ94")
        assert failure_of(frame, TRUTH, read, score(TRUTH, read)) is None

    def test_a_wrong_value_is_told_with_what_is_printed(self, frame: Path) -> None:
        read = reading(nombres="LUS")
        failure = failure_of(frame, TRUTH, read, score(TRUTH, read))
        assert failure is not None
        told = " ".join(place.text for place in failure.places)
        assert "LUZ → LUS" in told
        assert "OOGL620320MQRCMZ94 → –" in told

    def test_a_false_find_is_shown_as_one(self, frame: Path) -> None:
        truth = {"frame": frame.name, "difficulty": "easy", "found": False}
        read = reading()
        failure = failure_of(frame, truth, read, score(truth, read))
        assert failure is not None
        assert "taken for a credential" in failure.title

    def test_the_worst_come_first_and_fit_on_one_picture(self, frame: Path, tmp_path: Path) -> None:
        failures = [
            failure
            for read in (reading(nombres="LUS"), reading(curp="X"), reading())
            for failure in [failure_of(frame, TRUTH, read, score(TRUTH, read))]
            if failure is not None
        ]
        sheet = tmp_path / "sheet.png"
        assert write_sheet(sheet, failures, most=2) == 2
        written = cv2.imread(str(sheet))
        assert written is not None
        assert written.shape[1] > 1200


class TestSamples:
    def test_a_text_file_beside_an_image_is_what_its_code_holds(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(b"")
        (tmp_path / "a.txt").write_bytes(b"5842116940980")
        (tmp_path / "b.jpg").write_bytes(b"")
        contents = {path.name: content_of(path) for path in images(tmp_path)}
        assert contents == {"a.png": b"5842116940980", "b.jpg": None}

    def test_an_image_that_cannot_be_read_is_left_out(
        self, tmp_path: Path, card_reader: CardReader
    ) -> None:
        (tmp_path / "a.png").write_bytes(b"no image")
        (tmp_path / "a.txt").write_bytes(b"5842116940980")
        (tmp_path / "b.jpg").write_bytes(b"no image")
        assert "no credential: 0" in read_samples(card_reader, tmp_path)

    def test_no_code_is_an_empty_table(self) -> None:
        assert code_table([]).startswith("| barcodes of")
