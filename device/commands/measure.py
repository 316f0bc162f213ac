"""`measure`: times each network's variants on this board and keeps the faster ones."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from device.bootstrap import models_toml, variants_file
from device.commands.speech import DEFAULT_CONFIG, describe
from device.config import read_config
from device.errors import StationError
from device.inference.variants import best_threads, measure, write_choice


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser(
        "measure",
        help="mide las redes en este equipo y guarda las variantes más rápidas",
        description=__doc__,
    )
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help="station.toml"
    )
    parser.set_defaults(func=_measure)


def _measure(options: argparse.Namespace) -> int:
    try:
        config = read_config(options.config)
        listed = models_toml(config.inference)
        found = measure(listed)
        most = min(config.inference.threads, os.cpu_count() or 1)
        threads = best_threads(listed, found, most=most)
    except StationError as error:
        print(describe(error), file=sys.stderr)
        return 1
    path = variants_file(config)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_choice(path, found, threads)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{'red':<22}{'32 bits':>10}{'8 bits':>10}{'parecido':>10}  se usa")
    for one in found:
        print(
            f"{one.name:<22}{one.float_ms:>7.2f} ms{one.int8_ms:>7.2f} ms{one.likeness:>10.3f}"
            f"  {'8 bits' if one.int8 else '32 bits'}"
        )
    print(f"Hilos por red: {threads}. Guardado en {path}; vale desde el próximo arranque.")
    return 0
