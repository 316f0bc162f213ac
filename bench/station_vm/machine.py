"""The emulated machine: started from a disk, spoken to over a serial line, and cut off."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.processes import die_with_parent

_MEMORY_MB = 2000
_PROCESSORS = 2
# Emulation is several times slower than any station, and the host may have other work.
_BOOT_S = 1800.0


class MachineError(Exception):
    """The emulated machine did not do what was asked; the message says what."""


@dataclass(frozen=True, slots=True)
class Files:
    """What a machine starts from."""

    disk: Path
    kernel: Path
    initrd: Path


class Machine:
    """One emulator process; its end is a power cut for what runs inside."""

    def __init__(self, files: Files, folder: Path, ports: Mapping[int, int]) -> None:
        """Start it; `ports` leads loopback ports of the host to ports of the station."""
        folder.mkdir(parents=True, exist_ok=True)
        self.console = folder / "console.log"
        # What the station said that it keeps: the emulator appends, so a cut loses no line.
        self.guardado = folder / "guardado.txt"
        # The kernel takes short names of sockets only, and folders may lie deep.
        self._socket_folder = Path(f"/tmp/acopio-vm-{os.getpid()}")  # noqa: S108
        self._socket_folder.mkdir(mode=0o700, exist_ok=True)
        control = self._socket_folder / "control"
        control.unlink(missing_ok=True)
        forwards = "".join(f",hostfwd=tcp:127.0.0.1:{h}-:{g}" for h, g in ports.items())
        self._process = subprocess.Popen(
            [
                *("nice", "-n", "3", "qemu-system-x86_64"),
                *("-accel", "tcg,thread=multi", "-cpu", "max"),
                *("-m", str(_MEMORY_MB), "-smp", str(_PROCESSORS)),
                *("-display", "none", "-no-reboot", "-monitor", "none"),
                *("-serial", f"file:{self.console}"),
                *("-kernel", str(files.kernel), "-initrd", str(files.initrd)),
                *("-append", "root=/dev/vda rw console=ttyS0 quiet panic=-1 mitigations=off"),
                *("-drive", f"file={files.disk},format=raw,if=virtio,cache=writeback"),
                *("-nic", f"user,model=virtio{forwards}"),
                *("-device", "virtio-serial", "-device", "i6300esb", "-watchdog-action", "reset"),
                *("-chardev", f"socket,id=control,path={control},server=on,wait=off"),
                *("-device", "virtserialport,chardev=control,name=acopio.control"),
                *("-chardev", f"file,id=guardado,path={self.guardado},append=on"),
                *("-device", "virtserialport,chardev=guardado,name=acopio.guardado"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(folder / "emulator.log").open("ab"),
            preexec_fn=die_with_parent,  # only a system call: safe beside threads
        )
        self._line = _Line(control)

    def wait_until_up(self) -> float:
        """Wait until the station answers orders; give the seconds since this call.

        Raises:
            MachineError: It did not come up.
        """
        began = time.monotonic()
        while time.monotonic() - began < _BOOT_S:
            if self._process.poll() is not None:
                raise MachineError(f"the emulator ended: see {self.console}")
            with contextlib.suppress(OSError, MachineError):
                # Orders reach the station before its message bus is there.
                self.run("systemctl", "is-active", "dbus.socket", timeout_s=5)
                return time.monotonic() - began
            time.sleep(0.5)
        raise MachineError(f"the station does not come up: see {self.console}")

    def run(
        self, *command: str, stdin: str = "", timeout_s: float = 300, may_fail: bool = False
    ) -> str:
        """Run a command inside as root; give its output.

        Raises:
            MachineError: No answer, or a status other than 0.
        """
        order = {"run": list(command), "stdin": stdin, "timeout_s": timeout_s}
        answer = self._line.ask(order, timeout_s + 30)
        if answer.get("status") != 0 and not may_fail:
            raise MachineError(f"{' '.join(command)}: {answer}")
        return str(answer.get("output", ""))

    def put(self, path: str, content: bytes, mode: int = 0o644) -> None:
        """Write a file inside.

        Raises:
            MachineError: It could not be written.
        """
        order = {"put": path, "content": base64.b64encode(content).decode(), "mode": mode}
        answer = self._line.ask(order, 60)
        if answer.get("status") != 0:
            raise MachineError(f"{path}: {answer}")

    def cut(self) -> None:
        """Take the power away, this instant."""
        self._process.kill()
        self._close()

    def shut_down(self) -> None:
        """End it in good order; cut it when it does not end."""
        with contextlib.suppress(MachineError, OSError):
            self.run("systemctl", "--no-block", "poweroff")
            self._process.wait(timeout=180)
        self.cut()

    def _close(self) -> None:
        self._process.wait()
        self._line.close()
        shutil.rmtree(self._socket_folder, ignore_errors=True)


class _Line:
    """Orders and answers over the serial port; a lost answer never passes for a later one's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._number = 0

    def ask(self, order: dict[str, object], timeout_s: float) -> dict[str, object]:
        self._number += 1
        try:
            line = self._connected()
            line.settimeout(timeout_s)
            line.sendall(json.dumps({**order, "id": self._number}).encode() + b"\n")
            while True:
                answer = self._answer(line)
                if answer.get("id") == self._number:
                    return answer
        except OSError as error:
            self.close()
            raise MachineError(f"no answer from the station: {error}") from error

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(5)
            self._socket.connect(str(self._path))
        return self._socket

    def _answer(self, line: socket.socket) -> dict[str, object]:
        text = b""
        while not text.endswith(b"\n"):
            piece = line.recv(1 << 16)
            if not piece:
                raise ConnectionResetError("the emulator ended")
            text += piece
        answer: dict[str, object] = json.loads(text.splitlines()[-1])
        return answer


def tail(path: Path, lines: int = 15) -> Sequence[str]:
    """Give the end of a log."""
    if not path.exists():
        return []
    return path.read_text("utf-8", "replace").splitlines()[-lines:]
