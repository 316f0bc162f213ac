"""`claim`, `enrol`, `retire`: a technician brings a station to its centre, and takes it home."""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from provisioning.steps.errors import CommandError, SourceError

_PROGRAM = "/opt/acopio/bin/acopio-station"
_USER = "acopio-kiosk"
_CARD = Path("/etc/acopio/centre.json")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-commands."""
    claim = subparsers.add_parser("claim", help="hace de un vale un archivo de alta")
    claim.add_argument("--voucher", required=True, help="el vale, como está en la etiqueta")
    claim.add_argument("--centre", type=Path, default=_CARD, help="tarjeta del centro")
    claim.add_argument("--out", type=Path, required=True, help="archivo de alta")
    claim.set_defaults(func=_claim)
    enrol = subparsers.add_parser("enrol", help="da de alta esta estación")
    way = enrol.add_mutually_exclusive_group(required=True)
    way.add_argument("--claim", type=Path, metavar="FILE", help="archivo de alta")
    way.add_argument("--voucher", metavar="TEXTO", help="el vale de la etiqueta")
    way.add_argument("--answer", type=Path, metavar="FILE", help="respuesta del centro, sin red")
    way.add_argument("--wait", action="store_true", help="espera a que aprueben su clave")
    enrol.set_defaults(func=_enrol)
    retire = subparsers.add_parser("retire", help="comprueba que a esta estación no le queda nada")
    retire.add_argument("--out", type=Path, metavar="FILE", help="escribe su pasaporte firmado")
    retire.set_defaults(func=_retire)


def _claim(options: argparse.Namespace) -> int:
    # Only here: before the programs are installed there is no library to read them with.
    from wire.claim import build_claim, parse_card, parse_voucher, redeem
    from wire.errors import ClaimError

    try:
        claim = redeem(parse_card(options.centre.read_bytes()), parse_voucher(options.voucher))
        content = build_claim(claim)
        options.out.unlink(missing_ok=True)
        descriptor = os.open(options.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except ClaimError as error:
        raise SourceError(f"El vale o la tarjeta del centro no sirven: {error}.") from error
    except OSError as error:
        raise SourceError(
            f"No se puede leer o escribir {error.filename}: {error.strerror}."
        ) from error
    print(f"Archivo de alta de la estación {claim.station}: {options.out}. Sirve una sola vez.")
    return 0


def _enrol(options: argparse.Namespace) -> int:
    if options.claim is not None:
        return _station("enrol", str(options.claim.resolve()))
    if options.voucher is not None:
        return _station("enrol", "--voucher", options.voucher)
    if options.answer is not None:
        return _station("enrol", "--answer", str(options.answer.resolve()))
    shown = _station("identity")
    return shown or _station("enrol", "--wait")


def _retire(options: argparse.Namespace) -> int:
    out = () if options.out is None else ("--out", str(options.out.resolve()))
    return _station("retire", *out)


def _station(*arguments: str) -> int:
    """Run the station's program as the user who owns its key."""
    command = [_PROGRAM, *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", _USER, "--", *command]
    try:
        return subprocess.run(command, check=False).returncode
    except FileNotFoundError as error:
        raise CommandError(
            "La estación no está instalada. Ejecute primero «acopio-provision apply»."
        ) from error
