"""How long reports take as files, and how much memory, made by the real worker on PostgreSQL.

Two in five apoyos are of the aspirante who asks. Each file is made by a worker of its own, from its
start to its end; what a worker without work takes stands beside it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from bench.report import circumstances, table
from bench.reports import centre
from central.clock import SystemClock
from central.config import read_config
from central.models import Aspirante, Export, Record, RoleGrant
from central.models.database import Database
from central.reports.detail import asked
from central.reports.exports import SEALER_PURPOSE, ExportKind, FileFormat, Order, ask
from central.secrets import Secrets
from central.storage.sealing import Sealer
from tests.postgres import find_or_start

_ORDERS = {
    "Lista de acuses, CSV": Order(ExportKind.RECEIPTS, FileFormat.CSV),
    "Lista de acuses, XLSX": Order(ExportKind.RECEIPTS, FileFormat.XLSX),
    "Reporte detallado por auxiliar y día, CSV": Order(
        ExportKind.DETAIL, FileFormat.CSV, asked(("auxiliar", "day"), None, None)
    ),
    "Reporte detallado por auxiliar, PDF": Order(
        ExportKind.DETAIL, FileFormat.PDF, asked(("auxiliar",), None, None)
    ),
}


def main() -> None:
    """Fill a database, make the files, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2_500_000, help="apoyos (2,500,000)")
    options = parser.parse_args()
    with (
        find_or_start() as server,
        server.database() as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        config = centre(Path(folder), url, options.records)
        database = Database(url)
        with database.read() as session:
            own = session.scalar(select(func.count()).where(Record.aspirante_id == 1))
        print(f"{own:,} apoyos of {options.records:,}")
        rows = [("a worker without work", "–", "–", *_work(config))]
        for name, order in _ORDERS.items():
            token = _ask(database, config, order)
            took = _work(config)
            with database.read() as session:
                made = session.scalars(select(Export).where(Export.token == token)).one()
            rows.append((name, f"{made.rows:,}", f"{(made.size_bytes or 0) / 1e6:.1f}", *took))
        database.close()
    print(" · ".join(f"{name} {value}" for name, value in circumstances().items()))
    print(table([("file", "rows", "MB", "s", "peak MiB"), *rows]))


def _ask(database: Database, config: Path, order: Order) -> str:
    secrets = Secrets(Path(read_config(config).keys.folder))
    with database.write() as session:
        aspirante_id, user_id = session.execute(
            select(Aspirante.id, RoleGrant.user_id)
            .join(RoleGrant, RoleGrant.aspirante_id == Aspirante.id)
            .where(Aspirante.id == 1)
        ).one()
        return ask(
            session,
            Sealer(secrets.random("citizens"), SEALER_PURPOSE),
            order,
            aspirante_id=aspirante_id,
            user_id=user_id,
            now=SystemClock().now(),
            most_waiting=1,
        )


def _work(config: Path) -> tuple[str, str]:
    """Let a worker do all there is; give its seconds and the most memory it had."""
    began = time.monotonic()
    worker = subprocess.Popen(
        [sys.executable, "-m", "central", "--config", str(config), "worker", "--once"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # What the kernel says of a child that ended counts its parent's memory before the exec, too.
    peak_kib = 0
    while worker.poll() is None:
        peak_kib = max(peak_kib, _peak_kib(worker.pid))
        time.sleep(0.05)
    if worker.returncode != 0:
        raise SystemExit("the worker failed")
    return f"{time.monotonic() - began:.1f}", f"{peak_kib / 1024:.0f}"


def _peak_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line), 0)


if __name__ == "__main__":
    main()
