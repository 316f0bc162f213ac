import json
import zipfile
from pathlib import Path

import pytest

from provisioning.packing import build_wheel, for_target
from provisioning.steps.errors import SourceError
from provisioning.steps.order import chosen
from provisioning.steps.runner import apply
from provisioning.steps.wheelhouse import read_wheelhouse
from tests.unit.provisioning.trees import SOURCE, make_tree, with_options

LOCK = """\
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:aa
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
werkzeug==3.1.9 \\
    --hash=sha256:ee
"""


def wheelhouse(folder: Path, **changed: str) -> Path:
    """Make a folder with a manifest and one file."""
    folder.mkdir()
    (folder / "a-1-py3-none-any.whl").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    manifest = {"role": "station", "python": "3.13", "architecture": "amd64",
                "files": {"a-1-py3-none-any.whl": empty}, **changed}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


class TestPacking:
    def test_a_lock_is_read_for_the_python_of_the_target(self) -> None:
        assert list(for_target(LOCK, python="3.11")) == [
            "numpy==2.4.6 --hash=sha256:bb --hash=sha256:cc",
            "werkzeug==3.1.9 --hash=sha256:ee",
        ]
        assert next(iter(for_target(LOCK, python="3.13"))) == "numpy==2.5.5 --hash=sha256:dd"

    def test_a_condition_it_does_not_know_is_an_error(self) -> None:
        with pytest.raises(SourceError, match="platform_machine"):
            list(for_target("a==1 ; platform_machine == 'x'", python="3.13"))

    @pytest.mark.parametrize("role", ["station", "central"])
    def test_the_locks_of_the_tree_can_be_read(self, role: str) -> None:
        lock = (SOURCE / "requirements" / f"{role}.txt").read_text()
        entries = list(for_target(lock, python="3.13"))
        assert any(entry.startswith("cryptography==") for entry in entries)
        assert all(" --hash=sha256:" in entry and ";" not in entry for entry in entries)
        names = [entry.split("==")[0] for entry in entries]
        assert len(set(names)) == len(names)

    def test_the_same_sources_give_the_same_wheel(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        first = build_wheel(SOURCE, tmp_path / "a")
        assert build_wheel(SOURCE, tmp_path / "b").read_bytes() == first.read_bytes()
        names = set(zipfile.ZipFile(first).namelist())
        assert {"device/inference/models.toml", "provisioning/steps/boards.toml"} <= names
        assert not any(name.startswith(("tests/", "training/", "demo/")) for name in names)


class TestReading:
    def test_a_file_that_differs_from_the_list_is_refused(self, tmp_path: Path) -> None:
        folder = wheelhouse(tmp_path / "wheels")
        assert len(read_wheelhouse(folder).files) == 1
        (folder / "a-1-py3-none-any.whl").write_bytes(b"x")
        with pytest.raises(SourceError, match="no es el archivo de la lista"):
            read_wheelhouse(folder)
        (folder / "a-1-py3-none-any.whl").unlink()
        with pytest.raises(SourceError, match="falta a-1"):
            read_wheelhouse(folder)

    def test_a_folder_that_is_none_says_how_to_make_one(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="acopio-provision wheelhouse"):
            read_wheelhouse(tmp_path)

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"architecture": "arm64"}, "es para arm64; este sistema es amd64"),
            ({"python": "3.11"}, "tiene python3.13"),
            ({"role": "central"}, "no de station"),
        ],
    )
    def test_one_for_another_system_is_refused(
        self, tmp_path: Path, changed: dict[str, str], says: str
    ) -> None:
        site = make_tree(tmp_path / "tree")
        (tmp_path / "tree/usr/bin/python3.13").touch()
        folder = wheelhouse(tmp_path / "wheels", **changed)
        with pytest.raises(SourceError, match=says):
            apply(with_options(site, wheelhouse=folder), chosen(["software"]), lambda _: None)
