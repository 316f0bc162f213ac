"""The centre of the demo: prepared with `acopio-central`, and run as its own processes."""

import contextlib
import csv
import datetime
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import requests

from central import cli
from demo.cast import Circumstance, Visit
from demo.places import Places, Ports
from demo.processes import Program
from training.people import Person, invent_person

PROCESS = "DEMO27"
FOLIO_SOLICITUD = "SOL0001"
AUXILIAR = "AUX001"
# Has not activated her account yet.
INVITED = "AUX002"
AUXILIAR_PASSWORD = "Acopio-demo-27"  # noqa: S105  an invented account on this machine
STATION = "EST01"
ASPIRANTE_ACCOUNT = "demo-aspirante"
ASPIRANTE_EMAIL = "aspirante@acopio.example"
# Others on the invented register, so that a percentage of it means something.
_OTHERS = 1200

_SETTINGS = """\
[capture]
typed_data_allowed = true
attempts_before_fallback = 3
hello_every_s = 5
policy_every_s = 30
notice_text = '''{notice}'''

[capture.acceptance]
# Every model is shown, the dead ones too.
refuse_expired = false

[review]
# What a person must look at; the rest is decided by the register.
flags = ["attack_*", "*.kept_unaccepted", "identifiers.missing", "signature.cannot_sign"]
checks = ["curp.*", "clave*", "mrz*"]
sample_permille = 40
"""
_NOTICE = (
    "Esta es una demostración: todas las personas, credenciales, caras y firmas son inventadas.\n\n"
    "Los datos de la credencial, la fotografía y la firma se sellan en esta estación; aquí nadie "
    "puede volver a abrirlos. Sirven para verificar el apoyo en el registro y para nada más."
)


class SetupError(Exception):
    """An order of `acopio-central` failed; the message is what it said."""


def prepare(
    places: Places,
    ports: Ports,
    visits: Sequence[Visit],
    relay_port: int,
    *,
    host: str = "127.0.0.1",
) -> None:
    """Bring the centre from nothing to a process with its aspirante, auxiliar and register.

    `host` is the address by which the station reaches it.

    Raises:
        SetupError: One of the orders failed.
    """
    today = datetime.datetime.now(datetime.UTC).date()
    order(
        places, "init",
        "--stations-url", f"https://{host}:{relay_port}",
        "--host", "127.0.0.1", "--host", host,
        "--public-url", f"http://127.0.0.1:{ports.portal}",
    )  # fmt: skip
    write_settings(places, ports)
    settings = places.central / "process.toml"
    settings.write_text(_SETTINGS.format(notice=_NOTICE), encoding="utf-8")
    order(
        places, "process", "add", "--code", PROCESS,
        "--name", "Proceso de demostración 2026-2027",
        "--starts", str(today - datetime.timedelta(days=10)),
        "--ends", str(today + datetime.timedelta(days=80)),
        "--office", "PRES:Presidencia de la República:nacional",
        "--settings", str(settings),
    )  # fmt: skip
    register = places.central / "register.csv"
    write_register(register, visits)
    order(places, "import-register", str(register))
    order(
        places, "aspirante", "add", "--process", PROCESS, "--office", "PRES",
        "--folio", FOLIO_SOLICITUD, "--name", "Aspirante de la demostración",
        "--email", ASPIRANTE_EMAIL, "--threshold", "presidencia",
    )  # fmt: skip
    order(
        places, "user", "add", "--email", ASPIRANTE_EMAIL,
        "--name", "Aspirante de la demostración",
        "--role", "aspirante", "--aspirante", FOLIO_SOLICITUD,
    )  # fmt: skip
    order(
        places, "auxiliar", "add", "--aspirante", FOLIO_SOLICITUD, "--id", AUXILIAR,
        "--nombres", "Auxiliar", "--paterno", "De la Demostración",
        "--email", "auxiliar@acopio.example", "--password-stdin",
        stdin=f"{AUXILIAR_PASSWORD}\n",
    )  # fmt: skip
    order(
        places, "station", "claim", "--process", PROCESS, "--id", STATION,
        "--out", str(claim_file(places)),
    )  # fmt: skip


def invite(places: Places) -> str:
    """Register one more auxiliar, and give the code that their e-mail would carry.

    Raises:
        SetupError: The order failed.
    """
    said = order(
        places, "auxiliar", "add", "--aspirante", FOLIO_SOLICITUD, "--id", INVITED,
        "--nombres", "Invitada", "--paterno", "De la Demostración",
        "--email", "invitada@acopio.example",
    )  # fmt: skip
    return said.strip().rsplit(" ", 1)[1]


