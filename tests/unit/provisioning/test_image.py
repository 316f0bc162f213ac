import os
import shutil
import subprocess
from pathlib import Path

import pytest

from provisioning.debian import sources
from provisioning.image import clean, make_ext4, packages_of, read_manifest, secrets_in
from provisioning.steps.errors import SourceError
from tests.unit.provisioning.trees import make_tree

MANIFEST = """\
name = "acopio-station-amd64"
suite = "trixie"
architecture = "amd64"
board = "generic"
role = "station"
epoch = 1764201600
size_mib = 1536
wheelhouse = "00"
"""


class TestSources:
    def test_they_are_this_systems_with_the_suite_put_in(self, tmp_path: Path) -> None:
        folder = tmp_path / "sources.list.d"
        folder.mkdir()
        (folder / "debian.sources").write_text(
            "Types: deb\n# a comment: with a colon\nURIs: http://mirror.example/debian\n"
            "Suites: bookworm bookworm-updates\nComponents: main\n\n"
            "Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\n"
            "Components: main\n"
        )
        (folder / "another.list").write_text(
            "deb https://other.example/apt stable main\n"
            "deb [arch=amd64] https://other.example/debian bookworm stable\n"
        )
        assert sources("trixie", tmp_path) == [
            "deb http://mirror.example/debian trixie main",
            "deb http://mirror.example/debian-security trixie-security main",
        ]

    def test_debians_own_goes_before_another_archive_of_the_same_name(self, tmp_path: Path) -> None:
        (tmp_path / "sources.list").write_text(
            "deb http://boards.example/debian trixie main\n"
            "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
            "http://mirror.example/debian trixie main\n"
        )
        assert sources("trixie", tmp_path) == ["deb http://mirror.example/debian trixie main"]

    def test_the_old_form_is_read_too(self, tmp_path: Path) -> None:
        (tmp_path / "sources.list").write_text("deb http://mirror.example/debian trixie main\n")
        assert sources("bookworm", tmp_path) == ["deb http://mirror.example/debian bookworm main"]

    def test_without_any_it_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="fuente de Debian"):
            sources("trixie", tmp_path)


class TestManifest:
    def test_it_names_what_the_image_is_made_of(self, tmp_path: Path) -> None:
        path = tmp_path / "imagen.toml"
        path.write_text(MANIFEST)
        manifest = read_manifest(path)
        assert (manifest.suite, manifest.size_mib) == ("trixie", 1536)
        assert manifest.lock == tmp_path / "imagen.lock"

    @pytest.mark.parametrize("text", ["name = 1\n", MANIFEST + "colour = 1\n", "[["])
    def test_another_one_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "imagen.toml"
        path.write_text(text)
        with pytest.raises(SourceError, match="no es un manifiesto"):
            read_manifest(path)


class TestWhatIsInIt:
    def test_what_is_one_machines_is_taken_away(self, tmp_path: Path) -> None:
        make_tree(tmp_path)
        left = ("etc/ssh/ssh_host_ed25519_key", "var/log/dpkg.log", "etc/hostname",
                "var/lib/acopio-provision/record.jsonl", "var/lib/apt/lists/x")  # fmt: skip
        for name in left:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("x")
        (tmp_path / "etc/machine-id").write_text("0123\n")
        clean(tmp_path)
        assert [name for name in left if (tmp_path / name).exists()] == []
        assert (tmp_path / "etc/machine-id").read_bytes() == b""
        assert (tmp_path / "etc/fstab").exists()

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("etc/acopio/keys/tls.pem", "-----BEGIN " + "PRIVATE KEY-----\n" + "A" * 64),
            ("etc/acopio/keys/ec.pem", "-----BEGIN EC " + "PRIVATE KEY-----\n" + "A" * 64),
            ("home/x", "AGE-SECRET-" + "KEY-1" + "Q" * 30),
            ("etc/shadow", "root:" + "$y$j9T$abc:19000:0:::::\n"),
            ("etc/acopio/data.key", "anything"),
            ("var/lib/acopio-station/claim.json", "{}"),
            ("etc/ssh/ssh_host_rsa_key", ""),
        ],
    )
    def test_a_secret_is_found(self, tmp_path: Path, name: str, text: str) -> None:
        make_tree(tmp_path)
        assert list(secrets_in(tmp_path)) == []
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        found = list(secrets_in(tmp_path))
        assert found
        assert all(line.startswith(f"/{name} (") for line in found)

    def test_a_lock_lists_packages_with_their_versions(self, tmp_path: Path) -> None:
        (tmp_path / "var/lib/dpkg").mkdir(parents=True)
        (tmp_path / "var/lib/dpkg/status").write_text(
            "Package: zlib\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2\n"
            "Description: a: b\n more: text\n\n"
            "Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n\n"
            "Package: apt\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:3\n"
        )
        assert packages_of(tmp_path) == "apt:amd64 1:3\nzlib:amd64 2\n"


@pytest.mark.skipif(not shutil.which("debugfs"), reason="e2fsprogs is not installed")
def test_the_same_tree_gives_the_same_file_system(tmp_path: Path) -> None:
    path = tmp_path / "imagen.toml"
    path.write_text(MANIFEST.replace("1536", "16"))
    digests = []
    for number in (1, 2):
        root = tmp_path / f"root{number}"
        names = ["etc/hosts", "usr/bin/a b", "usr/share/x"]
        for name in names if number == 1 else reversed(names):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(name)
            os.utime(root / name, (number, number))
        (root / "bin").symlink_to("usr/bin")
        digests.append(make_ext4(root, tmp_path / f"{number}.img", read_manifest(path)))
    assert digests[0] == digests[1]
    checked = subprocess.run(
        ["e2fsck", "-fn", str(tmp_path / "1.img")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
