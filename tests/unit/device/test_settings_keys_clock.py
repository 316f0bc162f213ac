"""Settings, keys and clocks of the station."""

import os
import stat
from pathlib import Path

import pytest

from device.clock import Anchor, SystemClock, classify, read_boot_id
from device.config import Config, parse_config, read_config, require_server
from device.errors import ConfigError, KeyFileError
from device.keys import create_key, open_signer, read_or_create_secret
from wire.packet import ClockClass

WEEK_MS = 7 * 86_400_000


class TestConfig:
    def test_of_an_empty_file_is_the_defaults(self) -> None:
        assert parse_config("") == Config()

    def test_takes_what_the_file_changes(self) -> None:
        config = parse_config("[server]\npoll_s = 2\n[kiosk]\nport = 9000\n")
        assert (config.server.poll_s, config.kiosk.port) == (2.0, 9000)

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("[server]\npol_s = 2", "server.pol_s"),
            ("[sever]\n", "sever"),
            ("[server]\npoll_s = 0", "server.poll_s"),
            ("[server]\npoll_s = '2'", "server.poll_s"),
            ("[camera]\ndriver = 'webcam'", "camera.driver"),
            ("[queue]\nballast_bytes = -1", "queue.ballast_bytes"),
            ("[server]\nbackoff_first_s = 30\nbackoff_most_s = 10", "server.backoff_first_s"),
            ("[camera]\ndriver = 'replay'\nfolder = 'x'", "camera.driver"),
            ("[station]\nenvironment='demo'\n[camera]\ndriver='replay'", "camera.folder"),
            ("[peripherals]\nprinter = 'simulated'", "peripherals.printer"),
            ("[peripherals]\nscanner = 'COM3'", "peripherals.scanner"),
            ("[peripherals]\nlamps_baud = 0", "peripherals.lamps_baud"),
            ("[server]\nurl = 'http://centre.example'", "https"),
            ("[server", "not TOML"),
        ],
    )
    def test_names_the_key_that_is_wrong(self, text: str, place: str) -> None:
        with pytest.raises(ConfigError, match=place):
            parse_config(text)

    def test_that_is_not_there_is_one_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"none\.toml"):
            read_config(tmp_path / "none.toml")

    def test_speaks_plain_http_only_in_a_demo_on_this_machine(self) -> None:
        demo = parse_config("[station]\nenvironment = 'demo'")
        assert require_server("http://127.0.0.1:8000/", demo) == "http://127.0.0.1:8000"
        assert require_server("https://centre.example", Config()) == "https://centre.example"
        for url, config in (("http://127.0.0.1", Config()), ("http://10.0.0.1", demo)):
            with pytest.raises(ConfigError):
                require_server(url, config)


class TestKeys:
    def test_are_readable_by_their_owner_alone(self, tmp_path: Path) -> None:
        create_key(tmp_path / "keys", "station")
        mode = (tmp_path / "keys" / "station.pem").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    def test_stay_the_same_once_made(self, tmp_path: Path) -> None:
        create_key(tmp_path, "station")
        first = open_signer("file", tmp_path, "station").kid
        create_key(tmp_path, "station")
        assert open_signer("file", tmp_path, "station").kid == first

    def test_survive_a_cut_while_they_were_made(self, tmp_path: Path) -> None:
        (tmp_path / "station.new").write_bytes(b"half of a k")
        create_key(tmp_path, "station")
        assert open_signer("file", tmp_path, "station").kid

    def test_open_to_others_are_not_used(self, tmp_path: Path) -> None:
        create_key(tmp_path, "station")
        (tmp_path / "station.pem").chmod(0o640)
        with pytest.raises(KeyFileError) as caught:
            open_signer("file", tmp_path, "station")
        assert caught.value.code == "keys.mode"

    @pytest.mark.parametrize(
        "content", [b"", b"nothing", os.urandom(50)], ids=["empty", "text", "random"]
    )
    def test_that_are_damaged_are_one_clear_error(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "station.pem").write_bytes(content)
        (tmp_path / "station.pem").chmod(0o600)
        with pytest.raises(KeyFileError) as caught:
            open_signer("file", tmp_path, "station")
        assert caught.value.code == "keys.malformed"

    def test_that_are_missing_are_one_clear_error(self, tmp_path: Path) -> None:
        with pytest.raises(KeyFileError):
            open_signer("file", tmp_path, "station")
        with pytest.raises(KeyFileError):
            open_signer("chip", tmp_path, "station")

    def test_have_a_secret_beside_them_that_stays(self, tmp_path: Path) -> None:
        secret = read_or_create_secret(tmp_path / "hint.key")
        assert len(secret) == 32
        assert read_or_create_secret(tmp_path / "hint.key") == secret


class TestClock:
    ANCHOR = Anchor("a", 1_000_000, 500, "0" * 32)

    @pytest.mark.parametrize(
        ("wall_ms", "mono_ms", "boot_id", "rtc", "expected"),
        [
            (1_000_100, 600, "0" * 32, False, ClockClass.ANCHORED),
            (1_004_000, 500, "0" * 32, False, ClockClass.ANCHORED),
            (1_006_000, 500, "0" * 32, True, ClockClass.UNKNOWN),  # it jumped since
            (1_000_000 + WEEK_MS, 0, "1" * 32, True, ClockClass.RTC),
            (1_000_001 + WEEK_MS, 0, "1" * 32, True, ClockClass.UNVERIFIED),
            (1_000_000, 0, "1" * 32, False, ClockClass.UNVERIFIED),
            (999_999, 0, "1" * 32, True, ClockClass.UNKNOWN),  # behind what is known to be past
        ],
    )
    def test_is_believed_as_far_as_it_deserves(
        self, wall_ms: int, mono_ms: int, boot_id: str, rtc: bool, expected: ClockClass
    ) -> None:
        found = classify(
            wall_ms=wall_ms, mono_ms=mono_ms, boot_id=boot_id, anchor=self.ANCHOR, rtc=rtc
        )
        assert found is expected

    def test_without_any_anchor_is_unknown(self) -> None:
        found = classify(wall_ms=1, mono_ms=1, boot_id="0" * 32, anchor=None, rtc=True)
        assert found is ClockClass.UNKNOWN

    def test_of_the_system_is_aware_and_never_goes_back(self) -> None:
        clock = SystemClock()
        before = clock.monotonic_ms()
        assert clock.now().utcoffset() is not None
        assert clock.monotonic_ms() >= before
        assert len(read_boot_id()) == 32
