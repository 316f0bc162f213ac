"""`wheelhouse`: fetches all that step 50 installs, for a station without a network."""

from __future__ import annotations

import argparse
from pathlib import Path

from provisioning.packing import LOCKS, MACHINES, PYTHONS, make_wheelhouse

_SOURCE = Path(__file__).resolve().parents[2]


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser(
        "wheelhouse", help="reúne los paquetes de Python de una versión", description=__doc__
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="carpeta nueva")
    parser.add_argument("--role", choices=list(LOCKS), default="station", help="para qué")
    parser.add_argument(
        "--python", choices=PYTHONS, default="3.13", help="3.11 en Bookworm, 3.13 en Trixie"
    )
    parser.add_argument(
        "--arch", choices=list(MACHINES), default="arm64", help="arm64 en una Raspberry Pi"
    )
    parser.add_argument("--source", type=Path, default=_SOURCE, metavar="DIR", help="Acopio")
    parser.set_defaults(func=_make)


def _make(options: argparse.Namespace) -> int:
    made = make_wheelhouse(
        options.source,
        options.out,
        role=options.role,
        python=options.python,
        architecture=options.arch,
    )
    size = sum((made.folder / name).stat().st_size for name in made.files)
    print(f"{options.out}: {len(made.files) - 1} paquetes, {size / 1e6:.0f} MB")
    print(f"SHA-256 de la lista: {made.identity}")
    return 0
