"""`health`: measures the machine once, for the delivery, for the screens and for Prometheus."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from device.clock import SystemClock
from device.commands.speech import DEFAULT_CONFIG, describe
from device.config import read_config
from device.errors import StationError
from device.health.notes import NoteBoard
from device.health.service import leave, measure


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser(
        "health", help="mide temperatura, voltaje, disco y batería", description=__doc__
    )
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help="station.toml"
    )
    parser.add_argument("--show", action="store_true", help="además muestra las medidas (JSON)")
    parser.add_argument(
        "--root", type=Path, default=Path("/"), metavar="DIR", help="raíz de /sys y /proc"
    )
    parser.set_defaults(func=_health)


def _health(options: argparse.Namespace) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        config = read_config(options.config)
    except StationError as error:
        print(describe(error), file=sys.stderr)
        return 1
    board = NoteBoard(config.run_folder, SystemClock())
    gauges = measure(board, options.root, config.data)
    leave(board, gauges)
    if options.show:
        print(json.dumps(gauges, indent=1, sort_keys=True))
    return 0
