"""Settings and keys are refused with one clear message each."""

import argparse
from pathlib import Path

import pytest

from central.app import check_production
from central.commands.context import configured
from central.config import Config, read_config
from central.errors import CentralError, ConfigError, SecretError
from central.secrets import SIGNING_KEYS, Secrets, read_private, write_private
from central.storage.citizens import CitizenNames, CitizenSealer
from wire.keys import SoftwareSigner


def write(folder: Path, text: str) -> Path:
    path = folder / "central.toml"
    path.write_text(text, encoding="utf-8")
    return path


class TestConfig:
    def test_an_empty_file_has_every_default_beside_it(self, tmp_path: Path) -> None:
        config = read_config(write(tmp_path, ""))
        assert config.database.url == f"sqlite:///{tmp_path}/acopio.db"
        assert config.vault.socket == f"{tmp_path}/run/vault.sock"

    @pytest.mark.parametrize(
        ("text", "code", "place"),
        [
            ("[worker]\nbatches = 1\n", "config.setting", "$.worker.batches"),
            ("[worker]\nbatch = 0\n", "config.setting", "$.worker.batch"),
            ('[worker]\nbatch = "1"\n', "config.setting", "$.worker.batch"),
            ("[worker\n", "config.syntax", "not TOML"),
        ],
    )
    def test_a_wrong_setting_is_named(
        self, tmp_path: Path, text: str, code: str, place: str
    ) -> None:
        with pytest.raises(ConfigError, match=r".*") as refused:
            read_config(write(tmp_path, text))
        assert refused.value.code == code
        assert place in str(refused.value)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as refused:
            read_config(tmp_path / "none.toml")
        assert refused.value.code == "config.missing"

    def test_stand_ins_do_not_start_in_production(self) -> None:
        with pytest.raises(ConfigError, match=r"register\.driver"):
            check_production(Config(production=True))
        check_production(Config())


class TestSecrets:
    def test_a_key_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "web.secret"
        assert write_private(path, b"00" * 32)
        assert not write_private(path, b"11" * 32)
        assert Secrets(tmp_path).random("web") == b"\0" * 32
        path.chmod(0o640)
        with pytest.raises(SecretError, match="0640"):
            read_private(path)

    def test_a_credential_of_systemd_shows_its_access_list_as_the_groups(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "web.secret"
        write_private(path, b"00" * 32)
        path.chmod(0o440)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        assert read_private(path) == b"00" * 32
        path.chmod(0o444)
        with pytest.raises(SecretError, match="0444"):
            read_private(path)
        path.chmod(0o440)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "another"))
        with pytest.raises(SecretError, match="0440"):
            read_private(path)

    def test_every_key_may_come_from_another_folder(self, tmp_path: Path) -> None:
        path = write(tmp_path, "[keys]\nfolder = 'mine'\n")
        arguments = argparse.Namespace(config=str(path), keys="/run/credentials/one")
        config = configured(arguments)
        assert config.keys.folder == "/run/credentials/one"
        assert config.vault.identity == "/run/credentials/one/opening.age"
        arguments.keys = None
        assert configured(arguments).keys.folder == str(tmp_path / "mine")

    @pytest.mark.parametrize("content", [b"", b"zz", b"00" * 31])
    def test_a_malformed_secret_is_refused(self, tmp_path: Path, content: bytes) -> None:
        write_private(tmp_path / "web.secret", content)
        with pytest.raises(SecretError):
            Secrets(tmp_path).random("web")

    def test_a_signing_key_of_another_kind_is_refused(self, tmp_path: Path) -> None:
        write_private(tmp_path / "receipts.pem", b"no key")
        with pytest.raises(CentralError, match=r"receipts\.pem"):
            Secrets(tmp_path).signer("receipts")

    def test_stations_are_told_no_key_that_they_do_not_need(self, tmp_path: Path) -> None:
        for name in SIGNING_KEYS:
            public = SoftwareSigner.generate().public_pem.encode("ascii")
            write_private(tmp_path / f"{name}.pub.pem", public, mode=0o644)
        told = {role for key in Secrets(tmp_path).verifying_keys() for role in key.roles}
        assert told == {"receipt", "time", "checkpoint", "policy"}


class TestCitizenSealer:
    NAMES = CitizenNames("LUISA", "PEÑA", "", "EJPRLS90010109M000")

    def test_names_open_for_their_own_record_alone(self) -> None:
        sealer = CitizenSealer(b"s" * 32)
        sealed = sealer.seal(1, 10, self.NAMES)
        assert sealer.open(1, 10, sealed) == self.NAMES
        for aspirante, record, other in ((2, 10, sealer), (1, 11, sealer)):
            with pytest.raises(SecretError):
                other.open(aspirante, record, sealed)
        with pytest.raises(SecretError):
            CitizenSealer(b"t" * 32).open(1, 10, sealed)

    def test_words_of_one_field_do_not_match_another(self) -> None:
        sealer = CitizenSealer(b"s" * 32)
        words = sealer.words(1, self.NAMES)
        assert sealer.wanted(1, "apellido_paterno", "pena") <= words
        assert not sealer.wanted(1, "nombres", "pena") <= words
        assert sealer.wanted(1, "clave_elector", "ejprls90010109m000") <= words
