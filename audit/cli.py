"""`acopio-audit`: says in Spanish what holds; 0 it holds, 1 it does not, 2 not understood."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from audit.keys import RECEIPT_ROLES, REPORT_ROLES, fingerprint, read_key
from audit.receipts import ListRefusedError, check_receipts
from audit.reports import check_report
from wire.errors import WireError

_SENTENCES = {
    "report.other": "El archivo no es el que firmó el centro: cambió al menos un byte, o la firma "
    "es de otro archivo.",
    "report.signature": "La firma no corresponde: alguien la alteró.",
    "report.unknown_key": "La firma se hizo con otra llave. Descargue la llave pública del portal "
    "y compare su huella.",
    "report.malformed": "El archivo de la firma no es una firma del centro.",
    "report.type": "Esa firma no es de un reporte.",
    "receipt.signature": "Un acuse tiene una firma que no corresponde.",
    "receipt.unknown_key": "Un acuse se firmó con otra llave. Descargue la llave pública del "
    "portal y compare su huella.",
    "checkpoint.signature": "El punto de control tiene una firma que no corresponde.",
    "checkpoint.unknown_key": "El punto de control se firmó con otra llave. Descargue la llave "
    "pública del portal y compare su huella.",
    "order": "Falta un renglón, sobra uno o no están en el orden de la bitácora.",
    "root": "Los acuses no llevan a la raíz que firmó el centro: falta un acuse en la bitácora o "
    "el archivo está incompleto. Guarde este archivo: es una prueba.",
    "shape": "Un renglón no es de una lista de acuses.",
    "token.key": "La llave no es una llave pública P-256 en PEM.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one check; give the exit status."""
    parser = argparse.ArgumentParser(
        prog="acopio-audit", description="Comprueba sin servidor lo que firmó la sede central."
    )
    subparsers = parser.add_subparsers(required=True, metavar="ORDEN")
    report = subparsers.add_parser("report", help="un reporte descargado y su firma")
    report.add_argument("file", type=Path, metavar="ARCHIVO")
    report.add_argument("signature", type=Path, metavar="ARCHIVO.jws")
    report.set_defaults(run=_report)
    receipts = subparsers.add_parser(
        "receipts", help="una lista de acuses con su prueba (el archivo .jsonl)"
    )
    receipts.add_argument("file", type=Path, metavar="ARCHIVO.jsonl")
    receipts.set_defaults(run=_receipts)
    for one, name in ((report, "reports"), (receipts, "receipts")):
        one.add_argument(
            "--key",
            type=Path,
            required=True,
            metavar="LLAVE",
            help=f"la llave pública que da el portal, {name}.pub.pem",
        )
    parsed = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = parsed.run
    try:
        return run(parsed)
    except OSError as error:
        print(f"No se puede leer {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    except ListRefusedError as error:
        return _refuse(error.code, f"renglón {error.line}")
    except WireError as error:
        return _refuse(error.code, str(error))


def _report(arguments: argparse.Namespace) -> int:
    report = check_report(
        arguments.file, arguments.signature, read_key(arguments.key, REPORT_ROLES)
    )
    print("Correcto: el archivo es, byte por byte, el que firmó el centro.")
    _print(
        ("Número de exportación", report.export),
        ("Folio de la solicitud", report.folio_solicitud),
        ("Reporte", f"{report.kind}, {report.format}"),
        ("Filas", f"{report.rows:,}"),
        ("SHA-256", report.sha256),
        ("Hecho", _moment(report.made_ms)),
        ("Huella de la llave", fingerprint(arguments.key)),
    )
    return 0


def _receipts(arguments: argparse.Namespace) -> int:
    proved = check_receipts(arguments.file, read_key(arguments.key, RECEIPT_ROLES))
    print("Correcto: cada acuse lleva la firma del centro.")
    rows = [
        ("Número de exportación", proved.heading.export),
        ("Folio de la solicitud", proved.heading.folio_solicitud),
        ("Acuses", f"{proved.in_log + proved.younger:,}"),
    ]
    if proved.checkpoint is not None:
        head = proved.checkpoint
        rows += [
            ("En la bitácora firmada", f"{proved.in_log:,}"),
            ("Punto de control", f"{head.size:,} hojas, {_moment(head.time_ms)}"),
            ("Raíz", head.root),
        ]
    if proved.younger:
        rows.append(("Posteriores al punto de control", f"{proved.younger:,}"))
    _print(*rows, ("Huella de la llave", fingerprint(arguments.key)))
    return 0


def _refuse(code: str, detail: str) -> int:
    sentence = _SENTENCES.get(code) or _SENTENCES.get(code.split(".")[0], "No es correcto.")
    print(f"NO ES CORRECTO. {sentence}\n  [{code}] {detail}", file=sys.stderr)
    return 1


def _print(*rows: tuple[str, str]) -> None:
    for name, value in rows:
        print(f"  {name + ':':34}{value}")


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
