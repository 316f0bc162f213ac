"""What the repository says about a model: a table in `models.toml`, a card in `docs/models/`.

`device/inference/models.toml` is what a station obeys (file, hash, input, output, thresholds);
`docs/models/<name>.md` is what a person reads (data, metrics, limits) and
`device/inference/models/<name>.metrics.json` are the same metrics for programs. All three are
written together by `register_model`, so that they cannot tell different stories.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

ROOT = Path(__file__).resolve().parents[1]
MODELS_TOML = ROOT / "device" / "inference" / "models.toml"
MODEL_FOLDER = ROOT / "device" / "inference" / "models"
CARD_FOLDER = ROOT / "docs" / "models"

LICENCE = "the licence of this repository; trained on invented credentials only"

_HEADER = """\
The models of a station. Written by `training.model_card`; a file whose SHA-256 differs from the
one here is refused at start. `file` is relative to this file, or to the installed package that
`package` names. An input is float32, N×H×W×C in -1…1 (x / 127.5 - 1; the face mesh wants 0…1);
the int8 variant takes and gives int8, by the scale and zero point of its tensors.
"""


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """How a model came to be, so that it can come to be again."""

    seed: int
    command: str
    trained_on: date
    minutes: float
    samples: int
    """How many samples the optimiser saw, repeats included."""


@dataclass(frozen=True, slots=True)
class Card:
    """The prose and the figures of one model, for `docs/models/<name>.md`."""

    title: str
    purpose: str
    data: str
    metrics: Mapping[str, Any]
    """Nested names and numbers. A mapping of mappings of numbers becomes one table."""
    limits: Sequence[str]
    architecture: str = ""
    notes: Sequence[str] = field(default_factory=tuple)


def listed_run(name: str, models_toml: Path = MODELS_TOML) -> Mapping[str, Any]:
    """Return how a listed model came to be, as `models.toml` tells it."""
    table = tomlkit.parse(models_toml.read_text(encoding="utf-8")).unwrap()[name]
    run: Mapping[str, Any] = table["training_run"]
    return run


def register_model(
    name: str,
    float_path: Path,
    int8_path: Path | None,
    *,
    input_shape: Sequence[int],
    outputs: Mapping[str, Sequence[int]],
    run: TrainingRun,
    card: Card,
    thresholds: Mapping[str, float] | None = None,
    alphabet: str | None = None,
    classes: Mapping[str, Sequence[str]] | None = None,
    models_toml: Path = MODELS_TOML,
    card_folder: Path = CARD_FOLDER,
) -> None:
    """Write the model's table in `models.toml`, its card and its metrics; other models stay.

    Args:
        name: Name of the table and of the card, such as `text_recogniser`.
        float_path: The float file, in the folder `models/` beside `models.toml`.
        int8_path: The int8 file, or None when the model has no such variant.
        input_shape: Shape of the input, (1, height, width, channels).
        outputs: Name of each output and its shape; a reader tells them apart by the shape.
        run: The training run that made the weights.
        card: What the card says.
        thresholds: Named numbers the reader needs, calibration temperatures included.
        alphabet: For a recogniser, the classes in order; the blank is the class after the last.
        classes: For a classifier, the names of each output's classes in order.
        models_toml: The table file; another one in tests.
        card_folder: Where the card goes.
    """
    folder = models_toml.parent
    document = _read(models_toml)
    table = tomlkit.table()
    table["file"] = float_path.resolve().relative_to(folder.resolve()).as_posix()
    table["sha256"] = _sha256(float_path)
    table["input"] = list(input_shape)
    table["outputs"] = _inline({key: list(shape) for key, shape in outputs.items()})
    if thresholds:
        table["thresholds"] = _inline({key: float(value) for key, value in thresholds.items()})
    if alphabet is not None:
        table["alphabet"] = alphabet
    if classes:
        table["classes"] = _inline({key: list(names) for key, names in classes.items()})
    table["licence"] = LICENCE
    table["training_run"] = _inline(
        {
            "seed": run.seed,
            "command": run.command,
            "date": run.trained_on,
            "minutes": round(run.minutes, 1),
            "samples": run.samples,
        }
    )
    if int8_path is not None:
        variant = tomlkit.table()
        variant["file"] = int8_path.resolve().relative_to(folder.resolve()).as_posix()
        variant["sha256"] = _sha256(int8_path)
        table["int8"] = variant
    document[name] = table
    _replace(models_toml, tomlkit.dumps(document))
    files = [path for path in (float_path, int8_path) if path is not None]
    _replace(card_folder / f"{name}.md", render_card(name, table, files, run, card))
    metrics = {"model": name, "sha256": table["sha256"], "metrics": card.metrics}
    _replace(
        float_path.parent / f"{name}.metrics.json",
        json.dumps(metrics, indent=2, sort_keys=True, ensure_ascii=False) + "\n",
    )


def render_card(
    name: str, table: Mapping[str, Any], files: Sequence[Path], run: TrainingRun, card: Card
) -> str:
    """The text of a model card in Markdown."""
    outputs = ", ".join(f"`{key}` {_shape(shape)}" for key, shape in table["outputs"].items())
    rows = [
        f"| `{path.name}` | {path.stat().st_size / 1000:,.0f} kB | `{_sha256(path)}` |"
        for path in files
    ]
    parts = [
        f"# {card.title}",
        card.purpose,
        "## Files",
        "\n".join(["| File | Size | SHA-256 |", "| --- | --- | --- |", *rows]),
        f"Input {_shape(table['input'])}, float32 in -1…1. Outputs: {outputs}.",
        f"The table `[{name}]` of `device/inference/models.toml` is what a station obeys.",
    ]
    if card.architecture:
        parts += ["## Network", card.architecture]
    parts += [
        "## Data",
        card.data,
        "## Training run",
        f"`{run.command}`, {run.trained_on.isoformat()}.",
        f"Seed {run.seed}, {run.minutes:.0f} minutes, {run.samples:,} samples seen.",
        "## Metrics",
        render_metrics(card.metrics),
        "## Limits",
        "\n".join(f"- {limit}" for limit in card.limits),
    ]
    if card.notes:
        parts += ["## Notes", "\n".join(f"- {note}" for note in card.notes)]
    return "\n\n".join(parts) + "\n"


def render_metrics(metrics: Mapping[str, Any]) -> str:
    """Metrics in Markdown: single numbers as a list, a mapping of rows as a table."""
    lists = [f"- {key}: {_number(v)}" for key, v in metrics.items() if not isinstance(v, Mapping)]
    parts = ["\n".join(lists)] if lists else []
    for key, value in metrics.items():
        if not isinstance(value, Mapping):
            continue
        parts.append(f"### {key}")
        rows = {k: v for k, v in value.items() if isinstance(v, Mapping)}
        single = [f"- {k}: {_number(v)}" for k, v in value.items() if k not in rows]
        if single:
            parts.append("\n".join(single))
        if rows:
            parts.append(_table(rows))
    return "\n\n".join(parts)


def _table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = ["| | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
    for key, row in rows.items():
        cells = " | ".join(_number(row[c]) if c in row else "" for c in columns)
        lines.append(f"| {key} | {cells} |")
    return "\n".join(lines)


def _number(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _shape(shape: Sequence[int]) -> str:
    return "×".join(str(n) for n in shape)


def _inline(values: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def _read(path: Path) -> tomlkit.TOMLDocument:
    if path.exists():
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    document = tomlkit.document()
    for line in _HEADER.splitlines():
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    return document


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


__all__ = ["Card", "TrainingRun", "register_model", "render_card", "render_metrics"]
