"""45: the partition of the station's data, encrypted with LUKS2.

The key is not on the disk where the board has one in its fuses: `data_key.py` asks the firmware
for an HMAC of the serial number, the partition's own number and a fixed text (rpi-fw-crypto,
raspberrypi/utils, rpifwcrypto/README.md: "HMAC(serial-number + EMMC CID) could be used for a LUKS
passphrase"). On other boards it is a file that the technician gives; it lies on the root, so it
protects a partition that is thrown away and not a machine that is stolen. The record says which
of the two it is.

The cipher is the board's (boards.toml): a BCM2711 has no AES instructions, so Adiantum is used
there (cryptsetup(8), "xchacha20,aes-adiantum-plain64"). The key is 32 random bytes or an HMAC, so
the costly derivation that protects weak passphrases is not paid at each start (PBKDF2, 1,000
turns).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change, File, Folder, Link
from provisioning.steps.errors import CommandError, RefusedError
from provisioning.steps.s40_directories import folders
from provisioning.steps.tree import Tree, run

DATA = "/var/lib/acopio-station"
UPDATE = "/var/lib/acopio-update"
NAME = "acopio-data"
MAPPED = f"/dev/mapper/{NAME}"
KEY_FILE = "/etc/acopio/data.key"
PROGRAM = "/usr/lib/acopio/data_key.py"
_UNITS = "/etc/systemd/system"
_OPEN = "acopio-data-open.service"
_ON_DISK = Path(__file__).with_name("data_key.py")


def plan(site: Site) -> Sequence[Change]:
    """Format once and only what is empty; install what opens it at each start; make its folders."""
    device = site.options.data_device
    changes: list[Change] = [File(PROGRAM, _ON_DISK.read_bytes(), 0o755)]
    if site.options.data_key is not None:
        changes.append(File(KEY_FILE, site.options.data_key.read_bytes(), 0o400))
    changes += [
        Act(
            device, f"cifra {device} (LUKS2, {site.board.cipher})", _is_luks(device), _format(site)
        ),
        File(f"{_UNITS}/{_OPEN}", _unit(device).encode()),
        Link(f"{_UNITS}/local-fs.target.wants/{_OPEN}", f"{_UNITS}/{_OPEN}"),
        Act(MAPPED, f"abre {device} como {MAPPED}", _is_open, lambda _: _open(device)),
        Act(f"ext4 en {MAPPED}", f"hace un ext4 en {MAPPED}", _has_ext4, _make_ext4),
        Act(DATA, f"monta {MAPPED} en {DATA}", _is_mounted, _mount),
        # The other slot must see the updates' state too, so it lives beside the data.
        Folder(f"{DATA}/update", 0o2750, "acopio-update", "acopio"),
        *folders(site, under=DATA),
        Act(UPDATE, f"monta {DATA}/update en {UPDATE}", _is_bound, _bind),
        *folders(site, under=UPDATE),
    ]
    return changes


def _unit(device: str) -> str:
    return f"""\
[Unit]
Description=Acopio: opens the encrypted partition of the data
DefaultDependencies=no
# Before the mounts that fstab lists; the partition appears when udev has seen it.
BindsTo={_device_unit(device)}
After={_device_unit(device)} systemd-udevd.service
Before=local-fs.target var-lib-acopio\\x2dstation.mount shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/python3 -I {PROGRAM} open {device}
ExecStop=/usr/sbin/cryptsetup close {NAME}

[Install]
WantedBy=local-fs.target
"""


def _device_unit(device: str) -> str:
    """Give the name of a device's unit (systemd.unit(5), escaping of paths)."""
    escaped = "".join(
        "-" if each == "/" else each if each.isalnum() or each in ":_." else f"\\x{ord(each):02x}"
        for each in device.strip("/")
    )
    return f"{escaped}.device"


def _is_luks(device: str) -> Callable[[Tree], bool]:
    def done(_: Tree) -> bool:
        try:
            run(["cryptsetup", "isLuks", "--type", "luks2", device])
        except CommandError:
            return False
        return True

    return done


def _format(site: Site) -> Callable[[Tree], None]:
    def act(_: Tree) -> None:
        device = site.options.data_device
        if _signature(device):
            raise RefusedError(
                f"{device} ya tiene datos ({_signature(device)}): bórrela usted con `wipefs` si de "
                "verdad sobra, y aplique de nuevo"
            )
        run([*_KEY_PROGRAM, "format", device, site.board.cipher])

    return act


_KEY_PROGRAM = ("/usr/bin/python3", "-I", PROGRAM)


def _signature(device: str) -> str:
    # blkid ends with 2 when it finds nothing (blkid(8)).
    try:
        return run(["blkid", "--probe", "--match-tag", "TYPE", "--output", "value", device]).strip()
    except CommandError as error:
        if "terminó con 2:" in str(error):
            return ""
        raise


def _is_open(_: Tree) -> bool:
    return Path(MAPPED).exists()


def _open(device: str) -> None:
    run([*_KEY_PROGRAM, "open", device])


def _has_ext4(tree: Tree) -> bool:
    return _is_open(tree) and _signature(MAPPED) == "ext4"


def _make_ext4(_: Tree) -> None:
    if _signature(MAPPED):
        raise RefusedError(f"{MAPPED} ya tiene {_signature(MAPPED)}")
    run(["mkfs.ext4", "-q", "-L", NAME, MAPPED])


def _is_mounted(_: Tree) -> bool:
    return _mounts(DATA)


def _mount(_: Tree) -> None:
    run(["mount", "-o", "noatime,nodev,nosuid,noexec,data=ordered", MAPPED, DATA])


def _is_bound(_: Tree) -> bool:
    return _mounts(UPDATE)


def _bind(_: Tree) -> None:
    run(["mount", "--bind", f"{DATA}/update", UPDATE])


def _mounts(point: str) -> bool:
    return any(
        line.split()[1] == point for line in Path("/proc/self/mounts").read_text().splitlines()
    )


def _skip(site: Site) -> str | None:
    if not site.is_station:
        return "el centro guarda sus datos donde diga su administrador"
    if not site.options.data_device:
        return "sin --data-device: los datos quedan en la raíz, sin cifrar"
    if not site.tree.is_running:
        return "la partición se prepara en la propia estación"
    return None


def _note(site: Site) -> str:
    if site.options.data_key is not None:
        return (
            f"la llave de los datos está en {KEY_FILE}, en la raíz: protege una tarjeta que se "
            "tira, no una estación que se roban"
        )
    return "la llave de los datos sale de la llave de la placa (OTP) y no está en ningún disco"


STEP = Step(45, "data", "Partición de los datos", plan, skip=_skip, note=_note)
