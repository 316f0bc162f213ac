"""`acceptance`: the tests after which a station may capture, step by step, as often as needed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from device.clock import read_boot_id
from device.commands.queue import own_versions
from device.commands.speech import adder
from device.config import Config
from device.errors import ConfigError, StationError
from device.gate import TEST_CARD
from device.inference.base import InferenceError
from device.readiness.power import PowerTestError, seal_until_cut, what_survived
from device.readiness.report import Acceptance, findings_of, outcome, read_card, sign_report
from device.selftest import page


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = adder(subparsers)("acceptance", "prueba de aceptación de la estación", _accept)
    parser.add_argument(
        "step",
        choices=("card-image", "card", "power-cut", "report"),
        help="card-image: escribe la tarjeta de prueba para imprimirla; card: léala, tres veces; "
        "power-cut: desconecte la corriente mientras corre; report: al final",
    )
    parser.add_argument("--out", type=Path, metavar="PATH", help="archivo, o carpeta del informe")


def _accept(options: argparse.Namespace, config: Config) -> int:
    folder = config.spool_folder / "acceptance"
    steps = Acceptance(folder)
    match options.step:
        case "card-image":
            with _written(options.out):
                _out(options).write_bytes(TEST_CARD.read_bytes())
            print("Imprímala a 85.6 mm de ancho. Es de una persona inventada.")
            return 0
        case "card":
            return _card(config, steps)
        case "power-cut":
            return _cut(config, folder)
        case _:
            return _report(options, config, folder, steps)


def _card(config: Config, steps: Acceptance) -> int:
    number = steps.next_card()
    if number is None:
        print("Ya se leyeron las tres tarjetas.")
        return 0
    try:
        read_card(config)
    except (StationError, InferenceError) as error:
        steps.note(f"card_{number}", outcome(error))
        print(f"✗ Tarjeta {number}: [{error.code}] Ponga la tarjeta de prueba y repita.")
        return 1
    steps.note(f"card_{number}", "ok")
    print(f"✓ Tarjeta {number} leída. No se guardó nada de ella.")
    return 0


def _cut(config: Config, folder: Path) -> int:
    print("Desconecte la corriente cuando el número avance. Nada de esto se entrega.", flush=True)
    seal_until_cut(
        config,
        folder,
        read_boot_id(),
        lambda number: print(f"\r{number} ", end="", flush=True),
    )
    return 1


def _report(options: argparse.Namespace, config: Config, folder: Path, steps: Acceptance) -> int:
    if steps.done().get("power_cut") != "ok":
        try:
            survived = what_survived(config, folder, read_boot_id())
        except PowerTestError as error:
            steps.note("power_cut", error.code)
        else:
            steps.note("power_cut", "ok")
            print(f"Corte de luz: {survived.acknowledged} guardados, ninguno perdido.")
    rows, codes = findings_of(config, steps.done())
    token = sign_report(config, own_versions(), codes)
    for row in rows:
        print(f"{row.mark} {row.subject:<12} {row.text}")
    if options.out is not None:
        with _written(options.out):
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / "readiness.jws").write_text(f"{token}\n", "ascii")
            printed = page(rows, software=own_versions().software)
            (options.out / "readiness.html").write_text(printed, "utf-8")
    is_good = all(row.is_good for row in rows)
    print("Informe firmado: llega al centro con el siguiente saludo." if is_good
          else "Corrija lo marcado y repita: acopio-station acceptance report.")  # fmt: skip
    return 0 if is_good else 1


@contextmanager
def _written(path: Path | None) -> Iterator[None]:
    """Say what cannot be written, and no more."""
    try:
        yield
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}", code="export.write") from error


def _out(options: argparse.Namespace) -> Path:
    if options.out is None:
        raise ConfigError("--out is missing", code="config.usage")
    path: Path = options.out
    return path
