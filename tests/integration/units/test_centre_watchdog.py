"""Portal, worker and vault under a service manager: ready, alive by real work, silent otherwise."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from central.cli import main
from central.errors import VaultRefusedError
from central.vault.client import VaultClient
from tests.centres import found_centre
from tests.guards.tree import ROOT
from tests.integration.units.supervisor import Supervisor, supervised

# A worker of gunicorn turns its loop once a second: nothing shorter can be told from silence.
WATCHDOG_S = 4.0


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    found_centre(folder, "sqlite:///acopio.db")
    return folder


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    with supervised(tmp_path, monkeypatch, watchdog_s=WATCHDOG_S) as supervisor:
        yield supervisor


@contextmanager
def running(centre: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with (centre / f"{arguments[0]}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "central", "--config", str(centre / "central.toml"), *arguments],
            cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_ready(line: str) -> bool:
    return line == "READY=1"


def is_ping(line: str) -> bool:
    return line == "WATCHDOG=1"


def end(process: subprocess.Popen[bytes], systemd: Supervisor) -> None:
    process.send_signal(signal.SIGTERM)
    systemd.wait_for(lambda line: line == "STOPPING=1")
    assert process.wait(timeout=30) == 0


def children(process: subprocess.Popen[bytes]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


class TestThePortal:
    def test_is_ready_with_its_workers_and_silent_when_one_hangs(
        self, centre: Path, systemd: Supervisor
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        with running(centre, "serve", "--bind", address, "--workers", "2") as process:
            systemd.wait_for(is_ready)
            assert requests.get(f"http://{address}/health/ready", timeout=5).ok
            systemd.wait_for(lambda line: line == "STATUS=2 procesos atienden")
            hanging = children(process)[0]
            os.kill(hanging, signal.SIGSTOP)
            systemd.listen(WATCHDOG_S / 2 + 1.2)
            assert not any(map(is_ping, systemd.listen(1.5)))
            os.kill(hanging, signal.SIGCONT)
            systemd.wait_for(is_ping)
            end(process, systemd)


class TestTheWorker:
    def test_is_alive_by_its_turns_and_silent_when_the_database_holds_it(
        self, centre: Path, systemd: Supervisor
    ) -> None:
        with running(centre, "worker") as process:
            systemd.wait_for(is_ready)
            systemd.wait_for(lambda line: line == "STATUS=en espera de trabajo")
            systemd.wait_for(is_ping)
            blocker = sqlite3.connect(centre / "acopio.db", isolation_level=None)
            blocker.execute("BEGIN IMMEDIATE")
            systemd.listen(1.5)
            assert not any(map(is_ping, systemd.listen(1.5)))
            blocker.close()
            systemd.wait_for(is_ping)
            end(process, systemd)


class TestTheVault:
    def test_is_alive_by_its_own_questions_which_leave_no_trace(
        self, centre: Path, systemd: Supervisor
    ) -> None:
        me = pwd.getpwuid(os.geteuid()).pw_name
        with running(centre, "vault", "--client", me) as process:
            systemd.wait_for(is_ready)
            systemd.wait_for(lambda line: line == "STATUS=responde")
            systemd.wait_for(is_ping)
            client = VaultClient(centre / "run" / "vault.sock", timeout_s=5)
            with pytest.raises(VaultRefusedError, match="no such packet"):
                client.open_record(bytes(32), actor="worker:test")
            client.close()
            end(process, systemd)
        rows = sqlite3.connect(centre / "acopio.db").execute("SELECT actor FROM audit_entries")
        assert "worker:heartbeat" not in {actor for (actor,) in rows}

    def test_does_not_know_a_user_that_is_not_there(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            main(["vault", "--client", "acopio-nobody-of-that-name"])
        assert "no hay usuario" in capsys.readouterr().err
