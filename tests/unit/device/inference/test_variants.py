from itertools import count
from pathlib import Path

import pytest

from device.inference.tflite import DEFAULT_MODELS, is_fast_with_int8, list_models
from device.inference.variants import Measured, best_threads, measure, read_choice, write_choice


def measured(name: str, *, float_ms: float, int8_ms: float, likeness: float = 0.99) -> Measured:
    exact, small = list_models(DEFAULT_MODELS)[name], list_models(DEFAULT_MODELS, int8=True)[name]
    return Measured(name, float_ms, int8_ms, likeness, (exact.sha256, small.sha256))


class TestMeasure:
    def test_finds_that_the_variants_of_each_network_answer_alike(self) -> None:
        found = measure(DEFAULT_MODELS)
        assert {"card_detector", "text_recogniser"} <= {one.name for one in found}
        assert "face_detector" not in {one.name for one in found}  # it has one variant only
        assert all(one.likeness > 0.9 and one.float_ms > 0 for one in found)

    def test_takes_one_thread_where_more_save_nothing(self) -> None:
        found = [measured("card_classifier", float_ms=2, int8_ms=1)]
        ticks = count(step=1_000_000)
        assert best_threads(DEFAULT_MODELS, found, most=4, now_ns=lambda: next(ticks)) == 1


class TestChoice:
    def test_takes_of_each_network_the_faster_variant(self, tmp_path: Path) -> None:
        found = [
            measured("card_detector", float_ms=2, int8_ms=9),
            measured("text_recogniser", float_ms=2, int8_ms=1),
        ]
        write_choice(tmp_path / "variants.toml", found, 2)
        choice = read_choice(tmp_path / "variants.toml", DEFAULT_MODELS)
        assert not choice.int8["card_detector"]
        assert choice.int8["text_recogniser"]
        assert choice.threads == 2

    def test_takes_no_fast_variant_that_answers_otherwise(self, tmp_path: Path) -> None:
        strange = measured("card_detector", float_ms=2, int8_ms=1, likeness=0.4)
        write_choice(tmp_path / "variants.toml", [strange], 1)
        assert not read_choice(tmp_path / "variants.toml", DEFAULT_MODELS).int8["card_detector"]

    def test_forgets_what_was_measured_of_other_files(self, tmp_path: Path) -> None:
        old = Measured("card_detector", 1, 9, 0.99, ("0" * 64, "1" * 64))
        write_choice(tmp_path / "variants.toml", [old], 1)
        choice = read_choice(tmp_path / "variants.toml", DEFAULT_MODELS)
        assert choice.int8["card_detector"] == is_fast_with_int8()

    @pytest.mark.parametrize("content", ["threads = 900", "card_detector = 1", "[", "\xff"])
    def test_reads_with_the_default_where_the_file_says_nothing_sensible(
        self, tmp_path: Path, content: str
    ) -> None:
        (tmp_path / "variants.toml").write_text(content, encoding="latin-1")
        choice = read_choice(tmp_path / "variants.toml", DEFAULT_MODELS)
        assert choice == read_choice(None, DEFAULT_MODELS)
