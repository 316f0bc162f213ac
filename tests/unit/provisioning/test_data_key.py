"""The key of the data partition, with a firmware that is simulated as a program."""

import hashlib
import hmac
import sys
from pathlib import Path

import pytest

from provisioning.steps import data_key

DEVICE_KEY = b"the key in the fuses"
_PROGRAMS = {
    "rpi-fw-crypto": f"""
import hashlib, hmac, sys
options = dict(zip(sys.argv[2::2], sys.argv[3::2]))
assert sys.argv[1] == "hmac" and options["--key-id"] == "1" and options["--outform"] == "hex"
message = open(options["--in"], "rb").read()
print(hmac.new({DEVICE_KEY!r}, message, hashlib.sha256).hexdigest(), end="")
""",
    "blkid": "import sys; print('6c586e13-0' + sys.argv[-1][-1])",
    "cryptsetup": """
import os, pathlib, sys
pathlib.Path(os.environ["SEEN"]).write_bytes(sys.stdin.buffer.read() + repr(sys.argv[1:]).encode())
""",
}


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the board's programs on the path and its serial number."""
    for name, text in _PROGRAMS.items():
        (tmp_path / name).write_text(f"#!{sys.executable} -IS\n{text}")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "serial-number").write_bytes(b"10000000abcd\0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setattr(data_key, "SERIAL", tmp_path / "serial-number")
    monkeypatch.setattr(data_key, "KEY_FILE", tmp_path / "data.key")
    return tmp_path


def test_it_is_the_firmwares_hmac_of_board_and_partition(board: Path) -> None:
    text = b"acopio/luks/v1\n10000000abcd\n6c586e13-03\n"
    assert data_key.key("/dev/mmcblk0p3") == hmac.digest(DEVICE_KEY, text, hashlib.sha256)
    assert data_key.key("/dev/mmcblk0p4") != data_key.key("/dev/mmcblk0p3")


def test_it_goes_to_cryptsetup_by_a_pipe_and_not_on_the_command_line(board: Path) -> None:
    assert data_key.main(["open", "/dev/mmcblk0p3"]) == 0
    secret = data_key.key("/dev/mmcblk0p3")
    seen = (board / "seen").read_bytes()
    assert seen.startswith(secret)
    assert b"'--key-file', '-'" in seen
    assert secret.hex().encode() not in seen


def test_a_file_goes_before_the_board_and_must_be_long(board: Path) -> None:
    (board / "data.key").write_bytes(b"k" * 32)
    assert data_key.key("/dev/sda3") == b"k" * 32
    (board / "data.key").write_bytes(b"short")
    with pytest.raises(SystemExit, match="al menos 32"):
        data_key.key("/dev/sda3")


def test_without_a_board_and_a_file_it_says_what_to_do(
    board: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_key, "SERIAL", board / "nothing")
    with pytest.raises(SystemExit, match=r"/etc/acopio/data\.key"):
        data_key.key("/dev/sda3")
