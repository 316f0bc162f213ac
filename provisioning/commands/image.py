"""`image`: the root file system of a slot, the same bytes for the same manifest."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from provisioning.image import build, read_manifest

_SOURCE = Path(__file__).resolve().parents[2]


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser(
        "image", help="hace la imagen de una ranura", description=__doc__
    )
    parser.add_argument("--manifest", type=Path, required=True, metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="IMG", help="imagen nueva")
    parser.add_argument("--wheelhouse", type=Path, required=True, metavar="DIR")
    parser.add_argument("--source", type=Path, default=_SOURCE, metavar="DIR", help="Acopio")
    parser.add_argument(
        "--write-lock", action="store_true", help="anota las versiones de hoy junto al manifiesto"
    )
    parser.set_defaults(func=_build)


def _build(options: argparse.Namespace) -> int:
    if os.geteuid() != 0:
        print("Hacer una imagen pide ser root: repita la orden con sudo.", file=sys.stderr)
        return 1
    digest = build(
        read_manifest(options.manifest),
        options.out,
        source=options.source,
        wheelhouse=options.wheelhouse,
        write_lock=options.write_lock,
        say=print,
    )
    print(f"{digest}  {options.out}")
    return 0
