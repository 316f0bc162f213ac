"""The arrows of the imports, as pyproject.toml declares them."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, python_files

OURS = frozenset(
    {
        "domain",
        "wire",
        "audit",
        "device",
        "central",
        "provisioning",
        "training",
        "bench",
        "demo",
        "tests",
    }
)
# Rules take time, chance and files as arguments.
OUTSIDE_OF_RULES = frozenset(
    {"io", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess",
     "tempfile", "time", "urllib", "uuid"}
)  # fmt: skip
# Comes with the station's system (Raspberry Pi OS) or trains elsewhere; never in the locks of pip.
FROM_THE_SYSTEM = frozenset({"libcamera", "picamera2", "tflite_runtime"})


def imported(path: Path) -> Iterator[str]:
    """Give the first name of every import of a file, those for types only included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@cache
def installed() -> Mapping[str, list[str]]:
    """Give the distributions that provide each top-level name."""
    return packages_distributions()


def requirement_names(*extras: str) -> set[str]:
    """Give the distributions that some extras ask for, in lower case with hyphens."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = (line for extra in extras for line in project["optional-dependencies"][extra])
    return {line.split(">=")[0].split("[")[0].strip().lower() for line in listed}


def test_the_contracts_of_the_imports_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_use_the_standard_library_alone() -> None:
    wrong = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("domain")
        for name in imported(path)
        if name != "domain" and name not in sys.stdlib_module_names - OUTSIDE_OF_RULES
    }
    assert not wrong


def test_paper_is_printed_through_one_module() -> None:
    """It undoes what WeasyPrint does to the reading of images."""
    others = [
        str(path.relative_to(ROOT))
        for path in python_files("central")
        if "weasyprint" in imported(path) and path.name != "paper.py"
    ]
    assert others == []


@pytest.mark.parametrize(
    ("package", "extras"),
    [
        ("wire", ("device",)),
        ("wire", ("central",)),
        ("wire", ("audit",)),
        ("audit", ("audit",)),
        ("device", ("device",)),
        ("central", ("central",)),
        ("provisioning", ("device",)),
        ("provisioning", ("central",)),
        ("training", ("training",)),
        ("bench", ("device", "central", "dev", "peers")),
        ("demo", ("device", "central", "dev")),
        ("tests", ("device", "central", "dev")),
    ],
)
def test_what_a_part_imports_its_extra_asks_for(package: str, extras: tuple[str, ...]) -> None:
    """An import that only comes along with another library breaks when that library changes."""
    providers = installed()
    allowed = requirement_names(*extras)
    missing = set()
    for path in python_files(package):
        for name in imported(path):
            if name in sys.stdlib_module_names | OURS | FROM_THE_SYSTEM:
                continue
            # A library that is not installed here (training's) answers to its own name.
            distributions = {each.lower().replace("_", "-") for each in providers.get(name, [name])}
            if not distributions & allowed:
                missing.add(f"{path.relative_to(ROOT)}: {name}")
    assert not missing