def claim_file(places: Places) -> Path:
    """Give the file with which the station enrols."""
    return places.run / f"{STATION}.claim"


def programs(places: Places, ports: Ports) -> list[Program]:
    """Give the processes of the centre."""
    central = [sys.executable, "-m", "central.cli", "--config", str(places.central_config)]
    socket = places.vault_socket()
    return [
        Program("bóveda", [*central, "vault"], places.logs / "vault.log", socket.exists),
        Program("verificador", [*central, "worker"], places.logs / "worker.log"),
        Program(
            "portal",
            [*central, "serve", "--bind", f"127.0.0.1:{ports.portal}", "--workers", "1"],
            places.logs / "portal.log",
            lambda: _answers(f"http://127.0.0.1:{ports.portal}/health/ready"),
        ),
        Program(
            "servidor de estaciones",
            [
                *central, "serve", "--tls", "--bind", f"127.0.0.1:{ports.stations}",
                "--workers", "1",
            ],
            places.logs / "stations.log",
            lambda: _answers(
                f"https://127.0.0.1:{ports.stations}/health/ready",
                authority=places.central / "keys" / "tls-authority.crt",
            ),
        ),
        Program(
            "proveedor de cuentas",
            [
                sys.executable, "-m", "central.accounts.local_provider",
                "--bind", f"127.0.0.1:{ports.provider}",
                "--redirect-uri", f"http://127.0.0.1:{ports.portal}/sign-in/local/callback",
                "--config", str(places.central_config),
            ],
            places.logs / "provider.log",
            lambda: _answers(
                f"http://127.0.0.1:{ports.provider}/.well-known/openid-configuration"
            ),
        ),
    ]  # fmt: skip


def write_register(path: Path, visits: Sequence[Visit]) -> None:
    """Write the invented register: the visitors as their circumstance says, and many others."""
    rng = np.random.default_rng(27)
    absent = {
        v.person.clave_elector for v in visits if v.circumstance is Circumstance.NOT_REGISTERED
    }
    rows: dict[str, tuple[str, ...]] = {}
    for visit in visits:
        person = visit.person
        if person.clave_elector in absent:
            continue
        situacion, motivo = {
            Circumstance.PADRON: ("Padrón", ""),
            Circumstance.BAJA: ("Bajas", "Defunción"),
        }.get(visit.circumstance, ("Lista Nominal", ""))
        rows.setdefault(person.clave_elector, _row(person, situacion, motivo))
    while len(rows) < _OTHERS:
        person = invent_person(rng)
        if person.clave_elector not in absent:
            rows.setdefault(person.clave_elector, _row(person, "Lista Nominal", ""))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["clave_elector", "situacion_registral", "motivo_baja", "entidad", "distrito",
             "municipio", "seccion"]
        )  # fmt: skip
        writer.writerows(rows.values())


def _row(person: Person, situacion: str, motivo: str) -> tuple[str, ...]:
    distrito = str(int(person.seccion) % 40 + 1)
    return (
        person.clave_elector, situacion, motivo,
        person.estado, distrito, person.municipio, person.seccion,
    )  # fmt: skip


def write_settings(places: Places, ports: Ports) -> None:
    """Add to the file that `init` wrote what a demonstration needs; all else is as shipped."""
    socket = os.path.relpath(places.vault_socket(), places.central)
    with places.central_config.open("a", encoding="utf-8") as file:
        file.write(
            f"""
[vault]
socket = "{socket}"

[worker]
idle_s = 0.2
backoff_s = 1.0

[[portal.providers]]
name = "local"
label = "una cuenta de la demostración"
kind = "openid"
issuer = "http://127.0.0.1:{ports.provider}"
client_id = "acopio-portal"
"""
        )


def order(places: Places, *arguments: str, stdin: str = "") -> str:
    """Run one order of `acopio-central` in this process, whose start would cost a second each.

    Gives what it said.

    Raises:
        SetupError: It failed; the message is what it said.
    """
    places.logs.mkdir(parents=True, exist_ok=True)
    said = io.StringIO()
    before, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = cli.main(["--config", str(places.central_config), *arguments])
    finally:
        sys.stdin = before
    with (places.logs / "setup.log").open("a", encoding="utf-8") as log:
        log.write(f"$ acopio-central {' '.join(arguments)}\n{said.getvalue()}")
    if status != 0:
        raise SetupError(f"acopio-central {arguments[0]}: {said.getvalue().strip()}")
    return said.getvalue()


def _answers(address: str, authority: Path | None = None) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            verify = True if authority is None else str(authority)
            return session.get(address, timeout=2, verify=verify).ok
        except (requests.RequestException, OSError):
            return False
