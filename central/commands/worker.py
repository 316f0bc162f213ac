"""`worker`: verification, rollups, checkpoints, seals of the audit trail, sweeping, letters.

Why a loop and not a queue: docs/decisions/0005-work-is-a-lease-on-the-row.md.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select

from central.audit.log import sign_checkpoint
from central.audit.seals import seal_entries
from central.commands.context import Context, command, opened
from central.commands.mail import open_postman
from central.commands.notify import notify
from central.commands.pauses import pause_s
from central.commands.reports import ReportThread, open_maker
from central.intake.health import rejudge, thin
from central.intake.orders import expire
from central.logs import configure_logging
from central.mail.outbox import has_letters_due
from central.models import Export, Record, UsedProof
from central.models.work import UNFINISHED, revive
from central.notices.herald import Herald
from central.register.base import Register
from central.register.synthetic import SyntheticRegister
from central.reports import medians, rollups
from central.roster.files.batches import drop_stale
from central.roster.registration import CLAVE_PURPOSE
from central.roster.situation import SituationDesk
from central.storage.citizens import CitizenSealer
from central.storage.opening import open_blobs
from central.storage.sealing import Sealer
from central.vault.client import VaultClient
from central.verification.verifier import Verifier

_log = logging.getLogger(__name__)

_FOLD_EVERY_S = 5
_ASK_EVERY_S = 5
_RENEW_EVERY_S = 600
_SIGN_EVERY_S = 60
_SWEEP_EVERY_S = 600
_NOTICE_EVERY_S = 5
_WATCH_EVERY_S = 30
_MAIL_EVERY_S = 1


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = command(subparsers, "worker", "verifica los registros y mantiene los conteos", _worker)
    parser.add_argument(
        "--once", action="store_true", help="termina cuando no queda nada por hacer"
    )
    parser.add_argument(
        "--retry-dead", action="store_true", help="vuelve a intentar los registros apartados"
    )


@dataclass(slots=True)
class _Duty:
    """Something done again and again; after a failure it waits longer each time."""

    name: str
    every_s: float
    run: Callable[[], int]
    # Done again at once while there was something to do.
    is_greedy: bool = False
    due_ms: int = 0
    failures: int = field(default=0)

    def run_if_due(self, now_ms: int) -> int:
        if now_ms < self.due_ms:
            return 0
        try:
            done = self.run()
        except Exception:  # noqa: BLE001  (the loop survives: it logs, waits longer, and counts)
            self.failures += 1
            self.due_ms = now_ms + int(pause_s(self.every_s, self.failures) * 1000)
            _log.exception("duty.failed duty=%s failures=%d", self.name, self.failures)
            return 0
        self.failures = 0
        self.due_ms = now_ms if done and self.is_greedy else now_ms + int(self.every_s * 1000)
        return done if self.is_greedy else 0


def _worker(arguments: argparse.Namespace) -> int:
    configure_logging()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    with opened(arguments) as context:
        if arguments.retry_dead:
            with context.database.write() as session:
                revived = revive(session, Record, now=context.clock.now())
            print(f"Registros que se intentarán de nuevo: {revived}")
        owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        vault = VaultClient(
            Path(context.config.vault.socket), timeout_s=context.config.vault.timeout_s
        )
        duties = _duties(context, vault, owner)
        maker = open_maker(context, owner)
        duties.append(_Duty("reports", _SWEEP_EVERY_S, maker.sweep))
        _log.info("worker.started owner=%s", owner)
        notify("READY=1")
        with ReportThread(maker, context.config.worker.idle_s):
            while not stopping.is_set():
                now_ms = context.clock.monotonic_ms()
                done = sum(duty.run_if_due(now_ms) for duty in duties)
                notify(f"STATUS={_status(duties, done)}", "WATCHDOG=1")
                if done:
                    continue
                if arguments.once and _is_idle(context):
                    break
                stopping.wait(context.config.worker.idle_s)
        notify("STOPPING=1")
        vault.close()
        _log.info("worker.stopped owner=%s", owner)
    return 0


def _status(duties: list[_Duty], done: int) -> str:
    failing = ", ".join(duty.name for duty in duties if duty.failures)
    work = f"{done} trabajos en esta vuelta" if done else "en espera de trabajo"
    return f"{work}; fallan: {failing}" if failing else work


def _duties(context: Context, vault: VaultClient, owner: str) -> list[_Duty]:
    config, database, clock = context.config, context.database, context.clock
    register_secret = context.secrets.random("register")
    verifier = Verifier(
        database,
        vault,
        open_register(context),
        CitizenSealer(context.secrets.random("citizens")),
        register_secret,
        config.worker,
        clock,
        owner,
    )
    situations = SituationDesk(
        database,
        open_register(context),
        Sealer(context.secrets.random("citizens"), CLAVE_PURPOSE),
        clock,
        owner,
    )
    signer = context.secrets.signer("receipts")
    blobs = open_blobs(config)

    def fold() -> int:
        with database.write() as session:
            return rollups.fold(session)

    def renew_medians() -> int:
        with database.write() as session:
            return medians.renew(session, now=clock.now())

    def checkpoint() -> int:
        with database.write() as session:
            return 0 if sign_checkpoint(session, signer, clock.now()) is None else 1

    def seal() -> int:
        with database.write() as session:
            return seal_entries(session, signer, clock.now())

    def sweep() -> int:
        blobs.sweep(config.storage.upload_ttl_h * 3600)
        stale = clock.now() - timedelta(seconds=2 * config.stations.nonce_ttl_s + 120)
        with database.write() as session:
            session.execute(delete(UsedProof).where(UsedProof.used_at < stale))
        return 0

    def watch() -> int:
        with database.write() as session:
            expire(session, now=clock.now())
            return rejudge(
                session,
                now=clock.now(),
                limits=config.fleet.limits,
                minimum_software=config.stations.minimum_software,
            )

    def thin_history() -> int:
        with database.write() as session:
            return thin(session, now=clock.now())

    herald = Herald(database, clock, digest_hour=config.mail.digest_hour)
    postman = open_postman(context, owner)
    return [
        _Duty("verification", config.worker.idle_s, verifier.run_once, is_greedy=True),
        _Duty("situations", _ASK_EVERY_S, situations.run_once, is_greedy=True),
        _Duty("rollups", _FOLD_EVERY_S, fold, is_greedy=True),
        _Duty("medians", _RENEW_EVERY_S, renew_medians),
        _Duty("checkpoint", _SIGN_EVERY_S, checkpoint),
        _Duty("audit", _SIGN_EVERY_S, seal),
        _Duty("sweep", _SWEEP_EVERY_S, sweep),
        _Duty("fleet", _WATCH_EVERY_S, watch),
        _Duty("history", _SWEEP_EVERY_S, thin_history),
        _Duty("notices", _NOTICE_EVERY_S, herald.run_once, is_greedy=True),
        _Duty("mail", _MAIL_EVERY_S, postman.run_once, is_greedy=True),
        _Duty("files", _SWEEP_EVERY_S, lambda: drop_stale(database, clock.now())),
    ]


def _is_idle(context: Context) -> bool:
    with context.database.read() as session:
        waiting = (
            session.execute(select(kind.id).where(UNFINISHED).limit(1)).first()
            for kind in (Record, Export)
        )
        return not any(waiting) and not has_letters_due(session, now=context.clock.now())


def open_register(context: Context) -> Register:
    """Choose the register that the configuration names."""
    match context.config.register.driver:
        case "synthetic":
            return SyntheticRegister(context.database, context.secrets.random("register"))
        case other:  # the configuration knows no other
            raise AssertionError(other)
