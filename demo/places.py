"""Where the demo keeps what it makes, and the loopback ports it uses."""

import hashlib
import os
import socket
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# The kernel refuses longer names of Unix sockets.
_SOCKET_NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one demo under `root` (var/demo): `run` is of this run, `frames` outlives it."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def frames(self) -> Path:
        return self.root / "frames"

    @property
    def journal(self) -> Path:
        return self.run / "journal.jsonl"

    @property
    def logs(self) -> Path:
        return self.run / "logs"

    @property
    def central(self) -> Path:
        return self.run / "central"

    @property
    def central_config(self) -> Path:
        return self.central / "central.toml"

    @property
    def station(self) -> Path:
        return self.run / "station"

    @property
    def station_config(self) -> Path:
        return self.station / "station.toml"

    @property
    def scene(self) -> Path:
        """The folder of the replayed camera: a link to the scene before it."""
        return self.station / "camera"

    def show(self, scene: Path) -> None:
        """Put a scene before the camera, in one step."""
        aside = self.scene.with_suffix(".next")
        aside.unlink(missing_ok=True)
        aside.symlink_to(scene.resolve(), target_is_directory=True)
        aside.replace(self.scene)

    def vault_socket(self) -> Path:
        """Give a name for the vault's socket that the kernel takes."""
        near = self.central / "run" / "vault.sock"
        if len(str(near)) < _SOCKET_NAME_LIMIT:
            return near
        name = hashlib.sha256(str(self.run).encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"acopio-demo-{os.geteuid()}-{name}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / "vault.sock"


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports: people's browsers, stations, sign-in provider, kiosk."""

    portal: int
    stations: int
    provider: int
    kiosk: int


# The ones to remember; a busy one is replaced by any free one.
_USUAL = Ports(portal=8800, stations=8843, provider=8890, kiosk=8880)


def choose_ports() -> Ports:
    """Give the usual ports, or free ones in place of those that are taken."""
    usual = (_USUAL.portal, _USUAL.stations, _USUAL.provider, _USUAL.kiosk)
    return Ports(*(port if _is_free(port) else _any_free() for port in usual))


def wait_until_free(ports: Sequence[int], *, timeout_s: float) -> bool:
    """Wait for processes of an earlier run that still end; false when they do not."""
    deadline = time.monotonic() + timeout_s
    while not all(_is_free(port) for port in ports):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
