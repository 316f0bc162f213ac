"""Does inside the emulated station what the host asks, one line of JSON after the other.

The line is a serial port of the emulator: it works without network, and through any firewall.
Orders: `run` (a command; its status and output come back), `put` (a file).
"""

import base64
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

PORT = Path("/dev/virtio-ports/acopio.control")
_PAUSE_S = 0.5


def main() -> None:
    """Answer until the station ends."""
    descriptor = os.open(PORT, os.O_RDWR)
    with os.fdopen(descriptor, "r+b", buffering=0) as line:
        waiting = b""
        while True:
            piece = line.read(65536)
            if not piece:  # nobody listens on the host
                time.sleep(_PAUSE_S)
                continue
            waiting += piece
            while b"\n" in waiting:
                order, waiting = waiting.split(b"\n", 1)
                answer = json.dumps(_answer(order)).encode() + b"\n"
                while answer:
                    answer = answer[line.write(answer) :]


def _answer(order: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(order)
        answer = _put(asked) if "put" in asked else _run(asked)
        answer["id"] = asked["id"]
    except Exception as error:  # noqa: BLE001  # the line must live whatever was asked
        return {"failed": repr(error)}
    return answer


def _put(asked: dict[str, Any]) -> dict[str, Any]:
    path = Path(asked["put"])
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_bytes(base64.b64decode(asked["content"]))
    aside.chmod(int(asked.get("mode", 0o644)))
    aside.replace(path)
    return {"status": 0, "output": ""}


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(
            asked["run"],
            input=asked.get("stdin", ""),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=asked["timeout_s"],
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"status": 124, "output": f"no end within {asked['timeout_s']} s"}
    return {"status": done.returncode, "output": done.stdout}


if __name__ == "__main__":
    main()
