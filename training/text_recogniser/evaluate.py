"""How well a recogniser reads lines it has never seen: characters, whole lines, confidences."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.text_recogniser.alphabet import collapse
from training.text_recogniser.crop import to_input
from training.text_recogniser.lines import Line

if TYPE_CHECKING:
    from training.text_recogniser.net import TextRecogniser

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of some lines."""

    lines: int
    cer: float
    """Edits to be made to the read text, per character of the true one."""
    exact: float
    """Share of the lines read without any error."""


def edit_distance(read: str, true: str) -> int:
    """Insertions, deletions and substitutions between two texts."""
    previous = list(range(len(true) + 1))
    for i, a in enumerate(read, 1):
        current = [i]
        for j, b in enumerate(true, 1):
            current.append(min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b)))
        previous = current
    return previous[-1]


def summary(lines: Sequence[Line], read: Sequence[str]) -> Report:
    """Character error rate and share of exact lines."""
    edits = sum(edit_distance(r, line.text) for r, line in zip(read, lines, strict=True))
    exact = sum(r == line.text for r, line in zip(read, lines, strict=True))
    characters = sum(len(line.text) for line in lines)
    return Report(len(lines), edits / max(1, characters), exact / max(1, len(lines)))


def by_kind(lines: Sequence[Line], read: Sequence[str]) -> dict[str, Report]:
    """A report for each kind of line, and one for all."""
    kinds = sorted({line.kind for line in lines})
    reports = {}
    for kind in kinds:
        pairs = [(line, r) for line, r in zip(lines, read, strict=True) if line.kind == kind]
        reports[kind] = summary([p[0] for p in pairs], [p[1] for p in pairs])
    reports["all"] = summary(lines, read)
    return reports


def read_lines(network: TextRecogniser, lines: Sequence[Line], batch: int = 64) -> list[str]:
    """Texts that a torch network reads, in float32 and evaluation mode."""
    return [collapse(path.argmax(1)) for path in network_logits(network, lines, batch)]


def network_logits(network: TextRecogniser, lines: Sequence[Line], batch: int = 64) -> list[Logits]:
    """Logits of a torch network, steps × classes for each line."""
    import torch

    was_training = network.training
    network.eval()
    where = next(network.parameters()).device
    found: list[Logits] = []
    with torch.no_grad():
        for first in range(0, len(lines), batch):
            images = to_input([line.pixels for line in lines[first : first + batch]])
            tensor = torch.from_numpy(images).permute(0, 3, 1, 2).to(where)
            found.extend(network(tensor).float().cpu().numpy())
    network.train(was_training)
    return found


def file_logits(path: Path, lines: Sequence[Line]) -> list[Logits]:
    """Logits of a `.tflite` file, dequantised, steps × classes for each line."""
    from training.export import run_file

    images = (to_input([line.pixels]) for line in lines)
    return [outputs[0][0] for outputs in run_file(path, images)]


def milliseconds_per_line(path: Path, lines: Sequence[Line]) -> float:
    """Median time of one line on one thread: scaling is not included, decoding is not either."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()[0]
    times = []
    for line in lines:
        image = to_input([line.pixels])
        if details["dtype"] != np.float32:
            scale, zero = details["quantization"]
            image = np.clip(np.round(image / scale) + zero, -128, 127).astype(details["dtype"])
        started = time.perf_counter()
        interpreter.set_tensor(details["index"], image)
        interpreter.invoke()
        times.append(time.perf_counter() - started)
    return float(np.median(times)) * 1000


def log_softmax(logits: Logits, temperature: float = 1.0) -> Logits:
    """Logarithms of the class probabilities at each step."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    result: Logits = (scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))).astype(np.float32)
    return result


def confidence(logits: Logits, temperature: float = 1.0) -> float:
    """Probability that the whole line was read rightly, as far as the net knows.

    The product, over the characters, of the highest probability among the steps of each: steps
    of blank between letters say little about the letters.
    """
    likelihoods = log_softmax(logits, temperature)
    path = likelihoods.argmax(axis=1)
    best = likelihoods.max(axis=1)
    blank = logits.shape[1] - 1
    total, previous, peak = 0.0, blank, 0.0
    for step, value in zip(path, best, strict=True):
        if step != previous:
            if previous != blank:
                total += peak
            peak = -np.inf
        peak = max(peak, float(value))
        previous = int(step)
    if previous != blank:
        total += peak
    return float(np.exp(total))


def fit_temperature(logits: Sequence[Logits], right: Sequence[bool]) -> float:
    """The temperature at which confidences best predict whether a line is right.

    Minimises the mean negative log-likelihood over a grid: the function is smooth with a single
    valley, and a tenth is finer than the data can tell.
    """
    grid = np.arange(0.5, 4.01, 0.1)

    def cost(temperature: float) -> float:
        given = np.array([confidence(values, temperature) for values in logits])
        given = given.clip(1e-6, 1 - 1e-6)
        truth = np.array(right)
        return float(-np.where(truth, np.log(given), np.log(1 - given)).mean())

    return float(min(grid, key=cost))


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: mean gap between confidence and exactness, over equal bins."""
    given, truth = np.array(confidences), np.array(right, np.float64)
    place = np.minimum((given * bins).astype(int), bins - 1)
    gaps = [
        abs(given[place == b].mean() - truth[place == b].mean()) * (place == b).sum()
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps) / max(1, len(given)))
