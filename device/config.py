"""Settings of the station, read once from TOML: each field with its unit, range and default."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from device.errors import ConfigError
from wire.errors import ShapeError
from wire.shape import Limits, decode


@dataclass(frozen=True, slots=True)
class StationConfig:
    """The station itself; its identity comes with enrolment, not from here."""

    # Folder of keys, spool and enrolment.
    data: Annotated[str, Limits(most=4096)] = "/var/lib/acopio-station"
    # The centre's card (`acopio-central station card`): where it is and how to know it; public.
    centre: Annotated[str, Limits(most=4096)] = "/etc/acopio/centre.json"
    # Folder in memory where the station's programs leave each other how the station is.
    run: Annotated[str, Limits(most=4096)] = "/run/acopio"
    # Where the signing key lives; `file` keeps it in data/keys, mode 0600.
    signer: Annotated[str, Limits(pattern=r"file")] = "file"
    # `demo` allows stand-ins (replayed camera, plain http on loopback); `production` refuses them.
    environment: Annotated[str, Limits(pattern=r"production|demo")] = "production"


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """Where pictures come from."""

    driver: Annotated[str, Limits(pattern=r"picamera2|v4l2|replay")] = "picamera2"
    # Number of the camera, for picamera2.
    index: Annotated[int, Limits(low=0, high=7)] = 0
    # Device file, for v4l2.
    path: Annotated[str, Limits(most=4096)] = "/dev/video0"
    # Folder of pictures or a film, for replay.
    folder: Annotated[str, Limits(most=4096)] = ""
    still_width: Annotated[int, Limits(low=640, high=9152, unit="px")] = 2304
    still_height: Annotated[int, Limits(low=480, high=6944, unit="px")] = 1296
    preview_width: Annotated[int, Limits(low=160, high=1920, unit="px")] = 640
    preview_height: Annotated[int, Limits(low=120, high=1080, unit="px")] = 480
    timeout_s: Annotated[float, Limits(low=0.1, high=60, unit="s")] = 5.0


@dataclass(frozen=True, slots=True)
class InferenceConfig:
    """How pictures are read."""

    # Folder with models.toml and its files; empty takes those that ship with the program.
    models: Annotated[str, Limits(most=4096)] = ""
    # "auto": eight bits where the runtime is fast with them, else 32.
    variant: Annotated[str, Limits(pattern=r"auto|float|int8")] = "auto"
    threads: Annotated[int, Limits(low=1, high=8)] = 2


@dataclass(frozen=True, slots=True)
class QueueConfig:
    """The spool of sealed packets; its folder lies under `station.data`."""

    # Below this, no new capture begins; the current one is still sealed.
    minimum_free_bytes: Annotated[int, Limits(low=0, high=1 << 40, unit="bytes")] = 256 << 20
    # Space kept aside so that a full disk can still finish what it began.
    ballast_bytes: Annotated[int, Limits(low=0, high=1 << 30, unit="bytes")] = 32 << 20
    busy_timeout_s: Annotated[float, Limits(low=0.1, high=60, unit="s")] = 5.0


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """How the centre is spoken to; its address comes with enrolment."""

    # Replaces the address of the claim, for a centre that moved; the pinned authority stays.
    url: Annotated[str, Limits(most=200)] = ""
    connect_timeout_s: Annotated[float, Limits(low=0.5, high=120, unit="s")] = 10.0
    read_timeout_s: Annotated[float, Limits(low=1, high=600, unit="s")] = 60.0
    chunk_bytes: Annotated[int, Limits(low=4096, high=1 << 20, unit="bytes")] = 256 << 10
    # Waiting after failures: full jitter between nothing and a bound that doubles.
    backoff_first_s: Annotated[float, Limits(low=0.05, high=600, unit="s")] = 5.0
    backoff_most_s: Annotated[float, Limits(low=0.1, high=3600, unit="s")] = 900.0
    # How often the spool is looked at when nothing failed.
    poll_s: Annotated[float, Limits(low=0.1, high=600, unit="s")] = 5.0


@dataclass(frozen=True, slots=True)
class KioskConfig:
    """The screens, on this machine only."""

    port: Annotated[int, Limits(low=1024, high=65535)] = 8080
    threads: Annotated[int, Limits(low=1, high=32)] = 4
    language: Annotated[str, Limits(pattern=r"[a-z]{2}(_[A-Z]{2})?")] = "es_MX"
    # Lock of a station that nobody touches: its auxiliar's password opens it again.
    idle_s: Annotated[int, Limits(low=30, high=86_400, unit="s")] = 900
    # Close of a session that stayed locked.
    sign_out_s: Annotated[int, Limits(low=30, high=86_400, unit="s")] = 14_400
    # Verifier of the technician's password, as `technician-password` writes it; empty for none.
    technician_verifier_file: Annotated[str, Limits(most=4096)] = ""
    # A shown person leaves: the capture is dropped.
    visit_timeout_s: Annotated[int, Limits(low=30, high=3600, unit="s")] = 300
    # Pictures take themselves once the gates hold; the button is always there.
    automatic_shutter: bool = True


_PORT = r"|simulated|/[^\0]+"


@dataclass(frozen=True, slots=True)
class PeripheralsConfig:
    """What hangs on serial lines; none of it is needed for a capture.

    Each is empty for none, a device file (`*` in its name finds it in any socket), or `simulated`.
    """

    scanner: Annotated[str, Limits(pattern=_PORT, most=4096)] = ""
    printer: Annotated[str, Limits(pattern=_PORT, most=4096)] = ""
    lamps: Annotated[str, Limits(pattern=_PORT, most=4096)] = ""
    scanner_baud: Annotated[int, Limits(low=1200, high=1_000_000, unit="baud")] = 115_200
    printer_baud: Annotated[int, Limits(low=1200, high=1_000_000, unit="baud")] = 38_400
    lamps_baud: Annotated[int, Limits(low=1200, high=1_000_000, unit="baud")] = 115_200
    # A pause that ends a code of a scanner which sends no end of line; 0 for never.
    scanner_gap_ms: Annotated[int, Limits(low=0, high=500, unit="ms")] = 0
    # Characters across the paper: 32 on 58 mm, 48 on 80 mm.
    printer_columns: Annotated[int, Limits(low=24, high=64)] = 32
    # Brightness of the pair while a side of the credential is photographed.
    lamps_brightness: Annotated[int, Limits(low=0, high=255)] = 160

    @property
    def ports(self) -> dict[str, str]:
        """Return the device files by name."""
        return {"scanner": self.scanner, "printer": self.printer, "lamps": self.lamps}

    def with_ports(self, ports: Mapping[str, str]) -> "PeripheralsConfig":
        """Return the same settings with other device files."""
        return replace(self, **ports)  # type: ignore[arg-type]  # the ports are texts


@dataclass(frozen=True, slots=True)
class UpdateConfig:
    """How signed releases are taken: docs/updates.md."""

    # `none` takes no release of the system; `tryboot` is the Raspberry Pi's, `folder` any board's.
    slots: Annotated[str, Limits(pattern=r"none|folder|tryboot")] = "none"
    # Folder of bundles, state and, for `folder`, of the slots.
    folder: Annotated[str, Limits(most=4096)] = "/var/lib/acopio-update"
    # Where a restart is asked for: the system's own unit watches it.
    requests: Annotated[str, Limits(most=4096)] = "/run/acopio-update"
    # What this station is; a release names the same.
    compatible: Annotated[str, Limits(pattern=r"([a-z0-9][a-z0-9-]{0,63})?")] = ""
    # Public halves of the release keys, and how many of them have to sign.
    keys: Annotated[str, Limits(most=4096)] = "/etc/acopio/release-keys.pem"
    signatures: Annotated[int, Limits(low=1, high=8)] = 2
    # How long the station may take to prove itself after the restart.
    gate_s: Annotated[int, Limits(low=10, high=600, unit="s")] = 180
    # Below this charge no restart, where there is a battery.
    battery_percent: Annotated[int, Limits(low=0, high=100, unit="%")] = 50
    # No restart so long before the end of a process, unless the release is critical.
    blackout_h: Annotated[int, Limits(low=0, high=24 * 60, unit="h")] = 72
    # For `tryboot`: the folder where the partition with autoboot.txt is mounted, the numbers of the
    # two boot partitions, and the block devices.
    autoboot: Annotated[str, Limits(most=4096)] = "/boot/selector"
    boot_a: Annotated[int, Limits(low=1, high=63)] = 2
    boot_b: Annotated[int, Limits(low=1, high=63)] = 3
    devices: Annotated[str, Limits(most=4096)] = "/dev/disk/by-partlabel"


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of a station; a file may leave out what it does not change."""

    station: StationConfig = StationConfig()
    camera: CameraConfig = CameraConfig()
    inference: InferenceConfig = InferenceConfig()
    queue: QueueConfig = QueueConfig()
    server: ServerConfig = ServerConfig()
    kiosk: KioskConfig = KioskConfig()
    peripherals: PeripheralsConfig = PeripheralsConfig()
    update: UpdateConfig = UpdateConfig()

    @property
    def data(self) -> Path:
        """Folder of everything the station keeps."""
        return Path(self.station.data)

    @property
    def run_folder(self) -> Path:
        """Folder of what one program says to another until the station is switched off."""
        return Path(self.station.run)

    @property
    def keys_folder(self) -> Path:
        """Folder of the station's secrets, mode 0700."""
        return self.data / "keys"

    @property
    def spool_folder(self) -> Path:
        """Folder of the spool's database and files, on one file system."""
        return self.data / "spool"


