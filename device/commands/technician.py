"""`technician-password`: sets the password behind which the station's settings are."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from device.bootstrap import technician_file
from device.capture.passwords import new_verifier
from device.commands.speech import DEFAULT_CONFIG, describe
from device.config import read_config
from device.durable import write_whole
from device.errors import StationError

SHORTEST = 8


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser(
        "technician-password",
        help="contraseña del técnico, leída de la entrada estándar",
        description=__doc__,
    )
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help="station.toml"
    )
    parser.set_defaults(func=_set)


def _set(options: argparse.Namespace) -> int:
    try:
        path = technician_file(read_config(options.config))
    except StationError as error:
        print(describe(error), file=sys.stderr)
        return 1
    if path is None:
        print("Falta kiosk.technician_verifier_file en la configuración.", file=sys.stderr)
        return 1
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST:
        print(f"La contraseña debe tener al menos {SHORTEST} caracteres.", file=sys.stderr)
        return 1
    try:
        write_verifier(path, password)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"Contraseña del técnico guardada en {path}.")
    return 0


def write_verifier(path: Path, password: str) -> None:
    """Write the verifier whole or not at all, for its owner alone."""
    write_whole(path, f"{new_verifier(password)}\n".encode("ascii"), mode=0o600)
