"""How long the stations' pages take with 1,000 stations on PostgreSQL, and what a hello costs.

Every page is asked of the whole application, three times to warm up and then `--times` times, one
after the other. The bar is the design's: p95 at most 200 ms.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from bench.report import circumstances, percentile, table
from central.accounts.permissions import Role
from central.intake.health import note_condition, note_health, rejudge, thin
from central.models import Station
from domain.station_condition import Limits
from tests.portal.fleet import add_fleet, add_history
from tests.portal.visitor import Visitor
from tests.portal.world import World, build_world
from tests.postgres import find_or_start
from wire.api import Health

_LIMIT_MS = 200
_WARM_UPS = 3


def main() -> None:
    """Fill a database, ask for the pages, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=1_000, help="stations (1,000)")
    parser.add_argument("--times", type=int, default=50, help="requests of each page (50)")
    options = parser.parse_args()
    with (
        find_or_start() as server,
        server.database() as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        world = build_world(Path(folder), url)
        with world.database.write() as session:
            add_fleet(session, options.stations, now=world.clock.now())
            add_history(session, "F0001", now=world.clock.now())
        rows = [
            (name, *_measured(action, options.times)) for name, action in _actions(world).items()
        ]
        world.database.close()
    print(" · ".join(f"{name} {value}" for name, value in circumstances().items()))
    print(table([("what", "p50 ms", "p95 ms", "p50 CPU ms", f"of {_LIMIT_MS} ms"), *rows]))


def _actions(world: World) -> dict[str, Callable[[], None]]:
    visitor = Visitor(world.app).enter(world, Role.TECHNICIAN)

    def page(path: str) -> Callable[[], None]:
        def ask() -> None:
            answer = visitor.client.get(path)
            assert answer.status_code == 200, (path, answer.status)

        return ask

    def hello() -> None:
        with world.database.write() as session:
            station = session.scalars(
                select(Station).where(Station.id_dispositivo == "F0001").with_for_update()
            ).one()
            note_health(session, station, Health(), now=world.clock.now())
            note_condition(
                session, station, now=world.clock.now(), limits=Limits(), rolled_back=False
            )

    def judge() -> None:
        with world.database.write() as session:
            rejudge(session, now=world.clock.now(), limits=Limits())

    def sweep() -> None:
        with world.database.write() as session:
            thin(session, now=world.clock.now())

    paths = {
        "list, first page": "/fleet",
        "list, those in trouble": "/fleet?condition=trouble",
        "list, last pages": "/fleet?after=13.F0500",
        "one station, a day": "/fleet/F0001",
        "one station, a month": "/fleet/F0001?period=month",
        "incident bundle (a file)": "/fleet/F0001/incident.zip",
    }
    return {name: page(path) for name, path in paths.items()} | {
        "health, of one hello": hello,
        "all stations judged by the worker": judge,
        "history thinned by the worker": sweep,
    }


def _measured(action: Callable[[], None], times: int) -> tuple[str, ...]:
    taken, computed = [], []
    for number in range(_WARM_UPS + times):
        began, worked = time.perf_counter(), time.process_time()
        action()
        if number >= _WARM_UPS:
            taken.append((time.perf_counter() - began) * 1000)
            computed.append((time.process_time() - worked) * 1000)
    p95 = percentile(taken, 0.95)
    shown = (percentile(taken, 0.5), p95, percentile(computed, 0.5))
    return (*(f"{value:.0f}" for value in shown), "yes" if p95 <= _LIMIT_MS else "NO")


if __name__ == "__main__":
    main()
