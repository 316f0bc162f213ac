"""`import-register`, `status`, `recount`: what the centre has, and the proof that it adds up."""

from __future__ import annotations

import argparse
import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.audit.seals import broken_seals
from central.commands.context import Context, command, opened
from central.mail.outbox import letters_given_up, letters_waiting
from central.migrations import steps
from central.models import (
    ForkEvidence,
    LogCheckpoint,
    LogHead,
    Packet,
    Record,
    RegisterVersion,
    RollupDelta,
    Station,
    WorkState,
)
from central.models.register import newest_version
from central.register.importing import COLUMNS, import_register
from central.reports.recount import recount, repair
from domain.apoyo import Partition


def register(subparsers: Any) -> None:
    """Add the commands."""
    importing = command(subparsers, "import-register", "carga el registro desde un CSV", _import)
    importing.add_argument("file", type=Path, help=f"columnas: {', '.join(COLUMNS)}")
    status = command(subparsers, "status", "muestra cómo está la sede central", _status)
    status.add_argument("--json", action="store_true")
    counting = command(
        subparsers, "recount", "cuenta los registros de nuevo y compara con los reportes", _recount
    )
    counting.add_argument(
        "--repair",
        action="store_true",
        help="antes rehace los conteos desde los registros",
    )


def _import(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context:
        done = import_register(
            context.database,
            context.secrets.random("register"),
            arguments.file,
            context.clock.now(),
        )
    if done.is_new:
        print(f"Registro cargado: {done.entries} personas, versión {done.version_id}.")
    else:
        print(f"Ese archivo ya estaba cargado: {done.entries} personas, versión {done.version_id}.")
    return 0


def _status(arguments: argparse.Namespace) -> int:
    with opened(arguments) as context:
        figures = gather(context)
    if arguments.json:
        print(json.dumps(figures, ensure_ascii=False))
        return 0
    for name, value in figures.items():
        if isinstance(value, Mapping):
            print(f"{name}:")
            for key, count in value.items():
                print(f"  {key}: {count}")
        else:
            print(f"{name}: {value}")
    return 0


def gather(context: Context) -> dict[str, Any]:
    """Collect the figures of `status`; keys are stable, for programs too."""
    with context.database.read() as session:
        partition = _partition(session)
        work = dict(
            iter(
                session.execute(select(Record.work_state, func.count()).group_by(Record.work_state))
            )
        )
        checkpoint = session.execute(select(func.max(LogCheckpoint.size))).scalar_one()
        stations = session.execute(select(Station.state, func.count()).group_by(Station.state))
        newest = session.execute(
            select(RegisterVersion.entries).where(RegisterVersion.id == newest_version())
        ).scalar_one_or_none()
        return {
            "database_step": steps.current(context.database),
            "vault_answers": _answers(Path(context.config.vault.socket)),
            "register_entries": newest or 0,
            "stations": {state.value: count for state, count in stations},
            "packets": _count(session, Packet),
            "fork_evidence": _count(session, ForkEvidence),
            "receipts": session.execute(select(LogHead.size)).scalar_one(),
            "checkpoint_size": checkpoint or 0,
            "enviados": partition.enviados,
            "states": {state.value: partition[state] for state in partition.counts},
            "work": {state.value: work.get(state, 0) for state in WorkState},
            "unfolded_deltas": _count(session, RollupDelta),
            "letters": {
                "waiting": letters_waiting(session),
                "given_up": letters_given_up(session),
            },
        }


def _recount(arguments: argparse.Namespace) -> int:
    if arguments.repair:
        with opened(arguments) as context, context.database.write() as session:
            session.connection(execution_options=_one_moment(context))
            repair(session)
    with opened(arguments) as context, context.database.read() as session:
        session.connection(execution_options=_one_moment(context))
        differences = recount(session)
        broken = broken_seals(session)
    for difference in differences:
        print(
            f"{difference.rollup} {difference.key}: el reporte dice {difference.reported}, "
            f"hay {difference.counted}"
        )
    for seal in broken:
        print(f"El sello {seal} de la bitácora no corresponde a sus asientos.")
    if differences or broken:
        return 1
    print("Los reportes coinciden con los registros, y la bitácora con sus sellos.")
    return 0


def _partition(session: Session) -> Partition:
    counts = dict(iter(session.execute(select(Record.state, func.count()).group_by(Record.state))))
    return Partition(counts, _count(session, Record))


def _count(session: Session, model: type[Any]) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def _one_moment(context: Context) -> dict[str, Any]:
    # A SQLite reader sees one moment anyway.
    return {} if context.database.is_sqlite else {"isolation_level": "REPEATABLE READ"}


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
