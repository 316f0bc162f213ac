"""Which variant of each network this very board runs fastest: measured once, at installation.

Eight bits are several times faster than 32 on one machine and slower on another, and which it is
depends on the runtime and the processor. So both are timed, and eight bits are taken only where
they are faster and their answers go with those of 32.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from device.inference.base import Image, ModelError
from device.inference.tflite import ModelFile, Network, is_fast_with_int8, list_models

FILE_NAME = "variants.toml"
_LEAST_LIKENESS = 0.9
_RUNS, _WARM = 9, 2
_THREADS = (1, 2, 4)
_WORTH_A_THREAD = 0.8  # of the time: a thread more must save a fifth, the kiosk wants cores too


@dataclass(frozen=True, slots=True)
class Measured:
    """One network: milliseconds of a run by variant, and how alike the answers are (1: the same).

    `sha256` are those of both files: the choice ends with them.
    """

    name: str
    float_ms: float
    int8_ms: float
    likeness: float
    sha256: tuple[str, str]

    @property
    def int8(self) -> bool:
        """Are eight bits to be taken."""
        return self.int8_ms < self.float_ms and self.likeness >= _LEAST_LIKENESS


@dataclass(frozen=True, slots=True)
class Choice:
    """What a board was found to run best; nothing, where nothing was measured."""

    int8: Mapping[str, bool]
    threads: int | None = None


def measure(
    models_toml: Path, *, threads: int = 1, now_ns: Callable[[], int] = time.perf_counter_ns
) -> list[Measured]:
    """Time both variants of every network that has two.

    Raises:
        ModelError: A model is missing, has another hash or does not load.
    """
    exact, small = list_models(models_toml), list_models(models_toml, int8=True)
    names = [name for name in exact if exact[name].path != small[name].path]
    return [_measured(exact[n], small[n], threads=threads, now_ns=now_ns) for n in names]


def best_threads(
    models_toml: Path,
    found: Sequence[Measured],
    *,
    most: int,
    now_ns: Callable[[], int] = time.perf_counter_ns,
) -> int:
    """Return the number of threads beyond which more save no fifth of the time."""
    models = {
        m.name: list_models(models_toml, int8=m.int8)[m.name] for m in found
    }  # as they will be run
    chosen, best = 1, _total(models, 1, now_ns)
    for threads in _THREADS[1:]:
        if threads > most:
            break
        total = _total(models, threads, now_ns)
        if total > _WORTH_A_THREAD * best:
            break
        chosen, best = threads, total
    return chosen


def write_choice(path: Path, found: Sequence[Measured], threads: int) -> None:
    """Write what was measured, whole or not at all."""
    lines = [
        "# Written by `acopio-station measure`: the faster variant of each network on this board.",
        f"threads = {threads}",
    ]
    for one in found:
        lines += [
            f"\n[{one.name}]",
            f'variant = "{"int8" if one.int8 else "float"}"',
            f"float_ms = {one.float_ms:.3f}",
            f"int8_ms = {one.int8_ms:.3f}",
            f"likeness = {one.likeness:.4f}",
            f'sha256 = ["{one.sha256[0]}", "{one.sha256[1]}"]',
        ]
    fresh = path.with_suffix(".new")
    fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fresh.replace(path)


def read_choice(path: Path | None, models_toml: Path) -> Choice:
    """Return what a board's file chooses; without one, the runtime's default for every network.

    What was measured of other files than those that are listed now does not count, and a file
    that cannot be read counts for nothing: the station reads with the default then.
    """
    exact, small = list_models(models_toml), list_models(models_toml, int8=True)
    int8 = dict.fromkeys(exact, is_fast_with_int8())
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")) if path is not None else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        told = {}
    for name in exact:
        table = told.get(name)
        if not isinstance(table, dict):
            continue
        if table.get("sha256") == [exact[name].sha256, small[name].sha256]:
            int8[name] = table.get("variant") == "int8"
    threads = told.get("threads")
    sensible = isinstance(threads, int) and 1 <= threads <= max(_THREADS)
    return Choice(int8, threads if sensible else None)


def _measured(
    exact: ModelFile, small: ModelFile, *, threads: int, now_ns: Callable[[], int]
) -> Measured:
    networks = [Network(model, threads=threads) for model in (exact, small)]
    if networks[0].input_shape != networks[1].input_shape:
        raise ModelError(f"{exact.name}: the variants take pictures of different sizes")
    picture = _picture(networks[0].input_shape)
    answers = [np.concatenate([o.ravel() for o in n.see(picture)]) for n in networks]
    likeness = float(np.corrcoef(answers[0], answers[1])[0, 1])
    float_ms, int8_ms = (_run_ms(network, picture, now_ns) for network in networks)
    return Measured(
        exact.name,
        float_ms,
        int8_ms,
        likeness if np.isfinite(likeness) else 0.0,
        (exact.sha256, small.sha256),
    )


def _run_ms(network: Network, picture: Image, now_ns: Callable[[], int]) -> float:
    times = []
    for _ in range(_WARM + _RUNS):
        begun = now_ns()
        network.see(picture)
        times.append((now_ns() - begun) / 1e6)
    return median(times[_WARM:])


def _total(models: Mapping[str, ModelFile], threads: int, now_ns: Callable[[], int]) -> float:
    total = 0.0
    for model in models.values():
        network = Network(model, threads=threads)
        total += _run_ms(network, _picture(network.input_shape), now_ns)
    return total


def _picture(shape: tuple[int, ...]) -> Image:
    """Draw a card with lines of print on a table, as large as a network sees it."""
    _, height, width, channels = shape
    picture = np.full((height, width, 3), (120, 105, 90), np.uint8)
    inset_y, inset_x = height // 8, width // 10
    cv2.rectangle(
        picture, (inset_x, inset_y), (width - inset_x, height - inset_y), (225, 230, 215), -1
    )
    size = max(0.3, height / 260)
    for row in range(3):
        place = (inset_x + 4, round(height * (0.4 + 0.2 * row)))
        cv2.putText(picture, "IDMEX1234567<<", place, cv2.FONT_HERSHEY_SIMPLEX, size, (30, 30, 40))
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.6), np.uint8)
    return np.ascontiguousarray(soft[None, :, :, :channels])
