"""Server, vault and worker killed without warning under delivery: nothing lost or doubled."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import requests
from sqlalchemy import func, select

from central.models import Packet, Receipt, Record
from central.reports.recount import recount
from domain.apoyo import Partition, State
from tests.centres import IN_LISTA, Centre, FakeClock, Station, run
from wire import api
from wire.packet import Packet as WirePacket
from wire.proof import NONCE_HEADER, PROOF_HEADER
from wire.receipt import verify_receipt

_PATIENCE_S = 120


@dataclass
class Process:
    """One process of the centre, in a session of its own so that its children die with it."""

    folder: Path
    arguments: tuple[str, ...]
    running: "subprocess.Popen[bytes] | None" = field(default=None)

    def start(self) -> None:
        with (self.folder / f"{self.arguments[0]}.log").open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "central", "--config", "central.toml", *self.arguments],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        assert self.running is not None
        with suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()


@contextmanager
def running(folder: Path, port: int) -> Iterator[dict[str, Process]]:
    """Run the three processes of a centre; all are killed at the end."""
    processes = {
        "vault": Process(folder, ("vault",)),
        "serve": Process(folder, ("serve", "--bind", f"127.0.0.1:{port}", "--workers", "1")),
        "worker": Process(folder, ("worker",)),
    }
    try:
        for process in processes.values():
            process.start()
        yield processes
    finally:
        for process in processes.values():
            if process.running is not None:
                process.kill()


def deliver(station: Station, packet: WirePacket, base: str) -> str:
    """Upload over the network, again and again until there is a receipt, as a station does."""
    data = packet.to_bytes()
    path = f"/packets/{packet.link}"
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            response = requests.put(
                base + api.PREFIX + path,
                data=data,
                headers={
                    PROOF_HEADER: station.proof("PUT", path, data),
                    api.OFFSET_HEADER: "0",
                    api.LENGTH_HEADER: str(len(data)),
                },
                timeout=20,
            )
        except requests.RequestException:
            time.sleep(0.2)
            continue
        station.nonce = response.headers.get(NONCE_HEADER, station.nonce)
        if response.status_code == 200:
            return api.from_json(api.UploadAnswer, response.content).receipt
        assert response.status_code in (401, 503), response.text
    raise AssertionError("no receipt in time")


def test_killing_any_process_at_any_moment_loses_and_doubles_nothing(centre_folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = centre_folder / "central.toml"
    settings.write_text(settings.read_text() + "\n[worker]\nlease_s = 2\nidle_s = 0.1\nbatch = 2\n")
    clock = FakeClock()
    centre = Centre.open(centre_folder, clock)
    try:
        # Enrolled in this process, delivered to the others: the station keeps its own time.
        station = centre.station()
        clock.at = _now()
        station.nonce = ""
        packets = [station.apoyo(clave) for clave in [*IN_LISTA[:6], IN_LISTA[0]]]
        receipts: dict[str, str] = {}
        with running(centre_folder, port) as processes:
            base = f"http://127.0.0.1:{port}"
            for number, packet in enumerate(packets):
                name = ("serve", "worker", "vault")[number % 3]
                processes[name].kill()
                processes[name].start()
                receipts[packet.link] = deliver(station, packet, base)
                # The receipt may be lost on its way: asked again, it is the same.
                assert deliver(station, packet, base) == receipts[packet.link]
            _wait_until_verified(centre, len(packets))
        assert _counts(centre) == (len(packets),) * 3
        indexes = sorted(
            verify_receipt(token, station.keys).log_index for token in receipts.values()
        )
        assert indexes == list(range(len(packets)))
        with centre.database.read() as session:
            states = list(session.scalars(select(Record.state)))
            assert recount(session) == []
        partition = Partition.of(states)
        assert (partition[State.LISTA_NOMINAL], partition[State.DUPLICADO]) == (6, 1)
        assert "coinciden" in run(centre_folder, "recount")
    finally:
        centre.close()


def _wait_until_verified(centre: Centre, expected: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        with centre.database.read() as session:
            done = session.execute(
                select(func.count(Record.id)).where(Record.verified_at.is_not(None))
            ).scalar_one()
        if done == expected:
            return
        time.sleep(0.2)
    logs = "\n".join(path.read_text() for path in centre.folder.glob("*.log"))
    raise AssertionError(f"{done} of {expected} verified\n{logs[-4000:]}")


def _counts(centre: Centre) -> tuple[int, ...]:
    with centre.database.read() as session:
        return tuple(
            session.execute(select(func.count()).select_from(model)).scalar_one()
            for model in (Packet, Receipt, Record)
        )


def _now() -> datetime:
    return datetime.now(UTC)
