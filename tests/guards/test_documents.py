"""What the documents promise about the tree."""

import re
import tomllib

import pytest

from tests.guards.test_imports import requirement_names
from tests.guards.tree import ROOT, files

LOCKS = ("central", "dev", "peers", "station", "training")
EXTRAS = {"central": ("central",), "station": ("device",), "training": ("training",),
          "dev": ("device", "central", "dev"), "peers": ("peers",)}  # fmt: skip


def test_decisions_have_a_number_each_and_carry_it() -> None:
    pages = [path for path in files() if path.parent == ROOT / "docs" / "decisions"]
    numbers = []
    for page in pages:
        match = re.fullmatch(r"(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md", page.name)
        assert match, page.name
        numbers.append(int(match[1]))
        first_line = page.read_text(encoding="utf-8").splitlines()[0]
        assert first_line.startswith(f"# {match[1]}. "), page.name
    assert len(set(numbers)) == len(numbers)


def test_every_direct_dependency_has_its_reasons_written() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    written = set(re.findall(r"^\| `([a-z0-9._-]+)`", page, re.MULTILINE))
    asked = requirement_names("device", "central", "training", "dev", "peers")
    assert asked - written == set()
    assert written - asked == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_every_direct_dependency_with_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    locked = {entry.split("==")[0].split("[")[0] for entry in entries}
    assert requirement_names(*EXTRAS[lock]) - locked == set()
    assert all("--hash=sha256:" in entry for entry in entries)


def test_no_lock_names_the_address_of_an_index() -> None:
    named = [
        path.name
        for path in (ROOT / "requirements").iterdir()
        if "://" in path.read_text(encoding="utf-8")
    ]
    assert named == []


def test_every_make_target_says_what_it_does_and_the_readme_names_real_ones() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = dict(re.findall(r"^([a-z][a-z0-9-]*):(?!=)(.*)$", makefile, re.MULTILINE))
    silent = {name for name, rest in targets.items() if "## " not in rest}
    assert silent <= {"system-run", "system-test"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bmake ([a-z][a-z0-9-]*)", readme)) <= set(targets)


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for page in (path for path in files() if path.suffix == ".md"):
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken


def test_the_version_of_the_changelog_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\S+)", changelog, re.MULTILINE)
    assert project["version"] in headings or headings[0] == "Unreleased"
