"""`identity`, `enrol`, `retire`: the station shows its key, joins its centre, and goes home."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from device.board import read_board
from device.clock import SystemClock
from device.commands.queue import own_versions, stop_event
from device.commands.speech import adder
from device.config import Config
from device.errors import ConfigError, ServerBusyError, ServerRefusedError, ServerUnreachableError
from device.peripherals.escpos import qr_modules
from device.queue.assembly import open_spool
from device.queue.enrol import Enroller
from device.queue.enrolment import Enrolment
from device.queue.schema import State
from device.queue.standing import Standing
from wire.api import ErrorCode
from wire.claim import CentreCard, parse_card, parse_claim, parse_voucher, redeem

# What a station that goes home must not have: all but what is delivered, purged or declared.
_LEFT = (State.RESERVED, State.SEALED, State.SENDING, State.HELD, State.CORRUPT)
# Somebody reads sixteen groups on a screen meanwhile.
_ASK_EVERY_S = 10.0

T = TypeVar("T")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-commands."""
    add = adder(subparsers)
    retire = add("retire", "comprueba que no queda nada por entregar", _retire)
    retire.add_argument("--out", type=Path, metavar="FILE", help="escribe el pasaporte firmado")
    identity = add("identity", "muestra la clave con la que la estación pide su alta", _identity)
    identity.add_argument("--out", type=Path, metavar="FILE", help="escribe la solicitud")
    enrol = add("enrol", "da de alta la estación", _enrol)
    enrol.add_argument("claim", type=Path, nargs="?", metavar="CLAIM", help="archivo de alta")
    way = enrol.add_mutually_exclusive_group()
    way.add_argument("--voucher", metavar="TEXTO", help="el vale de la etiqueta")
    way.add_argument("--answer", type=Path, metavar="FILE", help="la respuesta del centro, sin red")
    way.add_argument("--wait", action="store_true", help="espera a que aprueben su clave")
    enrol.add_argument(
        "--centre", type=Path, metavar="FILE", help="tarjeta del centro; si no, station.centre"
    )


def _retire(options: argparse.Namespace, config: Config) -> int:
    spool = open_spool(config)
    try:
        counts = spool.counts()
        left = [f"{state.value} {counts[state]}" for state in _LEFT if counts[state]]
        token = Standing(config, spool, SystemClock(), own_versions()).passport()[1]
    finally:
        spool.close()
    if left:
        print(f"A la estación le queda: {', '.join(left)}. Entregue primero, o use export.")
        return 1
    if options.out is not None:
        try:
            options.out.write_text(f"{token}\n", "ascii")
        except OSError as error:
            raise ConfigError(f"{options.out}: {error.strerror}", code="export.write") from error
    print("No le queda nada. Retírela ahora en el centro: acopio-central station retire.")
    return 0


def _identity(options: argparse.Namespace, config: Config) -> int:
    shown = _with_enroller(config, lambda enroller: enroller.identify())
    if options.out is not None:
        try:
            options.out.write_text(shown.text + "\n", "ascii")
        except OSError as error:
            raise ConfigError(f"{options.out}: {error.strerror}", code="export.write") from error
    print(_drawn(shown.text))
    print(f"Huella: {shown.identity.fingerprint}")
    print(f"Placa: {shown.identity.hardware} {shown.identity.serial}".rstrip())
    print("Quien aprueba compara la huella. Después: acopio-station enrol --wait o --answer.")
    return 0


def _enrol(options: argparse.Namespace, config: Config) -> int:
    ways = [options.claim, options.voucher, options.answer, options.wait or None]
    if sum(way is not None for way in ways) != 1:
        raise ConfigError("CLAIM, --voucher, --answer or --wait: one of them", code="config.usage")

    def act(enroller: Enroller) -> Enrolment:
        if options.claim is not None:
            return enroller.enrol(parse_claim(_read(options.claim, "claim.unreadable")))
        card = _card(options, config)
        if options.voucher is not None:
            return enroller.enrol(redeem(card, parse_voucher(options.voucher)))
        if options.answer is not None:
            text = _read(options.answer, "claim.unreadable").decode("ascii", "replace")
            return enroller.enrol_by_file(text, card)
        return _wait(enroller, card, stop_event())

    done = _with_enroller(config, act)
    print(f"Estación {done.station} dada de alta; época {done.epoch}.")
    print("Borre el archivo o la etiqueta del alta: ya no sirven.")
    return 0


def _wait(enroller: Enroller, card: CentreCard, stop: threading.Event) -> Enrolment:
    """Ask until somebody has approved the key; a network that fails is waited for as well."""
    said = ""
    while True:
        try:
            return enroller.enrol_approved(card)
        except (ServerUnreachableError, ServerBusyError, ServerRefusedError) as error:
            if isinstance(error, ServerRefusedError) and error.code != ErrorCode.WAITING:
                raise
            if said != error.code:
                said = error.code
                print(f"Se espera: {error.code}", flush=True)
            if stop.wait(_ASK_EVERY_S):
                raise


def _with_enroller(config: Config, act: Callable[[Enroller], T]) -> T:
    spool = open_spool(config)
    try:
        return act(Enroller(config, SystemClock(), own_versions(), read_board(), spool=spool))
    finally:
        spool.close()


def _card(options: argparse.Namespace, config: Config) -> CentreCard:
    return parse_card(_read(options.centre or Path(config.station.centre), "claim.card"))


def _read(path: Path, code: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}", code=code) from error


def _drawn(content: str) -> str:
    """Draw a QR code with half blocks, for a terminal that writes light on dark."""
    rows = [list(row) for row in qr_modules(content)]
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    signs = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}
    return "\n".join(
        "".join(signs[bool(upper), bool(lower)] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    )
