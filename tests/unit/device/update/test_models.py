"""Networks that are released apart."""

from pathlib import Path

import pytest

from device.update.base import UpdateError
from device.update.journal import Installed, release_of
from device.update.models import CURRENT, ModelShelf
from tests.releases import KEYS, manifest
from wire.bundle import BundleKind, sign_manifest, write_header

FILES = {"models.toml": b"list", "net.tflite": b"weights"}


@pytest.fixture
def shelf(tmp_path: Path) -> ModelShelf:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "models.toml").write_bytes(b"shipped")
    return ModelShelf(tmp_path / "models", shipped)


def put(shelf: ModelShelf, folder: Path, files: dict[str, bytes], number: int) -> Installed:
    """Fill a release of models."""
    described = manifest(files, number, kind=BundleKind.MODELS)
    signed = sign_manifest(described, KEYS[:2])
    release = release_of(described, signed)
    path = folder / "bundle"
    with path.open("wb") as file:
        write_header(file, signed)
        for content in files.values():
            file.write(content)
    with path.open("rb") as file:
        shelf.fill(file, described, release)
    return release


class TestModelShelf:
    def test_leads_to_what_ships_until_there_is_a_release(
        self, shelf: ModelShelf, tmp_path: Path
    ) -> None:
        current = tmp_path / "models" / CURRENT / "models.toml"
        shelf.lead_to(Installed())
        assert current.read_bytes() == b"shipped"
        release = put(shelf, tmp_path, FILES, 1)
        assert current.read_bytes() == b"shipped"
        shelf.lead_to(release)
        assert current.read_bytes() == b"list"
        assert (current.parent / "net.tflite").read_bytes() == b"weights"
        shelf.lead_to(Installed())  # a release of the system brings its own
        assert current.read_bytes() == b"shipped"

    def test_keeps_the_one_in_use_alone(self, shelf: ModelShelf, tmp_path: Path) -> None:
        put(shelf, tmp_path, FILES, 1)
        second = put(shelf, tmp_path, FILES, 2)
        shelf.lead_to(second)
        shelf.forget_others(second)
        names = sorted(path.name for path in (tmp_path / "models").iterdir())
        assert names == [f"2-{second.digest[:12]}", CURRENT]

    def test_refuses_networks_without_their_list(self, shelf: ModelShelf, tmp_path: Path) -> None:
        with pytest.raises(UpdateError) as refused:
            put(shelf, tmp_path, {"net.tflite": b"weights"}, 1)
        assert refused.value.code == "update.target"
