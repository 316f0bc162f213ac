"""Evaluation frames repeat by seed and come with their truth."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from training import frames
from training.people import invent_person


class TestWriteFrames:
    def test_each_frame_has_its_line_of_truth(self, tmp_path: Path) -> None:
        arguments = ["--out", str(tmp_path), "--count", "2", "--negatives", "1", "--seed", "9"]
        assert frames.main([*arguments, "--size", "640x480"]) == 0
        lines = (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()
        truth = [json.loads(line) for line in lines]
        assert [line["found"] for line in truth] == [True, True, False]
        assert [line.get("side") for line in truth] == ["front", "back", None]
        assert truth[0]["citizen"] == truth[1]["citizen"]
        assert len(truth[0]["corners"]) == 4
        image = cv2.imread(str(tmp_path / truth[0]["frame"]))
        assert image is not None
        assert image.shape == (480, 640, 3)

    def test_a_frame_depends_on_seed_and_number_only(self) -> None:
        first, second = (
            frames.evaluation_frame(4, 7, difficulty="mixed", size=(480, 640)) for _ in range(2)
        )
        assert np.array_equal(first.image, second.image)
        assert first.truth("a") == second.truth("a")

    def test_missing_fonts_are_one_clear_message(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        from training import fonts

        monkeypatch.setattr(fonts, "FOLDERS", ())
        fonts.installed.cache_clear()
        fonts.faces.cache_clear()
        try:
            assert frames.main(["--out", str(tmp_path), "--count", "1", "--seed", "1"]) == 1
        finally:
            fonts.installed.cache_clear()
            fonts.faces.cache_clear()
        assert "fonts-ocr-b" in capsys.readouterr().err


class TestCitizenFrames:
    def test_a_visit_has_both_sides_of_one_card_a_face_and_a_signature(self) -> None:
        rng = np.random.default_rng(2)
        visit = frames.citizen_frames(invent_person(rng, model="new"), rng, size=(480, 640))
        assert (visit.front.card.side, visit.back.card.side) == ("front", "back")
        assert visit.front.card.style == visit.back.card.style
        assert visit.face.shape == (480, 640, 3)
        assert visit.signature.shape[2] == 3
        assert visit.signature.min() < 100
