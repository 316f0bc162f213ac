"""How well a recogniser reads lines it has never seen: characters, whole lines, confidences."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from training.text_recogniser.alphabet import collapse, encode
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
    """Median processor time of one line on one thread, without scaling and decoding.

    Time of this process, not of the clock on the wall: a training next door must not count.
    """
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
        started = time.process_time()
        interpreter.set_tensor(details["index"], image)
        interpreter.invoke()
        times.append(time.process_time() - started)
    return float(np.median(times)) * 1000


def log_softmax(logits: NDArray[np.floating], temperature: float = 1.0) -> NDArray[np.float64]:
    """Logarithms of the class probabilities, over the last axis."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    result: NDArray[np.float64] = scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
    return result


def confidences(
    logits: Sequence[Logits], texts: Sequence[str], temperature: float = 1.0
) -> NDArray[np.float64]:
    """The probability of each text given its line, summed over all alignments, as CTC has it.

    Args:
        logits: Steps × classes of each line, the same shape for all.
        texts: A text for each line, usually the one that was read.
        temperature: Divides the logits; above 1 the net is taken to be too sure of itself.
    """
    if not len(logits):
        return np.zeros(0)
    scores = log_softmax(np.stack(logits), temperature)
    count, steps, classes = scores.shape
    labels = [encode(text) for text in texts]
    longest = max(len(label) for label in labels)
    # A state for every letter, and one of blank before, between and after them.
    states = np.full((count, 2 * longest + 1), classes - 1)
    for row, label in enumerate(labels):
        states[row, 1 : 2 * len(label) : 2] = label
    skips = np.full(states.shape, -np.inf)
    differs = states[:, 2:] != states[:, :-2]
    skips[:, 2:][differs & (states[:, 2:] != classes - 1)] = 0.0
    emitted = np.take_along_axis(scores, states[:, None, :].repeat(steps, axis=1), axis=2)
    reach = np.full(states.shape, -np.inf)
    reach[:, :2] = emitted[:, 0, :2]
    for step in range(1, steps):
        following = reach.copy()
        following[:, 1:] = np.logaddexp(following[:, 1:], reach[:, :-1])
        following[:, 2:] = np.logaddexp(following[:, 2:], reach[:, :-2] + skips[:, 2:])
        reach = following + emitted[:, step]
    rows, ends = np.arange(count), np.array([2 * len(label) for label in labels])
    last = np.where(ends > 0, reach[rows, np.maximum(ends - 1, 0)], -np.inf)
    given: NDArray[np.float64] = np.exp(np.logaddexp(reach[rows, ends], last))
    return given


def fit_temperature(logits: Sequence[Logits], texts: Sequence[str], right: Sequence[bool]) -> float:
    """The temperature at which confidences best predict whether a line is right.

    Minimises the mean negative log-likelihood over a grid: the function is smooth with a single
    valley, and a tenth is finer than the data can tell.
    """
    grid = np.arange(0.7, 2.51, 0.1)
    truth = np.array(right)

    def cost(temperature: float) -> float:
        given = confidences(logits, texts, temperature).clip(1e-4, 1 - 1e-4)
        return float(-np.where(truth, np.log(given), np.log(1 - given)).mean())

    return round(float(min(grid, key=cost)), 1)


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
