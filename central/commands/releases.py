"""`release`: makes bundles offline, takes them in, lets them on from ring to ring, stops them.

`keygen`, `build`, `sign` and `show` need no centre: they belong on a machine without a network.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from central.commands.context import command, group, opened
from central.config import ReleasesConfig
from central.errors import InvalidInputError, NotFoundError
from central.intake import releases
from central.intake.rings import set_ring
from central.models import Ring, Station
from central.secrets import read_private, write_private
from wire.bundle import (
    CHUNK_BYTES,
    ROLE,
    BundleKind,
    Manifest,
    Payload,
    add_signature,
    describe_payload,
    read_header,
    read_manifest,
    sign_manifest,
    write_header,
)
from wire.errors import BundleError, TokenError
from wire.keys import FixedKeyRing, SoftwareSigner, fingerprint, verifying_key

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n")
_RINGS = {
    Ring.LAB: "laboratorio",
    Ring.CANARY: "canarias",
    Ring.EARLY: "primeras",
    Ring.GENERAL: "todas",
}


def register(subparsers: Any) -> None:
    """Add the commands."""
    actions = group(subparsers, "release", "versiones para las estaciones")
    keygen = command(actions, "keygen", "crea una llave de versiones, sin conexión", _keygen)
    keygen.add_argument("--out", required=True, type=Path, metavar="ARCHIVO", help="llave privada")
    build = command(actions, "build", "arma y firma un paquete de versión, sin conexión", _build)
    build.add_argument("--kind", required=True, choices=[kind.value for kind in BundleKind])
    build.add_argument("--release", required=True, metavar="VERSIÓN")
    build.add_argument("--number", required=True, type=int, help="crece con cada versión")
    build.add_argument("--from-number", type=int, default=0, help="la más baja que reemplaza")
    build.add_argument("--compatible", required=True, help="p. ej. acopio-station-pi5-trixie")
    build.add_argument("--days", type=int, default=365, help="vigencia")
    build.add_argument("--critical", action="store_true", help="no espera al cierre del proceso")
    build.add_argument(
        "--payload", required=True, action="append", metavar="DESTINO=ARCHIVO",
        help="boot, root o app; models=ARCHIVO tantas veces como archivos",
    )  # fmt: skip
    build.add_argument("--key", required=True, action="append", type=Path, help="llave privada")
    build.add_argument("--out", required=True, type=Path, metavar="ARCHIVO")
    sign = command(actions, "sign", "agrega una firma a un paquete, sin conexión", _sign)
    sign.add_argument("bundle", type=Path)
    sign.add_argument("--key", required=True, type=Path)
    sign.add_argument("--out", required=True, type=Path, metavar="ARCHIVO")
    show = command(actions, "show", "dice qué trae un paquete", _show)
    show.add_argument("bundle", type=Path)
    add = command(actions, "add", "recibe un paquete y lo ofrece al laboratorio", _add)
    add.add_argument("bundle", type=Path)
    command(actions, "list", "versiones, hasta dónde llegaron y qué pasó con ellas", _list)
    for name, summary, run in (
        ("advance", "la ofrece al anillo siguiente", _advance),
        ("halt", "deja de ofrecerla", _halt),
        ("resume", "la ofrece otra vez", _resume),
    ):
        command(actions, name, summary, run).add_argument("id", type=int, help="véalo con list")
    ring = command(actions, "ring", "pone estaciones en un anillo", _ring)
    ring.add_argument("--ring", required=True, choices=[ring.value for ring in Ring])
    ring.add_argument("stations", nargs="+", metavar="ID")


def pace_of(config: ReleasesConfig) -> releases.Pace:
    """Give how fast releases go on."""
    return releases.Pace(config.ring_h, config.halt_after)


def release_keys(path: Path) -> FixedKeyRing:
    """Read the public halves of the release keys.

    Raises:
        InvalidInputError: There are none.
    """
    try:
        found = tuple(verifying_key(pem, (ROLE,)) for pem in _PEM.findall(path.read_text("ascii")))
    except (OSError, UnicodeDecodeError, TokenError) as error:
        raise InvalidInputError(f"{path}: no release keys", code="release.keys") from error
    if not found:
        raise InvalidInputError(f"{path}: no release keys", code="release.keys")
    return FixedKeyRing(found)


def _keygen(arguments: argparse.Namespace) -> int:
    signer = SoftwareSigner.generate()
    public = arguments.out.with_suffix(".pub.pem")
    if not write_private(arguments.out, signer.to_pem()):
        raise InvalidInputError(f"{arguments.out} exists", code="release.exists")
    public.write_text(signer.public_pem, "ascii")
    print(
        f"Llave privada: {arguments.out} (no la copie a ninguna máquina con red)\n"
        f"Llave pública: {public}\n"
        f"Huella: {fingerprint(signer.public_pem)}\n"
        "Reúna las públicas en release-keys.pem: una copia para el centro y otra para preparar "
        "las estaciones."
    )
    return 0


def _build(arguments: argparse.Namespace) -> int:
    kind = BundleKind(arguments.kind)
    sources = [_source(text, kind) for text in arguments.payload]
    now = datetime.now(UTC)
    with _reported():
        manifest = Manifest(
            kind=kind,
            version=arguments.release,
            number=arguments.number,
            from_number=arguments.from_number,
            compatible=arguments.compatible,
            issued_ms=int(now.timestamp() * 1000),
            expires_ms=int((now + timedelta(days=arguments.days)).timestamp() * 1000),
            payloads=tuple(_described(path, name, target) for name, target, path in sources),
            is_critical=arguments.critical,
        )
        signed = sign_manifest(manifest, [_signer(path) for path in arguments.key])
        read_manifest(signed)  # what a station would not read is not written
        with arguments.out.open("xb") as out:
            write_header(out, signed)
            for _, _, path in sources:
                with path.open("rb") as payload:
                    _copy(payload, out)
    print(f"{arguments.out}: versión {manifest.version}, {len(arguments.key)} firma(s).")
    return 0


def _sign(arguments: argparse.Namespace) -> int:
    with _reported(), arguments.bundle.open("rb") as bundle:
        signed = add_signature(read_header(bundle), _signer(arguments.key))
        with arguments.out.open("xb") as out:
            write_header(out, signed)
            _copy(bundle, out)
    print(f"{arguments.out}: una firma más.")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    with _reported(), arguments.bundle.open("rb") as bundle:
        manifest = read_manifest(read_header(bundle))
    print(
        f"{manifest.kind} versión {manifest.version} número {manifest.number} para "
        f"{manifest.compatible}\n"
        f"Reemplaza desde el número {manifest.from_number}; vence "
        f"{datetime.fromtimestamp(manifest.expires_ms / 1000, UTC):%Y-%m-%d}."
    )
    for payload in manifest.payloads:
        print(f"  {payload.name}  {payload.target}  {payload.size} bytes  {payload.sha256}")
    print("Las firmas no se revisaron aquí: lo hacen el centro y cada estación.")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, _reported(), arguments.bundle.open("rb") as bundle:
        settings = context.config.releases
        with context.database.write() as session:
            release = releases.add(
                session,
                releases.ReleaseStore(Path(settings.folder)),
                bundle,
                keys=release_keys(Path(settings.keys)),
                signatures=settings.signatures,
                now=context.clock.now(),
                made_by=context.actor,
            )
            print(f"Versión {release.version} recibida con el id {release.id}: {_where(release)}.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.read() as session:
        pace = pace_of(context.config.releases)
        for standing in releases.overview(session, pace, now=context.clock.now()):
            release = standing.release
            ends = {
                state: sum(n for (_, said), n in standing.outcomes.items() if said == state)
                for state in ("kept", "returned", "refused")
            }
            why = "".join(f"  {code}: {n}" for code, n in sorted(standing.codes.items()))
            print(
                f"{release.id}  {release.kind}  {release.version}  {release.compatible}  "
                f"{_where(release)}  conservada {ends['kept']}, regresada {ends['returned']}, "
                f"rechazada {ends['refused']}{why}"
            )
    return 0


def _advance(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context, context.database.write() as session:
        release = releases.find(session, arguments.id)
        pace = pace_of(context.config.releases)
        releases.advance(session, release, pace, now=context.clock.now(), made_by=context.actor)
        print(f"Versión {release.version}: {_where(release)}.")
    return 0


def _halt(arguments: argparse.Namespace) -> int:
    return _change(arguments, releases.halt)


def _resume(arguments: argparse.Namespace) -> int:
    return _change(arguments, releases.resume)


def _change(arguments: argparse.Namespace, change: Any) -> int:
    with opened(arguments) as context, context.database.write() as session:
        release = releases.find(session, arguments.id)
        change(session, release, now=context.clock.now(), made_by=context.actor)
        print(f"Versión {release.version}: {_where(release)}.")
    return 0


def _ring(arguments: argparse.Namespace) -> int:
    ring = Ring(arguments.ring)
    with opened(arguments) as context, context.database.write() as session:
        ids = _station_ids(session, arguments.stations)
        count = set_ring(session, ids, ring)
    print(f"{count} estación(es) en el anillo {_RINGS[ring]}.")
    return 0


def _station_ids(session: Any, names: list[str]) -> list[int]:
    rows = session.execute(
        select(Station.id, Station.id_dispositivo).where(Station.id_dispositivo.in_(names))
    ).all()
    missing = sorted(set(names) - {name for _, name in rows})
    if missing:
        raise NotFoundError(f"no station {missing[0]}", code="station.unknown")
    return [key for key, _ in rows]


def _where(release: Any) -> str:
    if release.state.value == "halted":
        return "detenida" + (" por regresos" if release.halted_by == releases.RETURNED else "")
    return f"anillo {_RINGS[release.ring]}"


def _source(text: str, kind: BundleKind) -> tuple[str, str, Path]:
    target, separator, name = text.partition("=")
    path = Path(name)
    if not separator or not path.is_file():
        raise InvalidInputError(f"{text}: DESTINO=ARCHIVO", field="payload", code="release.payload")
    return (path.name if kind is BundleKind.MODELS else target), target, path


def _described(path: Path, name: str, target: str) -> Payload:
    with path.open("rb") as file:
        return describe_payload(file, name=name, target=target)


def _signer(path: Path) -> SoftwareSigner:
    try:
        return SoftwareSigner.from_pem(read_private(path))
    except TokenError as error:
        raise InvalidInputError(f"{path}: {error}", field="key", code="release.keys") from error


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    while chunk := source.read(CHUNK_BYTES):
        target.write(chunk)


@contextmanager
def _reported() -> Iterator[None]:
    """Say what is wrong with a bundle or a file as every command does."""
    try:
        yield
    except BundleError as error:
        raise InvalidInputError(str(error), field="bundle", code=error.code) from error
    except FileExistsError as error:
        raise InvalidInputError(f"{error.filename} exists", code="release.exists") from error
    except OSError as error:
        text = f"{error.filename}: {error.strerror}"
        raise InvalidInputError(text, code="release.unreadable") from error
