"""What every command of the station begins with, and how it tells of a failure."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from device.config import Config, read_config
from device.errors import StationError
from wire.errors import WireError

Action: TypeAlias = Callable[[argparse.Namespace, Config], int]

DEFAULT_CONFIG = Path("/etc/acopio/station.toml")

# What a person does next, by the beginning of the error's code; the first that fits is said.
ADVICE = (
    ("config", "Corrija el archivo de configuración."),
    ("keys", "Revise el dueño y los permisos de la carpeta de claves."),
    ("not_enrolled", "Dé de alta la estación: acopio-station enrol."),
    ("claim.voucher", "Escriba el vale como está en la etiqueta: ACOPIO-VALE:estación:código."),
    ("claim.card", "Traiga del centro su tarjeta: acopio-central station card."),
    ("identity", "Muestre primero la clave de esta estación: acopio-station identity."),
    ("answer.other", "Esa respuesta es de otra estación: pida la de ésta."),
    ("answer", "Pida al centro una respuesta nueva: acopio-central station approve --out."),
    ("enrol.waiting", "Nadie la ha aprobado todavía: muestre la huella a quien aprueba."),
    ("enrol.other_key", "El centro aprobó la clave de otra estación: avise a soporte."),
    ("enrol.other_board", "Ese vale es de otra placa: use el de esta estación."),
    ("enrol.claim", "Pida al centro un archivo de alta nuevo: éste ya se usó o venció."),
    ("claim", "Pida al centro un archivo de alta nuevo."),
    ("disk.full", "Libere espacio; nada de lo ya guardado se perdió."),
    ("spool.busy", "Ya hay otro proceso con esta tarea: deténgalo o espere."),
    ("spool", "No borre nada; avise a soporte y conserve el disco."),
    ("server.tls", "El servidor no es el que dio de alta esta estación: avise a soporte."),
    ("server", "Revise la red; se intentará de nuevo y nada se pierde."),
    ("http", "Revise la dirección del servidor; nada se pierde."),
    ("proof", "El centro no reconoce la clave de esta estación: avise a soporte."),
    ("station.revoked", "El centro dio de baja esta estación: avise a su coordinación."),
    ("policy", "La configuración firmada no es del centro: avise a soporte."),
    ("export", "Use otra memoria USB."),
    ("bundle.signatures", "Le faltan firmas de la autoridad: no lo instale y avise a soporte."),
    ("bundle.signature", "La firma no es de la autoridad: no lo instale y avise a soporte."),
    ("bundle.compatible", "Es para otro modelo de estación: pida el archivo del suyo."),
    ("bundle.older", "La estación ya tiene esa versión o una más nueva: no hay nada que hacer."),
    ("bundle.floor", "Instale antes la versión intermedia que indica el centro."),
    ("bundle.expired", "La versión venció: pida una vigente, y revise el reloj de la estación."),
    ("bundle.space", "No cabe en esta estación: pida el archivo de su modelo y avise a soporte."),
    ("bundle", "El archivo está dañado o incompleto: cópielo otra vez desde el centro."),
    ("update.failed_before", "Ya falló en esta estación; sólo una persona la intenta de nuevo."),
    ("update.off", "Esta estación se instala de nuevo con una imagen; no toma versiones."),
    ("update.keys", "Faltan las claves de las versiones: vuelva a preparar la estación."),
    ("update.trying", "Hay una versión a prueba: reinicie la estación y espere tres minutos."),
    ("update.target", "El archivo no trae lo que esta estación necesita: avise a soporte."),
    ("update.no_room", "Libere espacio; nada de lo ya guardado se perdió."),
    ("update.read_back", "La memoria de la estación falla: cámbiela; los registros siguen."),
    ("update", "Se sigue con la versión actual; si se repite, avise a soporte."),
    ("gate", "Se sigue con los modelos actuales; avise a soporte."),
    ("returned.missing", "Lleve antes la memoria al centro: ahí se le ponen los acuses."),
    ("returned.station", "Use la memoria de esta estación."),
    ("returned", "El archivo de la memoria está dañado: pida al centro que lo escriba otra vez."),
)


def adder(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
) -> Callable[[str, str, Action], argparse.ArgumentParser]:
    """Give what adds a command that reads the settings and tells of its failures in one line."""

    def add(name: str, help_text: str, action: Action) -> argparse.ArgumentParser:
        parser = subparsers.add_parser(name, help=help_text, description=help_text)
        parser.add_argument(
            "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help="station.toml"
        )
        parser.set_defaults(func=lambda options: _guarded(action, options))
        return parser

    return add


def _guarded(action: Action, options: argparse.Namespace) -> int:
    """Run one command; a failure is one line that says what happened and what to do."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        return action(options, read_config(options.config))
    except (StationError, WireError) as error:
        print(describe(error), file=sys.stderr)
        return 1


def describe(error: StationError | WireError) -> str:
    """Say what happened, its code, and what to do next."""
    advice = next((text for start, text in ADVICE if error.code.startswith(start)), "")
    return f"No se pudo [{error.code}]: {error}. {advice}".rstrip()
