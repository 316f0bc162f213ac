"""A finding of the mesa de control, and what verification makes of it."""

import pytest
from sqlalchemy import select

from central.errors import ConflictError, InvalidInputError
from central.models import Record
from central.reports.recount import recount
from central.review.finding import approve, reject
from domain.apoyo import State
from tests.centres import Centre


def states(centre: Centre) -> list[tuple[State, bool | None, list[str]]]:
    with centre.database.read() as session:
        records = session.scalars(select(Record).order_by(Record.id)).all()
    return [(record.state, record.valid, record.reasons) for record in records]


def test_approved_by_register_and_review_it_is_valid(centre: Centre) -> None:
    centre.start_vault()
    station = centre.station()
    packet = station.apoyo(attack=0.9)
    station.receipt(packet)
    worker = centre.verifier()
    worker.run_once()
    folio = str(packet.header.folio)
    with centre.database.write() as session:
        approve(session, folio, reviewer_id=1, now=centre.clock.now())
    worker.run_once()
    assert states(centre) == [(State.LISTA_NOMINAL, True, [])]
    with pytest.raises(ConflictError), centre.database.write() as session:
        approve(session, folio, reviewer_id=1, now=centre.clock.now())


def test_rejected_it_says_why_and_gives_its_place_to_the_duplicate(centre: Centre) -> None:
    centre.start_vault()
    station = centre.station()
    first, second = station.apoyo(attack=0.9), station.apoyo()
    station.receipt(first)
    station.receipt(second)
    worker = centre.verifier()
    worker.run_once()
    with pytest.raises(InvalidInputError), centre.database.write() as session:
        reject(session, str(first.header.folio), [], reviewer_id=1, now=centre.clock.now())
    with centre.database.write() as session:
        reject(
            session,
            str(first.header.folio),
            ["fotocopia"],
            reviewer_id=1,
            now=centre.clock.now(),
        )
    worker.run_once()
    assert states(centre) == [
        (State.INCONSISTENCIA, False, ["fotocopia"]),
        (State.LISTA_NOMINAL, None, []),
    ]
    with centre.database.read() as session:
        assert recount(session) == []


def test_what_the_register_never_answered_for_cannot_be_approved(centre: Centre) -> None:
    centre.start_vault()
    station = centre.station()
    packet = station.apoyo(None)
    station.receipt(packet)
    centre.verifier().run_once()
    with pytest.raises(ConflictError), centre.database.write() as session:
        approve(session, str(packet.header.folio), reviewer_id=1, now=centre.clock.now())
    assert [state for state, _valid, _reasons in states(centre)] == [State.EN_MESA_DE_CONTROL]
