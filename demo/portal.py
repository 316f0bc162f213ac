"""`python -m demo.portal`: the aspirante's portal with 28,000 invented apoyos behind it.

The first start takes half a minute; later ones find the history where it was, unless `FRESH=1`.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import sys
import threading
from pathlib import Path

import numpy as np
from sqlalchemy import delete

from central.config import read_config
from central.models import UserIdentity
from central.models.database import Database
from central.secrets import Secrets
from central.storage.citizens import CitizenSealer
from demo import centre
from demo.history import DAYS, DAYS_LEFT, Campaign, sections
from demo.ledger import Keys, count, write_campaign, write_sections
from demo.places import Places, Ports, choose_ports
from demo.processes import ProcessFailedError, Supervisor, end_on_signals
from demo.terminal import Terminal

PROCESS = "PEF2027"
CAMPAIGNS = (
    Campaign("SOL0001", "Aurora Ejemplo Prueba", "PRES", 25_000, 240, 24),
    Campaign("SOL0002", "Aurora Ejemplo Prueba", "DIP", 1_150, 45, 5, entidad=9, distrito=2),
    *(
        Campaign(f"SOL00{number}", name, "PRES", apoyos, auxiliares, 3)
        for number, name, apoyos, auxiliares in (
            (11, "Bruno Ficticio Ramos", 620, 24),
            (12, "Citlali Inventada Luna", 410, 18),
            (13, "Darío Ejemplo Ríos", 380, 22),
            (14, "Elisa Ficticia Nava", 290, 16),
            (15, "Fermín Inventado Soto", 260, 14),
        )
    ),
)
ACCOUNT = "demo-aspirante"
EMAIL = "aspirante@acopio.example"
_SEED = 27
_PROGRAMS = ("bóveda", "verificador", "portal", "proveedor de cuentas")
_SETTINGS = """\
[review]
sample_permille = 50
unselected_is_valid = true

[capture]
help_phone = "800 433 2000"
help_mail = "apoyo.ciudadano@acopio.example"
"""


def main() -> int:
    """Run the portal until Ctrl-C; give the exit status."""
    end_on_signals()
    root = Path(__file__).resolve().parents[1]
    places = Places(root / "var" / "portal")
    terminal = Terminal()
    supervisor = Supervisor(root, terminal.note)
    try:
        ports = start(places, supervisor, terminal, fresh=os.environ.get("FRESH") == "1")
        terminal.say(_welcome(places, ports))
        threading.Event().wait()
    except (ProcessFailedError, centre.SetupError) as error:
        terminal.say(f"\n✗ {error}\n  Bitácoras: {places.logs}\n  De nuevo: make portal FRESH=1")
        return 1
    except KeyboardInterrupt:
        terminal.say("\nSe cierran los procesos.")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()
    return 0


def start(places: Places, supervisor: Supervisor, terminal: Terminal, *, fresh: bool) -> Ports:
    """Make the history if it is not there, and start what the portal needs.

    Raises:
        SetupError, ProcessFailedError: Something could not be prepared, or did not start.
    """
    ports = choose_ports()
    finished = places.run / "finished"
    if fresh or not finished.exists():
        shutil.rmtree(places.run, ignore_errors=True)
        _prepare(places, ports, terminal)
        finished.touch()
    else:
        _move_to(places, ports)
    wanted = {program.name: program for program in centre.programs(places, ports)}
    supervisor.start_all([wanted[name] for name in _PROGRAMS])
    return ports


def _prepare(places: Places, ports: Ports, terminal: Terminal) -> None:
    terminal.step("Se inventa un proceso de dos meses")
    now = dt.datetime.now(dt.UTC)
    centre.order(
        places, "init", "--stations-url", f"https://127.0.0.1:{ports.stations}",
        "--public-url", f"http://127.0.0.1:{ports.portal}",
    )  # fmt: skip
    centre.write_settings(places, ports)
    settings = places.central / "process.toml"
    settings.write_text(_SETTINGS, encoding="utf-8")
    centre.order(
        places, "process", "add", "--code", PROCESS,
        "--name", "Proceso Electoral Federal 2026-2027",
        "--starts", str((now - dt.timedelta(days=DAYS)).date()),
        "--ends", str((now + dt.timedelta(days=DAYS_LEFT)).date()),
        "--office", "PRES:Presidencia de la República:nacional",
        "--office", "DIP:Diputación federal:distrito", "--settings", str(settings),
    )  # fmt: skip
    register = places.central / "register.csv"
    centre.write_register(register, ())
    centre.order(places, "import-register", str(register))
    config = read_config(places.central_config)
    secrets = Secrets(Path(config.keys.folder))
    keys = Keys(
        CitizenSealer(secrets.random("citizens")),
        secrets.random("register"),
        secrets.signer("receipts"),
    )
    database = Database(config.database.url)
    try:
        rng = np.random.default_rng(_SEED)
        land = sections(rng)
        write_sections(database, land)
        total = sum(campaign.apoyos for campaign in CAMPAIGNS)
        written = 0

        def progress(count: int) -> None:
            nonlocal written
            written += count
            terminal.bar("apoyos", min(written, total), total)

        for campaign in CAMPAIGNS:
            _register(places, campaign)
            write_campaign(database, keys, rng, campaign, land, now, progress)
        terminal.end_bar()
        count(database)
    finally:
        database.close()
    centre.order(
        places, "user", "add", "--email", EMAIL, "--name", CAMPAIGNS[0].name,
        "--role", "aspirante", "--aspirante", CAMPAIGNS[1].folio,
    )  # fmt: skip


def _register(places: Places, campaign: Campaign) -> None:
    is_own = campaign in CAMPAIGNS[:2]
    scope = []
    if campaign.entidad is not None:
        scope = ["--entidad", str(campaign.entidad), "--distrito", str(campaign.distrito)]
    threshold = "presidencia" if campaign.office == "PRES" else "diputacion_federal"
    centre.order(
        places, "aspirante", "add", "--process", PROCESS, "--office", campaign.office,
        "--folio", campaign.folio, "--name", campaign.name,
        "--email", EMAIL if is_own else f"{campaign.folio.lower()}@acopio.example",
        "--threshold", threshold, *scope,
    )  # fmt: skip


def _move_to(places: Places, ports: Ports) -> None:
    """Let the settings of an earlier start name the ports of this one.

    The provider of accounts is another one by its address: who was joined to it is free again.
    """
    text = places.central_config.read_text(encoding="utf-8")
    head, _, _ = text.partition("\n[vault]")
    lines = [
        f'public_url = "http://127.0.0.1:{ports.portal}"' if "public_url" in line else line
        for line in head.splitlines()
    ]
    places.central_config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    centre.write_settings(places, ports)
    database = Database(read_config(places.central_config).database.url)
    with database.write() as session:
        session.execute(delete(UserIdentity))
    database.close()


def _welcome(places: Places, ports: Ports) -> str:
    return f"""
  Portal       http://127.0.0.1:{ports.portal}
               «Ingresar con una cuenta de la demostración», la primera de la lista
  Cartas       {places.central}/outbox (las que saldrían por correo)
  Bitácoras    {places.logs}

Todo está inventado. Ctrl-C termina."""


if __name__ == "__main__":
    sys.exit(main())
