"""Puts the updates together from their parts, for the commands."""

from pathlib import Path

from device.config import Config
from device.update.base import Slots, UpdateError
from device.update.folder_slots import FolderSlots
from device.update.install import Installer, Trust
from device.update.journal import Journal
from device.update.offers import Offers
from device.update.release_keys import read_release_keys
from device.update.request import requests_in
from device.update.tryboot import PARTS, TrybootSlots
from domain.clock import Clock

_FOLDER_PARTS = ("app",)


def open_slots(config: Config) -> tuple[Slots, tuple[str, ...]]:
    """Give the boot mechanism that the settings name, and the parts of one slot.

    Raises:
        UpdateError: This station takes no releases.
    """
    settings = config.update
    ask = requests_in(Path(settings.requests))
    match settings.slots:
        case "tryboot":
            slots = TrybootSlots(
                autoboot=Path(settings.autoboot),
                partitions=(settings.boot_a, settings.boot_b),
                devices=Path(settings.devices),
                ask=ask,
            )
            return slots, PARTS
        case "folder":
            return FolderSlots(Path(settings.folder) / "slots", ask), _FOLDER_PARTS
        case _:
            raise UpdateError("update.slots: this station takes no releases", code="update.off")


def open_installer(config: Config) -> Installer:
    """Put the installer together.

    Raises:
        UpdateError: No slots, or no release keys.
    """
    slots, parts = open_slots(config)
    settings = config.update
    keys = read_release_keys(Path(settings.keys))
    trust = Trust(keys, settings.signatures, settings.compatible)
    return Installer(Journal(Path(settings.folder)), slots, parts, trust)


def open_offers(config: Config, clock: Clock) -> Offers | None:
    """Give what the delivery does with releases; nothing where the station takes none."""
    settings = config.update
    if settings.slots == "none":
        return None
    return Offers(
        Path(settings.folder),
        open_slots(config)[0],
        clock,
        keys=Path(settings.keys),
        signatures=settings.signatures,
        compatible=settings.compatible,
    )
