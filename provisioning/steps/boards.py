"""The boards, as `boards.toml` describes them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from provisioning.steps.errors import BoardError

_FILE = Path(__file__).with_name("boards.toml")


@dataclass(frozen=True)
class Board:
    """What differs from board to board; the meaning of each field is in boards.toml."""

    name: str
    title: str
    model: str
    config: tuple[str, ...]
    eeprom: tuple[str, ...]
    cipher: str
    read_only: bool
    packages: tuple[str, ...]
    firmware: bool
    watchdog: str
    otp: bool
    rtc: bool


def boards() -> dict[str, Board]:
    """Give every board by its name."""
    described = tomllib.loads(_FILE.read_text("utf-8"))
    return {
        name: Board(
            name=name,
            title=entry["title"],
            model=entry["model"],
            config=tuple(entry["config"]),
            eeprom=tuple(entry["eeprom"]),
            cipher=entry["cipher"],
            read_only=entry["read_only"],
            packages=tuple(entry["packages"]),
            firmware=entry["firmware"],
            watchdog=entry["watchdog"],
            otp=entry["otp"],
            rtc=entry["rtc"],
        )
        for name, entry in described.items()
    }


def find_board(name: str) -> Board:
    """Give a board by its name; `BoardError` names the known ones."""
    known = boards()
    if name not in known:
        raise BoardError(f"no se conoce la placa {name}; se conocen: {', '.join(known)}")
    return known[name]
