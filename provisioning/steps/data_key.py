#!/usr/bin/python3
"""Opens or formats the station's data partition; installed as /usr/lib/acopio/data_key.py.

Stands alone: it runs with the system's Python at each start, before anything of Acopio is
mounted. The key goes to cryptsetup through a pipe and is never on a disk, on a command line or in
the journal. It is derived as HMAC-SHA256(device key, text) by the firmware (rpi-fw-crypto, key
1), where the text binds it to this board and this partition; where /etc/acopio/data.key exists,
that file is the key.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

KEY_FILE = Path("/etc/acopio/data.key")
SERIAL = Path("/proc/device-tree/serial-number")
# The firmware's slot of the device's own key.
KEY_ID = "1"
PURPOSE = "acopio/luks/v1"
SHORTEST = 32


def key(device: str) -> bytes:
    """Give the key of a partition, from the file or from the board."""
    if KEY_FILE.exists():
        secret = KEY_FILE.read_bytes()
        if len(secret) < SHORTEST:
            raise SystemExit(f"{KEY_FILE}: la llave debe tener al menos {SHORTEST} bytes")
        return secret
    serial = SERIAL.read_bytes().rstrip(b"\0").decode("ascii") if SERIAL.exists() else ""
    if not serial:
        raise SystemExit("esta placa no tiene llave propia: ponga una en /etc/acopio/data.key")
    part = _output(
        ["blkid", "--probe", "--match-tag", "PART_ENTRY_UUID", "--output", "value", device]
    )
    with tempfile.NamedTemporaryFile(dir="/run") as message:
        message.write(f"{PURPOSE}\n{serial}\n{part}\n".encode("ascii"))
        message.flush()
        derived = _output(
            ["rpi-fw-crypto", "hmac", "--in", message.name, "--key-id", KEY_ID, "--outform", "hex"]
        )
    if len(derived) != 64:
        raise SystemExit("la placa no dio su llave: ¿está programada? (paso 90, --irreversible)")
    return bytes.fromhex(derived)


def main(arguments: list[str]) -> int:
    """Run `open DEVICE` or `format DEVICE CIPHER`."""
    match arguments:
        case ["open", device]:
            command = ["open", "--type", "luks2", "--key-file", "-", device, "acopio-data"]
        case ["format", device, cipher]:
            command = [
                "luksFormat", "--type", "luks2", "--batch-mode", "--key-file", "-",
                "--cipher", cipher, "--key-size", "256", "--pbkdf", "pbkdf2",
                "--pbkdf-force-iterations", "1000", device,
            ]  # fmt: skip
        case _:
            raise SystemExit("uso: data_key.py open DEVICE | format DEVICE CIPHER")
    return subprocess.run(["cryptsetup", *command], input=key(device), check=False).returncode


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} terminó con {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
