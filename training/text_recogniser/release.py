"""From a checkpoint to the files that a station carries, with their measured figures."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from training.export import export_dynamic_int8, export_float
from training.model_card import MODEL_FOLDER, Card, TrainingRun, register_model
from training.text_recogniser.alphabet import ALPHABET, CLASSES, collapse
from training.text_recogniser.crop import HEIGHT, STEPS, WIDTH
from training.text_recogniser.evaluate import (
    Logits,
    by_kind,
    calibration_error,
    confidences,
    file_logits,
    fit_temperature,
    milliseconds_per_line,
)
from training.text_recogniser.lines import Line
from training.text_recogniser.net import TextRecogniser
from training.text_recogniser.train import load

NAME = "text_recogniser"
_SHAPE = (1, HEIGHT, WIDTH, 1)

_DATA = """\
Three parts, all invented. Synthetic lines (four in ten): the text of each kind of field, mixed
with words and sequences that do not exist so that no lexicon is learnt, in some ninety open
typefaces (the MRZ in OCR-B for 70 %), over security patterns, in frames, with neighbouring lines,
tight and generous margins, slant, defocus to a sixth of the capitals' height, shake to half of
it, noise, JPEG, glare and shadow, capitals from 8 to 30 pixels high; labels in small letters too.
Crops (two in ten): the printed segments of rendered credentials of models C to H and the new one,
seen at 560 to 1600 pixels of card width and up to 25° of tilt. Photographs (four in ten):
segments of cards that the simulated camera photographed, mostly on its hard level, rectified with
corners and cut with boxes that are a little off. No image and no value of a real person or
credential."""

_LIMITS = """\
Nothing here was measured on real credentials or on a Raspberry Pi.
Small letters are read as capitals, and there is no punctuation but the alphabet's.
The MRZ's OCR-B has one open design: the figures of MRZ lines are not of unseen typefaces.
A crop must hold the whole line. With a tenth of the capitals' height cut away reading is uncertain.
An accent needs about a quarter of the capitals' height above them.
O, 0 and Q, I and 1, N and Ñ are told apart by shape alone: a field's format and its check digits
are the reader's to use.
Lines of more than about 45 characters are squeezed into 384 columns and lose letters."""

_NOTES = """\
Sets: `synthetic` are invented lines in typefaces that no synthetic training line used (cards of the
pool may use Open Sans), made harder than most cards: a good part of their errors no eye would read.
`cards` are crops of rendered cards never trained on, `typefaces` of cards in typefaces that no
training card used; Quicksand, Hack, Noto Serif and TeX Gyre Heros did occur in synthetic lines.
`easy`, `medium`, `hard` are crops of the unseen cards photographed by `training.camera`; every
printed segment counts, readable or not, small print included.
Rendered labels, small print, and labels joined with their value count as `label`.
A line's confidence is the probability of its text, summed over all alignments as CTC does, after
dividing the logits by the temperature in `models.toml`.
The crop is scaled to 32 rows (area when shrinking, linear when growing), squeezed to 384 columns
if wider, else filled on the right with the median of its last column."""


def release(
    checkpoint: Path,
    held_out: Mapping[str, Sequence[Line]],
    *,
    command: str,
    today: date,
    folder: Path = MODEL_FOLDER,
) -> dict[str, Any]:
    """Export, measure and register a checkpoint; returns the metrics.

    Args:
        checkpoint: A file written by `train`.
        held_out: Sets of lines never trained on, by name. Temperatures are fitted on a
            thousand lines of all sets and judged on others.
        command: The command that trained the checkpoint.
        today: Date of the training run.
        folder: Where the `.tflite` files go.
    """
    network = TextRecogniser()
    outcome = load(checkpoint, network)
    network.eval()
    float_path, int8_path = folder / f"{NAME}.tflite", folder / f"{NAME}.int8.tflite"
    with tempfile.TemporaryDirectory() as temporary:
        # Weights of 16 bits halve the file at no loss; the quantiser wants those of 32.
        full = Path(temporary) / "full.tflite"
        export_float(network, _SHAPE, full)
        export_dynamic_int8(full, int8_path)
    worst = export_float(network, _SHAPE, float_path, half_weights=True)
    metrics: dict[str, Any] = {"largest difference of the float file from torch": round(worst, 5)}
    thresholds: dict[str, float] = {}
    for variant, path in (("float", float_path), ("int8", int8_path)):
        logits = {name: file_logits(path, lines) for name, lines in held_out.items()}
        figures, temperature = _figures(held_out, logits)
        metrics |= {f"{variant}, {name}": rows for name, rows in figures.items()}
        thresholds["temperature" if variant == "float" else "temperature_int8"] = temperature
        some = list(next(iter(held_out.values())))[:200]
        metrics[f"{variant}, milliseconds per line on one core"] = round(
            milliseconds_per_line(path, some), 3
        )
    register_model(
        NAME,
        float_path,
        int8_path,
        input_shape=_SHAPE,
        outputs={"logits": (1, STEPS, CLASSES)},
        run=TrainingRun(outcome.seed, command, today, outcome.minutes, outcome.samples),
        card=_card(metrics, network),
        thresholds=thresholds,
        alphabet=ALPHABET,
    )
    return metrics


def _figures(
    held_out: Mapping[str, Sequence[Line]], logits: Mapping[str, Sequence[Logits]]
) -> tuple[dict[str, Any], float]:
    """Tables by set and kind, and of the confidences; the temperature that fits these best."""
    figures: dict[str, Any] = {}
    seen: list[tuple[Logits, str, bool]] = []
    for name, lines in held_out.items():
        texts = [collapse(values.argmax(1)) for values in logits[name]]
        figures[name] = {
            kind: {"lines": r.lines, "CER %": 100 * r.cer, "exact %": 100 * r.exact}
            for kind, r in by_kind(lines, texts).items()
        }
        pairs = zip(logits[name], texts, lines, strict=True)
        seen += [(values, text, text == line.text) for values, text, line in pairs]
    # A thousand lines place a single number well enough.
    step = 2 * max(1, len(seen) // 2000)
    fitted, judged = seen[::step], seen[1::4]
    temperature = fit_temperature(*_columns(fitted))
    figures["confidence"] = _confidence_rows(judged, temperature)
    return figures, temperature


def _columns(
    seen: Sequence[tuple[Logits, str, bool]],
) -> tuple[list[Logits], list[str], list[bool]]:
    return [s[0] for s in seen], [s[1] for s in seen], [s[2] for s in seen]


def _confidence_rows(
    judged: Sequence[tuple[Logits, str, bool]], temperature: float
) -> dict[str, Any]:
    logits, texts, right = _columns(judged)
    given = confidences(logits, texts, temperature)
    truth = np.array(right)
    rows: dict[str, Any] = {
        "temperature": temperature,
        "expected calibration error": calibration_error(given.tolist(), right),
    }
    for least in (0.5, 0.8, 0.9, 0.95, 0.98):
        kept = given >= least
        wrong = float((~truth[kept]).mean()) if kept.any() else 0.0
        rows[f"at least {least}"] = {"kept %": 100 * float(kept.mean()), "wrong %": 100 * wrong}
    return rows


def _card(metrics: Mapping[str, Any], network: TextRecogniser) -> Card:
    parameters = sum(p.numel() for p in network.parameters())
    return Card(
        title="Text recogniser",
        purpose=(
            "Reads one printed line of a credencial para votar: a crop 32 pixels high becomes "
            "a text, with a probability for every character."
        ),
        data=_DATA,
        metrics=metrics,
        limits=_sentences(_LIMITS),
        architecture=(
            f"{parameters:,} parameters. Eight plain convolutions with batch normalisation and "
            "ReLU6 bring 32×384 down to one row of 96 columns; four residual blocks look four "
            "columns to each side; a linear layer gives the classes of each column. Trained with "
            "CTC; the blank is the last class. Greedy decoding: the best class of each column, "
            "repeats merged, blanks dropped. The int8 file has weights of eight bits and quantises "
            "activations at each run: static ranges lost five lines in a hundred hard ones."
        ),
        notes=_sentences(_NOTES),
    )


def _sentences(text: str) -> tuple[str, ...]:
    """The items of a list, each ended by a full stop at the end of a line."""
    items = text.replace(".\n", ".\n\n").split("\n\n")
    return tuple(" ".join(item.split()) for item in items)
