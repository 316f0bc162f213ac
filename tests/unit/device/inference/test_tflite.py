import hashlib
from pathlib import Path

import numpy as np
import pytest

from device.inference.base import ModelError
from device.inference.reader import load_reader
from device.inference.tflite import DEFAULT_MODELS, Network, list_models


def write_list(folder: Path, *, content: bytes = b"weights", sha256: str | None = None) -> Path:
    (folder / "net.tflite").write_bytes(content)
    listed = sha256 or hashlib.sha256(content).hexdigest()
    (folder / "models.toml").write_text(
        f'[net]\nfile = "net.tflite"\nsha256 = "{listed}"\n'
        "thresholds = { kernel = 0.4, kernel_int8 = 0.3 }\n"
        f'[net.int8]\nfile = "small.tflite"\nsha256 = "{listed}"\n'
    )
    return folder / "models.toml"


class TestListModels:
    def test_gives_each_model_with_its_thresholds(self, tmp_path: Path) -> None:
        found = list_models(write_list(tmp_path))["net"]
        assert found.path == tmp_path / "net.tflite"
        assert found.thresholds == {"kernel": 0.4}

    def test_gives_the_variant_of_eight_bits(self, tmp_path: Path) -> None:
        found = list_models(write_list(tmp_path), int8=True)["net"]
        assert found.path == tmp_path / "small.tflite"
        assert found.thresholds == {"kernel": 0.3}

    @pytest.mark.parametrize("text", ["[net]\nfile = 'x'", "net = 1", "[net", "\xff"])
    def test_refuses_a_list_that_is_none(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "models.toml").write_text(text, encoding="latin-1")
        with pytest.raises(ModelError):
            list_models(tmp_path / "models.toml")

    def test_refuses_a_list_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=r"models\.toml"):
            list_models(tmp_path / "models.toml")


class TestNetwork:
    def test_refuses_a_file_with_another_hash(self, tmp_path: Path) -> None:
        model = list_models(write_list(tmp_path, sha256="0" * 64))["net"]
        with pytest.raises(ModelError, match="SHA-256") as caught:
            Network(model)
        assert caught.value.code == "model"

    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        model = list_models(write_list(tmp_path))["net"]
        model.path.unlink()
        with pytest.raises(ModelError, match=r"net\.tflite"):
            Network(model)

    def test_refuses_a_listed_file_that_is_no_model(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="does not load"):
            Network(list_models(write_list(tmp_path, content=b"not a model"))["net"])


class TestLoadReader:
    def test_names_the_models_that_a_list_lacks(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="card_detector"):
            load_reader(write_list(tmp_path))

    @pytest.mark.parametrize("int8", [True, False])
    def test_sees_pixels_exactly_as_it_takes_their_values(self, int8: bool) -> None:
        network = Network(list_models(DEFAULT_MODELS, int8=int8)["text_recogniser"])
        _, height, width, _ = network.input_shape
        for columns in (width, width // 2):
            shape = (1, height, columns, 1)
            pixels = np.random.default_rng(5).integers(0, 256, shape).astype(np.uint8)
            values = pixels.astype(np.float32) / np.float32(127.5) - np.float32(1)
            (seen,), (taken,) = network.see(pixels), network.run(values)
            assert np.array_equal(seen, taken)
