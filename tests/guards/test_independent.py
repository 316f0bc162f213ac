"""The independent set stays independent: no type of it is ever trained on."""

import re

from bench.independent import typefaces
from tests.guards.tree import ROOT, python_files


def test_training_names_no_typeface_of_the_independent_set() -> None:
    """OCR-B alone is shared: there is one open design of it."""
    families = {
        *typefaces.SANS, *typefaces.NARROW, *typefaces.SERIF, *typefaces.MONO,
        *typefaces.DISPLAY, *typefaces.HAND,
    }  # fmt: skip
    names = {_compact(family) for family in families}
    wrong = set()
    for path in python_files("training"):
        # Font files are named in quotes, family first: "Karla-Bold.otf".
        files = re.findall(r'"([^"]+)\.(?:ttf|otf|ttc)"', path.read_text(encoding="utf-8"))
        wrong |= {
            f"{path.relative_to(ROOT)}: {file}"
            for file in files
            for name in names
            if re.fullmatch(
                f"{name}(regular|bold|medium|book|light|black|semibold|r|b)?", _compact(file)
            )
        }
    assert not wrong


def _compact(name: str) -> str:
    return re.sub(r"[ _-]", "", name).casefold()


def test_training_does_not_read_the_words_of_the_independent_set() -> None:
    """Neither by import, which the contracts forbid, nor by the path of a file."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in python_files("training")
        if "bench.independent" in (text := path.read_text(encoding="utf-8"))
        or "bench/independent" in text
    ]
    assert wrong == []
