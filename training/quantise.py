"""Quantises the float file of a listed model anew, and tells its table and its card.

    python -m training.quantise text_detector card_detector

For networks whose weights are kept and whose trainings need not run again.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import tomlkit

from training.export import export_dynamic_int8, sha256
from training.model_card import CARD_FOLDER, MODELS_TOML


def requantise(name: str, *, models_toml: Path = MODELS_TOML, cards: Path = CARD_FOLDER) -> Path:
    """Write the int8 file of a model from its float file; return its path.

    Raises:
        KeyError: The model is not listed, or has no int8 variant.
    """
    document = tomlkit.parse(models_toml.read_text(encoding="utf-8"))
    table = document[name]
    variant = table["int8"]  # type: ignore[index]  # a table of the list
    folder = models_toml.parent
    path = folder / str(variant["file"])
    export_dynamic_int8(folder / str(table["file"]), path)  # type: ignore[index]
    variant["sha256"] = sha256(path)
    models_toml.write_text(tomlkit.dumps(document), encoding="utf-8")
    card = cards / f"{name}.md"
    row = f"| `{path.name}` | {path.stat().st_size / 1000:,.0f} kB | `{sha256(path)}` |"
    text = re.sub(
        rf"^\| `{re.escape(path.name)}` .*$",
        row,
        card.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    card.write_text(text, encoding="utf-8")
    return path


def main() -> None:
    """Quantise the models named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.quantise", description=__doc__)
    parser.add_argument("names", nargs="+", help="tables of models.toml")
    for name in parser.parse_args().names:
        print(requantise(name))


if __name__ == "__main__":
    main()
