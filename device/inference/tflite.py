"""Loads the networks: only the file that `models.toml` lists, byte for byte.

`ai-edge-litert` runs them; `tflite-runtime` does where a station needs it (Python 3.11, numpy 1).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from device.inference.base import Floats, Image, ModelError

DEFAULT_MODELS = Path(__file__).with_name("models.toml")
_INT8 = "_int8"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model as `models.toml` lists it; `thresholds` are the numbers its reader needs."""

    name: str
    path: Path
    sha256: str
    thresholds: Mapping[str, float]
    alphabet: str
    classes: Mapping[str, tuple[str, ...]]


def list_models(
    models_toml: Path, *, int8: bool | Mapping[str, bool] = False
) -> dict[str, ModelFile]:
    """Return the models of a list by name; `int8` takes that variant where there is one, of all or
    of those for which it is true.

    Raises:
        ModelError: The list is missing, is no TOML, or lacks a file or hash of a model.
    """
    try:
        tables = tomllib.loads(models_toml.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"cannot read the list of models {models_toml}: {error}") from error
    found = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise ModelError(f"{models_toml}: {name} is no table")
        wanted = int8 if isinstance(int8, bool) else int8.get(name, False)
        variant = table["int8"] if wanted and "int8" in table else table
        try:
            found[name] = ModelFile(
                name=name,
                path=_folder(models_toml, table) / str(variant["file"]),
                sha256=str(variant["sha256"]),
                thresholds=_thresholds(table.get("thresholds", {}), int8=variant is not table),
                alphabet=str(table.get("alphabet", "")),
                classes={k: tuple(v) for k, v in table.get("classes", {}).items()},
            )
        except (KeyError, TypeError) as error:
            raise ModelError(f"{models_toml}: [{name}] lacks {error}") from error
    return found


def _folder(models_toml: Path, table: Mapping[str, Any]) -> Path:
    """Return where the files of a model lie: beside the list, or in the package that it names.

    The package is not imported: only its files are wanted, and its code may need what is not here.
    """
    package = table.get("package")
    if package is None:
        return models_toml.parent
    spec = find_spec(str(package))
    places = spec.submodule_search_locations if spec is not None else None
    return Path(places[0]) if places else models_toml.parent / f"{package}-is-not-installed"


def is_fast_with_int8() -> bool:
    """Say whether the runtime is `ai-edge-litert`: `tflite-runtime` is slower with eight bits."""
    return find_spec("ai_edge_litert") is not None


def _thresholds(listed: Mapping[str, float], *, int8: bool) -> dict[str, float]:
    """Return the thresholds of a variant: one named `…_int8` replaces its namesake there."""
    chosen = {name: float(v) for name, v in listed.items() if not name.endswith(_INT8)}
    if int8:
        chosen |= {n.removesuffix(_INT8): float(v) for n, v in listed.items() if n.endswith(_INT8)}
    return chosen


class Network:
    """One loaded model: pixels or float32 in, float32 out, whatever its tensors hold."""

    def __init__(self, model: ModelFile, *, threads: int = 1) -> None:
        """Check the hash, then load.

        Raises:
            ModelError: The file is missing, its SHA-256 is not the listed one, or it is no model.
        """
        try:
            content = model.path.read_bytes()
        except OSError as error:
            raise ModelError(f"{model.name}: cannot read {model.path}: {error.strerror}") from error
        found = hashlib.sha256(content).hexdigest()
        if found != model.sha256:
            raise ModelError(
                f"{model.name}: {model.path} has SHA-256 {found}, but models.toml lists "
                f"{model.sha256}: install the file of this release again"
            )
        self._content, self._threads = content, threads
        try:
            first = _Runtime(content, threads, None)
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{model.name}: {model.path} does not load: {error}") from error
        self._runtimes = {first.shape: first}
        self.input_shape = first.shape

    def run(self, values: Floats) -> list[Floats]:
        """Return the outputs in the file's order for one input, N×H×W×C.

        An input of another width than the file's is run by a copy of the network of that width:
        a convolution over half a line costs half.
        """
        return self._runtime(values.shape).run(values)

    def see(self, pixels: Image) -> list[Floats]:
        """Return what `run` would of the pixels in -1…1, without ever writing them as floats."""
        return self._runtime(pixels.shape).see(pixels)

    def _runtime(self, shape: tuple[int, ...]) -> _Runtime:
        runtime = self._runtimes.get(shape)
        if runtime is None:
            runtime = self._runtimes[shape] = _Runtime(self._content, self._threads, shape)
        return runtime


class _Runtime:
    """One interpreter with its tensors allocated, for one shape of the input."""

    def __init__(self, content: bytes, threads: int, shape: tuple[int, ...] | None) -> None:
        self._interpreter = _open(content, threads)
        if shape is not None:
            (source,) = self._interpreter.get_input_details()
            self._interpreter.resize_tensor_input(source["index"], list(shape))
        self._interpreter.allocate_tensors()
        (self._input,) = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()
        self.shape = tuple(int(n) for n in self._input["shape"])
        levels = np.arange(256, dtype=np.float32) / np.float32(127.5) - np.float32(1)
        self._levels = _quantised(levels, self._input)

    def run(self, values: Floats) -> list[Floats]:
        self._interpreter.set_tensor(self._input["index"], _quantised(values, self._input))
        return self._answers()

    def see(self, pixels: Image) -> list[Floats]:
        # A view of the network's own memory, gone before it runs: it must not move meanwhile.
        entry = self._interpreter.tensor(self._input["index"])().reshape(pixels.shape[1], -1)
        cv2.LUT(pixels.reshape(entry.shape), self._levels, dst=entry)
        del entry
        return self._answers()

    def _answers(self) -> list[Floats]:
        self._interpreter.invoke()
        return [
            _real(self._interpreter.get_tensor(target["index"]), target) for target in self._outputs
        ]


def _open(content: bytes, threads: int) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        try:
            from tflite_runtime.interpreter import Interpreter
        except ImportError as error:
            raise ModelError("neither ai-edge-litert nor tflite-runtime is installed") from error
    return Interpreter(model_content=content, num_threads=threads)


def _quantised(values: Floats, details: Mapping[str, Any]) -> npt.NDArray[Any]:
    kind = details["dtype"]
    if kind == np.float32:
        return np.ascontiguousarray(values, np.float32)
    scale, zero = details["quantization"]
    limits = np.iinfo(kind)
    rounded = np.clip(np.rint(values / scale) + zero, limits.min, limits.max)
    return np.asarray(rounded, kind)


def _real(values: npt.NDArray[Any], details: Mapping[str, Any]) -> Floats:
    if details["dtype"] == np.float32:
        return values
    scale, zero = details["quantization"]
    real: Floats = (values.astype(np.float32) - np.float32(zero)) * np.float32(scale)
    return real
