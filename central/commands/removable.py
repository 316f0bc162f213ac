"""`receive-usb`: packets that a station's removable disk brings, by the checks of the network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from central.clock import SystemClock
from central.commands.context import command, opened
from central.commands.speech import explain
from central.errors import CentralError
from central.intake.removable import Received, Refused, find_folders, receive_folder

_MOST_NAMED = 20


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = command(
        subparsers,
        "receive-usb",
        "recibe lo que una estación copió a una memoria USB, y deja en ella los acuses",
        _receive,
    )
    parser.add_argument(
        "disk", type=Path, metavar="CARPETA", help="la memoria, o la carpeta acopio-… de ella"
    )


def _receive(arguments: argparse.Namespace) -> int:
    # Only here: the pages are slow to load, and few commands need the parts of the web.
    from central.app import build_services

    with opened(arguments) as context:
        parts = build_services(context.config, SystemClock())
        try:
            status = 0
            for folder in find_folders(arguments.disk):
                try:
                    done = receive_folder(folder, parts.intake, parts.feed, seen=_show)
                except CentralError as error:
                    print(f"{folder.name}: {explain(error)}", file=sys.stderr)
                    status = 1
                else:
                    _tell(done)
                    status = max(status, int(bool(done.refused) or not done.is_answered))
        finally:
            parts.database.close()
    return status


def _show(done: int, of: int) -> None:
    """Show how far it is, to a person at a terminal alone."""
    if sys.stderr.isatty() and (done % 20 == 0 or done == of):
        print(f"\r  {done} de {of} ", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _tell(done: Received) -> None:
    new = len(done.receipts) - done.known
    print(f"Estación {done.station}: recibidos {new}, ya estaban {done.known}.")
    if done.refused:
        print(
            f"No se recibieron {len(done.refused)}. Conserve la memoria y la estación: nada se "
            "ha perdido. Si el código es packet.truncated, copie otra vez.",
            file=sys.stderr,
        )
    for refused in done.refused[:_MOST_NAMED]:
        _name(refused)
    if len(done.refused) > _MOST_NAMED:
        print(f"  … y {len(done.refused) - _MOST_NAMED} más", file=sys.stderr)
    if done.is_answered:
        print("  Los acuses quedaron en la memoria: en la estación, «acopio-station receive».")
    else:
        print("  La memoria no se puede escribir: los acuses llegarán por la red.", file=sys.stderr)


def _name(refused: Refused) -> None:
    print(f"  [{refused.code}] {refused.file}", file=sys.stderr)