def parse_config(text: str, *, origin: str = "configuration") -> Config:
    """Read settings from the text of a TOML file.

    Raises:
        ConfigError: Not TOML, an unknown or ill-typed key, a value out of range, or a combination
            that production refuses; the message names the key.
    """
    try:
        config = decode(Config, tomllib.loads(text), where="")
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{origin}: not TOML: {error}", code="config.malformed") from error
    except ShapeError as error:
        raise ConfigError(f"{origin}: {str(error).lstrip('.')}", code="config.value") from error
    _check(config, origin)
    return config


def read_config(path: Path) -> Config:
    """Read settings from a file.

    Raises:
        ConfigError: The file cannot be read, or as `parse_config`.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read", code="config.unreadable") from error
    return parse_config(text, origin=str(path))


def require_server(url: str, config: Config) -> str:
    """Return the server's address if this station may speak to it.

    Raises:
        ConfigError: Not https; plain http is for a demo on this very machine.
    """
    split = urlsplit(url)
    is_loopback = split.hostname in ("127.0.0.1", "::1", "localhost")
    is_demo = config.station.environment == "demo"
    if split.scheme == "https" or (split.scheme == "http" and is_loopback and is_demo):
        return url.rstrip("/")
    raise ConfigError(f"server {url}: https is required", code="config.server")


def _check(config: Config, origin: str) -> None:
    if config.camera.driver == "replay":
        if config.station.environment == "production":
            raise ConfigError(
                f"{origin}: camera.driver: replay is a stand-in, refused in production",
                code="config.stand_in",
            )
        if not config.camera.folder:
            raise ConfigError(f"{origin}: camera.folder: missing for replay", code="config.value")
    for name, port in config.peripherals.ports.items():
        if port == "simulated" and config.station.environment == "production":
            raise ConfigError(
                f"{origin}: peripherals.{name}: simulated is a stand-in, refused in production",
                code="config.stand_in",
            )
    if config.server.backoff_first_s > config.server.backoff_most_s:
        raise ConfigError(
            f"{origin}: server.backoff_first_s: above server.backoff_most_s", code="config.value"
        )
    if config.update.slots != "none" and not config.update.compatible:
        raise ConfigError(f"{origin}: update.compatible: missing", code="config.value")
    if config.server.url:
        require_server(config.server.url, config)
