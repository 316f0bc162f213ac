"""How long the aspirante's pages take over many apoyos on PostgreSQL, for whom has most of them.

The rows are made by the database itself, a hundred seconds for a million; names, which a page must
open, are sealed for the newest ones. Every page is asked of the whole application, three times to
warm up and then `--times` times, one after the other. The bar is the design's: p95 at most 200 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from bench.report import circumstances, percentile, table
from central.accounts.permissions import Role
from central.accounts.sessions import open_session
from central.app import create_app
from central.cli import main as central
from central.config import read_config
from central.models import Auxiliar, Citizen, Record, Station, User
from central.models.database import Database
from central.reports.recount import recount, repair
from central.secrets import Secrets
from central.services import services
from central.storage.citizens import CitizenNames, CitizenSealer
from tests.postgres import find_or_start

_LIMIT_MS = 200
_WARM_UPS = 3
_STATIONS = 1000
_PER_AUXILIAR = 400
_NAMED = 2_000
_EMAIL = "medida@acopio.example"
# Two in five apoyos are of the first aspirante; 49 others share the rest.
_ASPIRANTES = 50

_FILL = (
    """
    INSERT INTO register_versions (id, label, source_sha256, entries, complete, imported_at)
    VALUES (1, 'invented', '\\x00', 0, true, now())
    """,
    """
    INSERT INTO register_sections
        (version_id, entidad, seccion, distrito, municipio, lista_nominal, padron)
    SELECT 1, e, s, s % 10 + 1, s % 40 + 1, 1500, 1600
    FROM generate_series(1, 32) e, generate_series(1, 2000) s
    """,
    """
    INSERT INTO stations (process_id, id_dispositivo, state, created_at)
    SELECT 1, 'E' || n, 'active', now() FROM generate_series(1, :stations) n
    """,
    """
    INSERT INTO aspirantes
        (process_id, office_id, folio_solicitud, name, email, active, created_at)
    SELECT 1, 1, 'SOL' || lpad(n::text, 4, '0'), 'Persona Inventada', n || '@acopio.example',
        true, now() - interval '120 days'
    FROM generate_series(2, :aspirantes) n
    """,
    """
    INSERT INTO auxiliares (process_id, aspirante_id, id_auxiliar, nombres, apellido_paterno,
        apellido_materno, email, state, situacion_registral, activated_at, created_at)
    SELECT 1, (SELECT id FROM aspirantes ORDER BY id OFFSET
            CASE WHEN n % 5 < 2 THEN 0 ELSE 1 + n % (:aspirantes - 1) END LIMIT 1),
        'A' || n, 'ANA', 'EJEMPLO', 'PRUEBA', 'a' || n || '@acopio.example', 'active',
        'Lista Nominal', now() - interval '110 days', now() - interval '115 days'
    FROM generate_series(1, :auxiliares) n
    """,
    """
    INSERT INTO packets (id, link, station_id, epoch, seq, packet_id, kind, header_jws, size_bytes,
        sha256, received_at)
    SELECT n, sha256(n::text::bytea), 1 + n % :stations, 'e', n / :stations + 1,
        lpad(n::text, 36, '0'), 'apoyo', '', 600000, '\\x00',
        now() - interval '120 days' * (1 - n::float / :records)
    FROM generate_series(1, :records) n
    """,
    """
    INSERT INTO receipts (log_index, link, station_id, jws, leaf_hash, issued_at)
    SELECT id - 1, link, station_id, 'invented', link, received_at FROM packets
    """,
    """
    INSERT INTO records (id, packet_id, folio_registro, aspirante_id, office_id, auxiliar_id,
        station_id, captured_at, clock_class, received_at, received_on, state, review_state, valid,
        reasons, verified_at, situacion_registral, motivo_baja, entidad, distrito, municipio,
        seccion, work_state, next_try_at)
    SELECT p.id, p.id, s.folio_solicitud || '-' || a.id_auxiliar || '-E' || p.station_id || '-'
            || lpad(p.seq::text, 8, '0'),
        a.aspirante_id, 1, a.id, p.station_id, p.received_at - interval '2 hours', 'anchored',
        p.received_at, p.received_at::date, d.state, d.review, d.valid, d.reasons::json,
        p.received_at + interval '3 minutes', d.situacion, d.motivo,
        1 + p.id % 32, 1 + (p.id / 32) % 2000 % 10, 1 + (p.id / 32) % 2000 % 40,
        1 + (p.id / 32) % 2000, 'done', p.received_at
    FROM packets p
    JOIN auxiliares a ON a.id = 1 + (p.id * 7919) % :auxiliares
    JOIN aspirantes s ON s.id = a.aspirante_id
    JOIN (VALUES
        (0, 780, 'lista_nominal', 'approved', true, '[]', 'Lista Nominal', NULL),
        (780, 820, 'duplicado', 'not_asked', false, '["duplicate.same_aspirante"]',
            'Lista Nominal', NULL),
        (820, 840, 'padron', 'not_asked', false, '[]', 'Padrón', NULL),
        (840, 855, 'baja', 'not_asked', false, '[]', 'Bajas', 'Defunción'),
        (855, 865, 'no_encontrado', 'not_asked', false, '[]', 'Datos no encontrados', NULL),
        (865, 930, 'inconsistencia', 'rejected', false, '["fotocopia"]', 'Lista Nominal', NULL),
        (930, 945, 'en_procesamiento', 'not_asked', NULL, '[]', 'Sin respuesta situación', NULL),
        (945, 1000, 'en_mesa_de_control', 'pending', NULL, '["review.sample"]', 'Lista Nominal',
            NULL)
    ) AS d (low, high, state, review, valid, reasons, situacion, motivo)
        ON (p.id * 104729) % 1000 >= d.low AND (p.id * 104729) % 1000 < d.high
    """,
    """
    INSERT INTO state_changes (record_id, before, after, reasons, made_by, made_at)
    SELECT id, NULL, 'en_procesamiento', '[]', 'intake', received_at FROM records
    """,
    """
    INSERT INTO state_changes (record_id, before, after, reasons, made_by, made_at)
    SELECT id, 'en_procesamiento', state, reasons, 'verification', verified_at FROM records
    WHERE state <> 'en_procesamiento'
    """,
)


def main() -> None:
    """Fill a database, ask for the pages, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, help="apoyos (1,000,000)")
    parser.add_argument("--times", type=int, default=30, help="requests of each page (30)")
    options = parser.parse_args()
    with (
        find_or_start() as server,
        server.database() as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        began = time.monotonic()
        client, paths = _open(centre(Path(folder), url, options.records))
        print(f"{options.records:,} apoyos written in {time.monotonic() - began:.0f} s")
        rows = [_measure(client, name, path, options.times) for name, path in paths.items()]
    print(" · ".join(f"{name} {value}" for name, value in circumstances().items()))
    print(table([("page", "kB", "p50 ms", "p95 ms", f"of {_LIMIT_MS} ms"), *rows]))


def centre(folder: Path, url: str, records: int) -> Path:
    """Found a centre over an empty database and fill it; give its configuration."""
    config = folder / "central.toml"

    def order(*arguments: str) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            status = central(["--config", str(config), *arguments])
        if status != 0:
            raise SystemExit(f"acopio-central {arguments[0]} failed")

    order("init", "--database", url)
    order(
        "process", "add", "--code", "PEF2027", "--name", "Proceso medido", "--starts", "2026-08-01",
        "--ends", "2027-01-31", "--office", "PRES:Presidencia:nacional",
    )  # fmt: skip
    aspirante = (
        "aspirante", "add", "--process", "PEF2027", "--office", "PRES", "--folio", "SOL0001",
        "--name", "Persona Medida", "--email", _EMAIL,
    )  # fmt: skip
    order(*aspirante)
    database = Database(url)
    try:
        _fill(database, records)
        # The threshold counts the secciones, which are there by now.
        order(*aspirante, "--threshold", "presidencia")
        _seal_newest(database, CitizenSealer(Secrets(folder / "keys").random("citizens")))
        with database.read() as session:
            wrong = recount(session)
            if wrong:
                raise SystemExit(f"the counts are not exact: {wrong[:3]}")
    finally:
        database.close()
    return config


def _fill(database: Database, records: int) -> None:
    numbers = {
        "records": records,
        "stations": _STATIONS,
        "aspirantes": _ASPIRANTES,
        "auxiliares": max(_ASPIRANTES, records // _PER_AUXILIAR),
    }
    for statement in _FILL:
        wanted = {name: value for name, value in numbers.items() if f":{name}" in statement}
        with database.write() as session:
            session.execute(text(statement), wanted)
    with database.write() as session:
        repair(session)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _seal_newest(database: Database, citizens: CitizenSealer) -> None:
    with database.write() as session:
        newest = session.execute(
            select(Record.id, Record.aspirante_id).order_by(Record.id.desc()).limit(_NAMED)
        ).all()
        names = CitizenNames("JUANA", "EJEMPLO", "PRUEBA", "EJPRJN90010109M000")
        session.execute(
            insert(Citizen),
            [
                {"record_id": record, "sealed": citizens.seal(aspirante, record, names)}
                for record, aspirante in newest
            ],
        )


def _open(config: Path) -> tuple[FlaskClient, dict[str, str]]:
    """Build the application, sign the measured person in, and say which pages there are."""
    app = create_app(read_config(config))
    with app.app_context():
        parts = services()
        with parts.database.write() as session:
            user = session.scalars(select(User).where(User.email == _EMAIL)).one()
            _, token = open_session(
                session, user, role=Role.ASPIRANTE,
                method="bench", user_agent="", lifetime=timedelta(hours=8),
                now=parts.clock.now(),
            )  # fmt: skip
            newest = session.scalars(
                select(Record).where(Record.aspirante_id == 1).order_by(Record.id.desc()).limit(1)
            ).one()
            folio = newest.folio_registro
            auxiliar = session.get_one(Auxiliar, newest.auxiliar_id).id_auxiliar
            station = session.get_one(Station, newest.station_id).id_dispositivo
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client, {
        "Inicio": "/",
        "Reporte de avance": "/reports/advance",
        "Consulta de registros": "/records",
        "Consulta de registros, página siguiente": f"/records?after={folio}",
        "Consulta de registros, un auxiliar": f"/records?id_auxiliar={auxiliar}",
        "Consulta de registros, una estación": f"/records?id_dispositivo={station}",
        "Consulta de registros, bajas": "/records?situacion=Bajas",
        "Consulta de registros, un motivo de baja": "/records?motivo_baja=Defunción",
        "Consulta de registros, una razón": "/records?reason=duplicate.other_aspirante",
        "Consulta de registros, no válidos": "/records?valid=no",
        **{
            f"Consulta de registros, por {order}": f"/records?order={order}"
            for order in ("captured", "-folio", "auxiliar", "station", "-state")
        },
        "Un registro": f"/records/{folio}",
        "Consulta de auxiliares": "/auxiliares",
        "Un auxiliar": f"/auxiliares/{auxiliar}",
        "Reporte detallado": "/reports/detailed",
        "Inconformidades": "/objections",
        "Inconformarse con todos los no válidos": "/objections/new?all=1&valid=no",
    }


def _measure(client: FlaskClient, name: str, path: str, times: int) -> tuple[str, ...]:
    took, size = [], 0
    for number in range(_WARM_UPS + times):
        began = time.perf_counter()
        answer = client.get(path)
        elapsed_ms = 1000 * (time.perf_counter() - began)
        if answer.status_code != 200:
            return (name, "–", "–", "–", f"status {answer.status_code}")
        size = len(answer.data)
        if number >= _WARM_UPS:
            took.append(elapsed_ms)
    slow = percentile(took, 0.95)
    return (
        name,
        f"{size / 1000:.0f}",
        f"{percentile(took, 0.5):.0f}",
        f"{slow:.0f}",
        f"{100 * slow / _LIMIT_MS:.0f} %",
    )


if __name__ == "__main__":
    main()
