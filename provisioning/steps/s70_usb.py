"""70: what may be plugged in. Known classes of devices, and no network by USB unless it was chosen.

The kernel lets each interface be refused (Documentation/usb/authorization.rst, "Interface
authorization"); the classes are those of the USB-IF's list. Sticks are mounted by nobody but who
asks for it, without programs, devices or set-user-id (step 60).
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Change, File

RULES = "/etc/udev/rules.d/60-acopio-usb.rules"
_CLASSES = {
    "01": "sonido",
    "02": "serie (lector, impresora)",
    "03": "pantalla táctil y teclado",
    "07": "impresora",
    "08": "memoria",
    "09": "concentrador",
    "0a": "serie, datos",
    "0e": "cámara",
    "ef": "cámara y serie, compuestos",
    "ff": "serie de un fabricante (FTDI, CH340, CP210x)",
}
# CDC: Ethernet (ECM 06, EEM 0c, NCM 0d, MBIM 0e) and RNDIS, which is class e0 or ef/04.
_NETWORK_SUBCLASSES = "06|0c|0d|0e"


def plan(site: Site) -> Sequence[Change]:
    """Write the rules; udev reads them at the next device, so nothing is reloaded."""
    return [File(RULES, rules(usb_network=site.options.usb_network).encode())]


def rules(*, usb_network: bool) -> str:
    """Give the rules of udev(7)."""
    head = 'SUBSYSTEM!="usb", GOTO="acopio_usb_end"\nACTION!="add", GOTO="acopio_usb_end"\n'
    refuse = 'ATTR{authorized}="0"'
    interface = 'ENV{DEVTYPE}=="usb_interface"'
    lines = [f"# {number}: {what}" for number, what in _CLASSES.items()]
    lines.append(head)
    if usb_network:
        lines.append(f'{interface}, ATTR{{bInterfaceClass}}=="e0", GOTO="acopio_usb_end"')
    else:
        lines.append(
            f'{interface}, ATTR{{bInterfaceClass}}=="02", '
            f'ATTR{{bInterfaceSubClass}}=="{_NETWORK_SUBCLASSES}", {refuse}'
        )
        lines.append(
            f'{interface}, ATTR{{bInterfaceClass}}=="ef", '
            f'ATTR{{bInterfaceSubClass}}=="04", {refuse}'
        )
    lines.append(f'{interface}, ATTR{{bInterfaceClass}}!="{"|".join(_CLASSES)}", {refuse}')
    # No desktop mounts it by itself either.
    lines.append(
        '\nLABEL="acopio_usb_end"\nSUBSYSTEM=="block", ENV{ID_BUS}=="usb", ENV{UDISKS_IGNORE}="1"'
    )
    return "\n".join(lines) + "\n"


def _skip(site: Site) -> str | None:
    return None if site.is_station else "en el centro decide su administrador"


STEP = Step(70, "usb", "Qué se puede conectar por USB", plan, skip=_skip)
