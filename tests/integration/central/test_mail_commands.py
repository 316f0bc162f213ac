"""Letters through the real programs: sent by the worker, killed in between, listed, tried again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select, update

from central.cli import main
from central.clock import SystemClock
from central.config import read_config
from central.mail.outbox import post_activation
from central.models import Auxiliar, AuxiliarState, Mail, WorkState
from central.models.database import Database
from domain.apoyo import SituacionRegistral
from tests.centres import AUXILIAR, OTHER_AUXILIAR, run
from tests.mail_server import MailServer, running_mail_server
from tests.portal.office import auxiliar_of, code_in


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes everything."""
    with running_mail_server() as mail:
        yield mail


@pytest.fixture
def folder(centre_folder: Path, server: MailServer) -> Path:
    """A centre that sends its letters to the server."""
    with (centre_folder / "central.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[mail]\ndriver = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\n'
            'security = "none"\nfrom_address = "acopio@instituto.example"\n'
        )
    return centre_folder


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    """The database of the centre."""
    opened = Database(read_config(folder / "central.toml").database.url)
    yield opened
    opened.close()


def invite(database: Database, *ids: str) -> None:
    """Write an invitation to each down."""
    with database.write() as session:
        for name in ids:
            auxiliar = auxiliar_of(session, name)
            auxiliar.state, auxiliar.invited_at = AuxiliarState.REGISTERED, None
            auxiliar.situacion_registral = SituacionRegistral.LISTA_NOMINAL.value
            post_activation(
                session,
                auxiliar_id=auxiliar.id,
                aspirante_id=auxiliar.aspirante_id,
                now=SystemClock().now(),
            )


def test_the_worker_sends_what_is_due_and_then_ends(
    folder: Path, database: Database, server: MailServer
) -> None:
    invite(database, AUXILIAR, OTHER_AUXILIAR)
    run(folder, "worker", "--once")
    assert len(server.received) == 2
    assert "activation   terminada    2" in run(folder, "mail", "list")


def test_a_worker_killed_before_it_could_write_down_that_a_letter_left_sends_it_again(
    folder: Path, database: Database, server: MailServer
) -> None:
    invite(database, AUXILIAR)
    with (folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "central", "--config", "central.toml", "worker"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            stdout=log,
            stderr=log,
        )

        def kill_the_worker(_letter: object) -> None:
            os.kill(worker.pid, signal.SIGKILL)

        server.on_letter = kill_the_worker
        assert worker.wait(60) == -signal.SIGKILL
    server.on_letter = lambda _letter: None
    # Nobody else takes the letter while the lease runs.
    run(folder, "worker", "--once")
    assert len(server.received) == 1
    with database.write() as session:
        session.execute(update(Mail).values(lease_until=SystemClock().now()))
    run(folder, "worker", "--once")

    first, second = server.received
    assert "Sólo sirve el de esta carta" in " ".join(second.text.split())
    with database.read() as session:
        kept = session.scalars(
            select(Auxiliar.activation_verifier).where(Auxiliar.id_auxiliar == AUXILIAR)
        ).one()
        mail = session.scalars(select(Mail)).one()
    assert mail.sent_at is not None
    assert PasswordHasher().verify(kept or "", code_in(second.text))
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(kept or "", code_in(first.text))


def test_letters_that_were_given_up_are_listed_without_a_name_and_tried_again(
    folder: Path, database: Database, server: MailServer
) -> None:
    server.on_recipient = lambda to: f"550 5.1.1 <{to}> unknown"
    invite(database, AUXILIAR)
    run(folder, "worker", "--once")
    said = run(folder, "mail", "list")
    assert "apartada" in said
    assert "smtp.550 5.1.1" in said
    assert "@" not in said
    server.on_recipient = lambda _to: None
    assert run(folder, "mail", "retry") == "Cartas que se intentarán de nuevo: 1\n"
    run(folder, "worker", "--once")
    with database.read() as session:
        assert session.scalars(select(Mail.work_state)).one() is WorkState.DONE


def test_a_letter_of_proof_leaves_at_once_or_says_why_not(
    folder: Path, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(folder, "mail", "test", "--to", "operador@instituto.example")
    assert said.startswith("El servidor de correo recibió la carta")
    (letter,) = server.to("operador@instituto.example")
    assert "año, cédula, ¿qué tal?" in letter.text
    config = str(folder / "central.toml")
    assert main(["--config", config, "mail", "test", "--to", "nadie"]) == 1
    assert "[mail.address]" in capsys.readouterr().err
    server.on_recipient = lambda _to: "550 5.1.1 unknown"
    assert main(["--config", config, "mail", "test", "--to", "x@instituto.example"]) == 1
    assert "smtp.550 5.1.1" in capsys.readouterr().out
