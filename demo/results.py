"""What came of the visits: asked at the centre, at its vault and at its portal."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import func, select

from central.config import read_config
from central.models import Packet, Receipt, Record, WorkState
from central.models.database import Database
from central.vault.client import VaultClient
from demo.cast import EXPECTED_STATES, Visit
from demo.kiosk import Guarded
from domain.apoyo import Partition, State
from wire.canonical import loads
from wire.record import Record as SealedRecord
from wire.shape import decode

STATE_NAMES = {
    State.LISTA_NOMINAL: "Lista Nominal",
    State.DUPLICADO: "Duplicado",
    State.PADRON: "Padrón",
    State.BAJA: "Baja",
    State.NO_ENCONTRADO: "No encontrado",
    State.FUERA_DE_AMBITO: "Fuera de ámbito",
    State.INCONSISTENCIA: "Inconsistencia",
    State.EN_PROCESAMIENTO: "En procesamiento",
    State.EN_MESA_DE_CONTROL: "Mesa de control",
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """One apoyo as the centre has it; `stages_ms` sums both sides, by stage of the reading."""

    folio: str
    state: State
    reasons: tuple[str, ...]
    link: bytes
    receipts: int
    size_bytes: int
    stages_ms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Centre:
    """Everything that arrived."""

    arrived: tuple[Arrived, ...]
    partition: Partition
    packets: int
    receipts: int
    unfinished: int


def ask_centre(config_file: Path) -> Centre:
    """Read what the database of the centre has, and the timings that each record carries."""
    config = read_config(config_file)
    database = Database(config.database.url)
    vault = VaultClient(Path(config.vault.socket), timeout_s=config.vault.timeout_s)
    try:
        with database.read() as session:
            rows = session.execute(
                select(Record, Packet, func.count(Receipt.log_index))
                .join(Packet, Record.packet_id == Packet.id)
                .outerjoin(Receipt, Receipt.link == Packet.link)
                .group_by(Record.id, Packet.id)
                .order_by(Record.id)
            ).all()
            counts = Counter(session.scalars(select(Record.state)))
            packets = session.scalar(select(func.count()).select_from(Packet)) or 0
            receipts = session.scalar(select(func.count()).select_from(Receipt)) or 0
            waiting = select(func.count()).where(
                Record.work_state.in_((WorkState.WAITING, WorkState.LEASED))
            )
            unfinished = session.scalar(waiting) or 0
        arrived = tuple(
            Arrived(
                folio=record.folio_registro,
                state=record.state,
                reasons=tuple(record.reasons),
                link=packet.link,
                receipts=receipt_count,
                size_bytes=packet.size_bytes,
                stages_ms=_stages(vault, packet.link),
            )
            for record, packet, receipt_count in rows
        )
        return Centre(
            arrived=arrived,
            partition=Partition(counts, len(arrived)),
            packets=packets,
            receipts=receipts,
            unfinished=unfinished,
        )
    finally:
        vault.close()
        database.close()


def count_settled(config_file: Path) -> tuple[int, int]:
    """Give how many apoyos the centre has, and how many of them are not verified yet."""
    config = read_config(config_file)
    database = Database(config.database.url)
    try:
        with database.read() as session:
            total = session.scalar(select(func.count()).select_from(Record)) or 0
            done = session.scalar(select(func.count()).where(Record.work_state == WorkState.DONE))
            return total, total - (done or 0)
    finally:
        database.close()


def portal_total(address: str, account: str) -> int | None:
    """Sign in as the aspirante and give the sum that the Reporte de avance shows."""
    with requests.Session() as browser:
        browser.trust_env = False
        choosing = browser.get(f"{address}/sign-in/local", timeout=20)
        browser.post(choosing.url, data={"account": account}, timeout=20)
        page = browser.get(f"{address}/reports/advance", timeout=20)
        found = re.search(r'data-sum="(\d+)"', page.text)
        return int(found[1]) if found else None


def wait_until(condition: Callable[[], bool], *, timeout_s: float) -> bool:
    """Ask again and again until it holds, or the time is over."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.3)
    return condition()


def find_faults(
    guarded: Sequence[Guarded],
    untold: Sequence[Visit],
    centre: Centre,
    *,
    shown: int | None,
    sealed: Sequence[str],
) -> list[str]:
    """Give every promise that was not kept, as sentences; none is a success.

    `untold` are visits whose *guardado* the killed kiosk could not say any more, `shown` is the
    sum on the aspirante's page, `sealed` the folios in the station's own chain.
    """
    faults = []
    folios = Counter(one.folio for one in centre.arrived)
    for one in guarded:
        if folios[one.folio] != 1:
            faults.append(f"{one.folio} está {folios[one.folio]} veces en el servidor")
    faults += [f"{folio} está {n} veces" for folio, n in folios.items() if n > 1]
    expected = len(guarded) + len(untold)
    if len(centre.arrived) != expected:
        faults.append(f"se guardaron {expected} apoyos y el servidor tiene {len(centre.arrived)}")
    if sorted(folios.elements()) != sorted(sealed):
        faults.append("la cadena de la estación y el servidor no tienen los mismos folios")
    faults += [f"{one.folio} no tiene un solo acuse" for one in centre.arrived if one.receipts != 1]
    if centre.receipts != centre.packets:
        faults.append(f"hay {centre.packets} paquetes y {centre.receipts} acuses")
    if centre.unfinished:
        faults.append(f"{centre.unfinished} apoyos siguen sin verificar")
    if shown != centre.partition.enviados:
        faults.append(f"el portal muestra {shown} y el servidor tiene {centre.partition.enviados}")
    by_folio = {one.folio: one for one in centre.arrived}
    for one in guarded:
        arrived = by_folio.get(one.folio)
        if arrived and arrived.state not in EXPECTED_STATES[one.visit.circumstance]:
            faults.append(
                f"{one.folio} ({one.visit.circumstance.value or 'ordinario'}) quedó en "
                f"{STATE_NAMES[arrived.state]}"
            )
    return faults


def _stages(vault: VaultClient, link: bytes) -> dict[str, int]:
    padded = vault.open_record(link, actor="worker:demo")
    timings = decode(SealedRecord, loads(padded)).capture.timings_ms
    sums: Counter[str] = Counter()
    for name, milliseconds in timings.items():
        sums[name.rpartition(".")[2]] += milliseconds
    return dict(sums)
