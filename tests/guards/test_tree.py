"""What no file of the tree may hold."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.guards.tree import ROOT, files, text_files

MAX_FILE_BYTES = 4 * 1024 * 1024
# A path that only one machine has, a package index, and marks of unfinished work.
FORBIDDEN = {
    "a path of one machine": re.compile(
        r"(?<![\w.$}/-])/(?:root|work|Users/\w+|home/(?!acopio|pi\b)\w+)(?:/|\b)"
    ),
    "the address of a package index": re.compile(
        r"(?:index-url|pypi\.org|pythonhosted\.org|registry\.npmjs)"
    ),
    "unfinished work": re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b"),
    "a merge conflict": re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE),
}
THIS_FILE = Path(__file__).resolve()
NAMES_THAT_SAY_NOTHING = frozenset({"utils", "helpers", "common", "manager", "data", "info"})


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for path in text_files()
        if path != THIS_FILE and path.name not in {"LICENSE", "lock"}
        for text in [path.read_text(encoding="utf-8")]
        for match in FORBIDDEN[what].finditer(text)
    ]
    assert not found


def test_no_file_is_larger_than_four_mebibytes() -> None:
    large = [
        str(path.relative_to(ROOT)) for path in files() if path.stat().st_size > MAX_FILE_BYTES
    ]
    assert not large


def test_no_module_has_a_name_that_says_nothing() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in files()
        if path.suffix == ".py" and path.stem in NAMES_THAT_SAY_NOTHING
    ]
    assert not wrong


def _model_files(entry: dict[str, Any]) -> list[tuple[str, str]]:
    # What a package carries is not in the tree; its hash is checked where it is loaded.
    is_ours = "file" in entry and "package" not in entry
    found = [(entry["file"], entry["sha256"])] if is_ours else []
    for value in entry.values():
        if isinstance(value, dict):
            found += _model_files(value)
    return found


def test_the_model_files_are_those_that_models_toml_lists() -> None:
    folder = ROOT / "device" / "inference"
    listed = _model_files(tomllib.loads((folder / "models.toml").read_text(encoding="utf-8")))
    present = {path.name for path in files() if path.suffix == ".tflite"}
    assert {Path(name).name for name, _ in listed} == present
    for name, digest in listed:
        path = next(path for path in files() if path.name == Path(name).name)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, name
