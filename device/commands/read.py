"""`acopio-station read IMAGE…`: reads stills exactly as the kiosk would, without a network."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from device.inference.base import ImageError, ModelError
from device.inference.images import read_image
from device.inference.reader import load_reader
from device.inference.reading import Reading
from device.inference.tflite import DEFAULT_MODELS

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
_FAULTS = {
    "image.absent": "no existe o no se puede abrir",
    "image.not_a_file": "no es un archivo",
    "image.too_large": "es más grande que cualquier foto de una cámara",
    "image.unreadable": "no es una imagen que se pueda leer",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("read", help="lee imágenes de credenciales", description=__doc__)
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="imagen o carpeta")
    parser.add_argument("--jsonl", action="store_true", help="un objeto JSON por imagen")
    parser.add_argument(
        "--models", type=Path, metavar="DIR", help="carpeta con models.toml y sus modelos"
    )
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="hilos por red (1)")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--int8", dest="int8", action="store_const", const=True, help="variantes de 8 bits"
    )
    kind.add_argument(
        "--float", dest="int8", action="store_const", const=False, help="variantes de 32 bits"
    )
    parser.set_defaults(func=run)


def run(options: argparse.Namespace) -> int:
    """Read every image; 0 when all were images, 1 when one was not or the models do not load.

    Each image has its line, whatever it is; `docs/images.md` lists the codes.
    """
    try:
        reader = load_reader(
            _models_toml(options.models), threads=max(1, options.threads), int8=options.int8
        )
    except ModelError as error:
        print(
            f"No se pueden cargar los modelos de lectura [{error.code}]: {error}. "
            "Vuelva a instalar los modelos de esta versión.",
            file=sys.stderr,
        )
        return 1
    today = datetime.now(UTC).date()
    status = 0
    for path in _expanded(options.images):
        try:
            reading = reader.read(read_image(path), today=today)
        except ImageError as error:
            status = 1
            _report(path, error, jsonl=options.jsonl)
            continue
        if options.jsonl:
            _print_json(reading.to_json(frame=_shown(path.name)))
        else:
            print("\n".join(table(_shown(path.name), reading)))
    return status


def table(frame: str, reading: Reading) -> Iterator[str]:
    """Yield the lines of one reading for people."""
    if not reading.found:
        yield f"{frame}: no se encontró una credencial ({', '.join(reading.reasons)})"
        return
    side = "anverso" if reading.side == "front" else "reverso"
    gate = "aceptada" if reading.accepted else f"no aceptada: {', '.join(reading.reasons)}"
    yield f"{frame}: {side}, modelo {reading.model}, {gate}, {reading.ms.get('total', 0):.0f} ms"
    for name, field in reading.fields.items():
        value = field.value if isinstance(field.value, str) else " / ".join(field.value)
        yield f"  {name:<18} {value:<48} {field.confidence:6.1%}  {field.source.value}"
    for line in reading.mrz or ():
        yield f"  {'mrz':<18} {line}"
    for code in reading.barcodes:
        yield f"  {'código':<18} {code.format}, {len(code.payload)} bytes"
    if reading.attack is not None and reading.attack.detected:
        yield f"  {'posible copia':<18} {reading.attack.kind} ({reading.attack.score:.2f})"
    if reading.checks:
        yield f"  {'no concuerda':<18} {', '.join(reading.checks)}"


def _models_toml(given: Path | None) -> Path:
    if given is None:
        return DEFAULT_MODELS
    return given / "models.toml" if given.is_dir() else given


def _expanded(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files given and, for a folder, the images in it by name."""
    for path in paths:
        try:
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in _SUFFIXES)
        except OSError:  # no folder, or one that may not be looked into: reading it says why
            yield path
        else:
            yield from inside


def _report(path: Path, error: ImageError, *, jsonl: bool) -> None:
    fault = _FAULTS.get(error.code, _FAULTS["image.unreadable"])
    print(f"{_shown(str(path))}: {fault} [{error.code}]", file=sys.stderr)
    if jsonl:
        _print_json({"frame": _shown(path.name), "error": error.code})


def _shown(name: str) -> str:
    """Return a name that any output takes: a file's name may be no text at all."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _print_json(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)
