"""Consulta de auxiliares on each database: searched, sorted, paged by key, and the page of one."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from central.models import (
    Aspirante,
    Auxiliar,
    AuxiliarBatch,
    AuxiliarState,
    BatchState,
    Mail,
    RollupActivity,
    RollupAuxiliar,
    RollupDelta,
    Stage,
    User,
)
from central.models.aspirantes import folded_name
from central.reports.auxiliar_figures import figures_of
from central.reports.auxiliares import AuxiliarFilter, AuxiliarPage, Order, search
from central.reports.medians import renew
from central.reports.rollups import fold
from tests.portal.people import OWN_EMAIL
from tests.portal.visitor import Visitor
from tests.portal.world import NOW, World
from tests.statements import counted

TODAY = date(2026, 11, 23)


def own_id(session: Session, folio: str = "GOB001") -> int:
    """Give the number of an aspirante."""
    return session.scalars(select(Aspirante.id).where(Aspirante.folio_solicitud == folio)).one()


def populate(session: Session, count: int, *, active: int) -> list[str]:
    """Add invented auxiliares, of whom the first ones captured; give their ids."""
    aspirante = session.scalars(
        select(Aspirante).where(Aspirante.folio_solicitud == "GOB001")
    ).one()
    codes = [f"P{number:04d}" for number in range(count)]
    rows = [
        {
            "process_id": aspirante.process_id,
            "aspirante_id": aspirante.id,
            "id_auxiliar": code,
            "nombres": ("Luisa", "Íñigo", "María José")[number % 3],
            "apellido_paterno": ("Muñoz", "Pérez")[number % 2],
            "apellido_materno": f"Prueba {chr(65 + number % 26)}",
            "email": f"persona{number}@gmail.com",
            "state": AuxiliarState.ACTIVE,
            "created_at": NOW,
        }
        for number, code in enumerate(codes)
    ]
    session.execute(insert(Auxiliar), rows)
    ids = session.scalars(
        select(Auxiliar.id).where(Auxiliar.id_auxiliar.in_(codes[:active])).order_by(Auxiliar.id)
    ).all()
    counts = [
        {
            "aspirante_id": aspirante.id,
            "auxiliar_id": number,
            "state": state,
            "records": records,
        }
        for n, number in enumerate(ids)
        for state, records in (("lista_nominal", 40 + n % 7), ("padron", n % 5))
    ]
    days = [
        {
            "aspirante_id": aspirante.id,
            "auxiliar_id": number,
            "day": TODAY - timedelta(days=day + n % 3),
            "station_id": 1,
            "records": 10,
        }
        for n, number in enumerate(ids)
        for day in range(1 + n % 4)
    ]
    session.execute(insert(RollupAuxiliar), counts)
    session.execute(insert(RollupActivity), days)
    return codes


def pages(session: Session, aspirante_id: int, **options: Any) -> Iterator[AuxiliarPage]:
    """Give all pages, forwards."""
    after = None
    while True:
        page = search(session, aspirante_id, AuxiliarFilter(), after=after, **options)
        yield page
        after = page.after
        if after is None:
            return


class TestPages:
    @pytest.mark.parametrize("order", list(Order))
    @pytest.mark.parametrize("is_reversed", [False, True])
    def test_show_everybody_once_in_order_and_lead_back_the_same_way(
        self, world: World, order: Order, is_reversed: bool
    ) -> None:
        with world.database.write() as session:
            populate(session, 60, active=25)
        with world.database.read() as session:
            own = own_id(session)
            found = list(pages(session, own, order=order, is_reversed=is_reversed, limit=17))
            seen = [row.id_auxiliar for page in found for row in page.rows]
            assert len(seen) == len(set(seen)) == 62
            for earlier, later in pairwise(found):
                back = search(
                    session,
                    own,
                    AuxiliarFilter(),
                    order=order,
                    is_reversed=is_reversed,
                    before=later.before,
                    limit=17,
                )
                assert back.rows == earlier.rows
            assert (found[0].before, found[-1].after) == (None, None)
            values = [_value(order, row) for page in found for row in page.rows]
        assert values == sorted(values, reverse=order.begins_high != is_reversed)

    def test_a_page_goes_on_where_it_was_although_somebody_captures_meanwhile(
        self, world: World
    ) -> None:
        with world.database.write() as session:
            populate(session, 20, active=20)
        with world.database.read() as session:
            own = own_id(session)
            first = search(session, own, AuxiliarFilter(), order=Order.SENT, limit=5)
        last = first.rows[-1].id_auxiliar
        with world.database.write() as session:
            number = session.scalars(select(Auxiliar.id).where(Auxiliar.id_auxiliar == last)).one()
            session.add(_delta(own, number, +1000))
        with world.database.read() as session:
            second = search(
                session, own, AuxiliarFilter(), order=Order.SENT, after=first.after, limit=5
            )
        assert {row.id_auxiliar for row in first.rows}.isdisjoint(
            row.id_auxiliar for row in second.rows
        )

    def test_five_thousand_cost_no_more_statements_than_a_few(self, world: World) -> None:
        with world.database.write() as session:
            populate(session, 5_000, active=1_500)
        for order in Order:
            with counted(world.database) as statements, world.database.read() as session:
                own = own_id(session)
                page = search(session, own, AuxiliarFilter(text="munoz"), order=order)
                search(session, own, AuxiliarFilter(text="munoz"), order=order, after=page.after)
            assert len(page.rows) == 50
            assert len([one for one in statements if one.startswith("SELECT")]) <= 10

    @pytest.mark.parametrize("mark", ["AUX09", "5~AUX09", "x~AUX01", "~", "5~NOBODY"])
    def test_a_mark_of_another_or_of_nobody_leads_nowhere(
        self, aspirante: Visitor, mark: str
    ) -> None:
        assert aspirante.get(f"/auxiliares?sort=sent&after={mark}").status_code == 404

    def test_figures_are_the_same_before_and_after_the_tail_is_folded(self, world: World) -> None:
        with world.database.write() as session:
            own = own_id(session)
            (number,) = session.scalars(select(Auxiliar.id).where(Auxiliar.id_auxiliar == "AUX02"))
            session.add_all([_delta(own, number, +1), _delta(own, number, +1, station_id=2)])
        with world.database.read() as session:
            before = figures_of(session, own, [number])
        with world.database.write() as session:
            fold(session)
        with world.database.read() as session:
            assert figures_of(session, own, [number]) == before
        figures = before[number]
        assert (figures.sent, figures.active_days, figures.stations) == (2, 1, 2)


class TestSearching:
    @pytest.fixture
    def known(self, world: World) -> World:
        with world.database.write() as session:
            populate(session, 12, active=4)
            session.execute(
                update(Auxiliar)
                .where(Auxiliar.id_auxiliar == "P0003")
                .values(
                    state=AuxiliarState.REGISTERED,
                    situacion_registral="Padrón",
                    account_kind="f",
                )
            )
        return world

    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("munoz", 6),
            ("MUÑOZ luisa", 2),
            ("íñigo", 4),
            ("prueba a", 1),
            ("p000", 10),
            ("persona11@", 1),
            ("%", 0),
            ("nadie", 0),
        ],
    )
    def test_finds_parts_of_names_ids_and_addresses(
        self, known: World, text: str, count: int
    ) -> None:
        with known.database.read() as session:
            page = search(session, own_id(session), AuxiliarFilter(text=text))
        assert len(page.rows) == count

    def test_every_stage_is_a_filter_and_together_they_are_everybody(self, known: World) -> None:
        with known.database.read() as session:
            own = own_id(session)
            by_stage = {
                stage: search(session, own, AuxiliarFilter(stage=stage)).rows for stage in Stage
            }
        assert [row.id_auxiliar for row in by_stage[Stage.NOT_LISTED]] == ["P0003"]
        assert sum(map(len, by_stage.values())) == 14
        assert all(row.stage is stage for stage, rows in by_stage.items() for row in rows)

    def test_somebody_elses_file_shows_nobody(self, known: World) -> None:
        with known.database.write() as session:
            user = session.scalars(select(User).where(User.email == OWN_EMAIL)).one()
            for folio, token in (("GOB001", "mine"), ("GOB002", "theirs")):
                batch = AuxiliarBatch(
                    token=token,
                    aspirante_id=own_id(session, folio),
                    user_id=user.id,
                    state=BatchState.IMPORTED,
                    file_sha256=sha256(token.encode()).digest(),
                    rows=1,
                    good=1,
                    created_at=NOW,
                    imported_at=NOW,
                )
                session.add(batch)
                session.flush()
                for code in ("P0001", "AUX09") if token == "theirs" else ("P0002",):
                    session.execute(
                        update(Auxiliar)
                        .where(Auxiliar.id_auxiliar == code)
                        .values(batch_id=batch.id)
                    )
        with known.database.read() as session:
            own = own_id(session)
            mine = search(session, own, AuxiliarFilter(batch="mine")).rows
            theirs = search(session, own, AuxiliarFilter(batch="theirs")).rows
        assert [row.id_auxiliar for row in mine] == ["P0002"]
        assert theirs == ()

    def test_no_address_holds_what_was_searched_for(
        self, known: World, aspirante: Visitor, other_aspirante: Visitor
    ) -> None:
        aspirante.get("/auxiliares")
        answer = aspirante.post("/auxiliares", text="Íñigo", state="active", sort="sent")
        assert answer.status_code == 303
        assert not re.search("igo|%C3", answer.location, re.IGNORECASE)
        found = aspirante.get(answer.location)
        assert found.text.count('data-label="Estado"') == 4
        assert 'value="Íñigo"' in found.text
        # The address opens the search in the session that made it, and nowhere else.
        query = urlsplit(answer.location).query.replace("GOB001", "GOB002")
        elsewhere = other_aspirante.get(f"/auxiliares?{query}")
        assert "lleva una búsqueda de otra sesión" in elsewhere.text
        assert "Íñigo" not in elsewhere.text

    @pytest.mark.parametrize("search_text", ["x", "A" * 40, "é"])
    def test_a_search_that_cannot_be_opened_is_said_to_be_lost(
        self, aspirante: Visitor, search_text: str
    ) -> None:
        page = aspirante.get(f"/auxiliares?search={search_text}&sort=x&state=x&account=x")
        assert page.status_code == 200
        assert "Escríbela de nuevo" in page.text


class TestOne:
    def test_stands_beside_the_medians_of_the_process(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.write() as session:
            populate(session, 10, active=10)
        with world.database.write() as session:
            renew(session, now=NOW)
        page = aspirante.get("/auxiliares/P0004").text
        assert "mediana del proceso: 45" in page
        assert "aún sin mediana" not in page
        assert "8.3%" in page  # 4 of 48 decided are in padrón
        assert "E7" in page

    def test_no_median_is_shown_where_too_few_are_behind_it(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.write() as session:
            populate(session, 3, active=3)
        with world.database.write() as session:
            renew(session, now=NOW)
        page = aspirante.get("/auxiliares/P0001").text
        assert "aún sin mediana" in page
        assert "mediana del proceso" not in page

    def test_reads_no_record_but_the_newest(self, world: World, aspirante: Visitor) -> None:
        with counted(world.database) as statements:
            assert aspirante.get("/auxiliares/AUX01").status_code == 200
        about_records = [one for one in statements if "FROM records" in one]
        assert len(about_records) == 1
        assert "LIMIT" in about_records[0]

    def test_tells_the_life_of_the_account(self, world: World, aspirante: Visitor) -> None:
        aspirante.get("/auxiliares/AUX01/deactivate")
        aspirante.post("/auxiliares/AUX01/deactivate")
        page = aspirante.get("/auxiliares/AUX01").text
        assert "El auxiliar está dado de baja." in page
        events = re.findall(r"<li><strong>(.*?)</strong>", page, re.DOTALL)
        assert events == ["Registrado", "Activó su cuenta con contraseña propia", "Dado de baja"]
        assert "en este portal" in page
        # Said once: the page asked for again is silent.
        assert "El auxiliar está dado de baja." not in aspirante.get("/auxiliares/AUX01").text


class TestSteps:
    def test_are_asked_about_before_they_are_taken(self, aspirante: Visitor) -> None:
        page = aspirante.get("/auxiliares/AUX01/deactivate").text
        assert "¿Dar de baja a este auxiliar?" in page
        assert "Lo que captó se conserva" in page
        assert "ANA EJEMPLO AUX01" in page

    def test_the_letter_is_written_down_once(self, world: World, aspirante: Visitor) -> None:
        aspirante.get("/auxiliares/AUX02/invite")
        for said in ("Va en camino un correo con el código nuevo", "Ya hay un correo en camino"):
            answer = aspirante.post("/auxiliares/AUX02/invite")
            assert answer.status_code == 303
            assert said in aspirante.get(answer.location).text
        with world.database.read() as session:
            assert len(session.scalars(select(Mail)).all()) == 1

    def test_a_button_that_came_too_late_says_how_it_is_now(self, aspirante: Visitor) -> None:
        aspirante.get("/auxiliares/AUX01/deactivate")
        aspirante.post("/auxiliares/AUX01/deactivate")
        assert "Esto no se puede hacer ahora" in aspirante.get("/auxiliares/AUX01/invite").text
        answer = aspirante.post("/auxiliares/AUX01/deactivate")
        assert "la cuenta avanzó mientras tanto" in aspirante.get(answer.location).text

    def test_deactivated_and_back(self, world: World, aspirante: Visitor) -> None:
        aspirante.get("/auxiliares/AUX01/deactivate")
        aspirante.post("/auxiliares/AUX01/deactivate")
        assert "Reactivar" in aspirante.get("/auxiliares/AUX01").text
        aspirante.get("/auxiliares/AUX01/reactivate")
        aspirante.post("/auxiliares/AUX01/reactivate")
        with world.database.read() as session:
            row = session.scalars(select(Auxiliar).where(Auxiliar.id_auxiliar == "AUX01")).one()
            assert row.deactivated_at is None
            assert row.stage is Stage.REGISTERED  # the world gave this one no password


def _value(order: Order, row: Any) -> Any:
    figures = row.figures
    match order:
        case Order.NAME:
            return _folded(row)
        case Order.ID:
            return row.id_auxiliar
        case Order.SENT:
            return figures.sent
        case Order.REJECTED:
            return figures.rejected / figures.decided if figures.decided else -1
        case Order.PACE:
            return figures.sent * 1000 // figures.active_days if figures.active_days else -1
        case Order.LAST:
            return figures.last_on or date.min


def _folded(row: Any) -> str:
    if row.id_auxiliar.startswith("AUX"):
        return folded_name("ANA", "EJEMPLO", row.id_auxiliar)
    number = int(row.id_auxiliar[1:])
    return folded_name(
        ("Luisa", "Íñigo", "María José")[number % 3],
        ("Muñoz", "Pérez")[number % 2],
        f"Prueba {chr(65 + number % 26)}",
    )


def _delta(aspirante_id: int, auxiliar_id: int, change: int, station_id: int = 1) -> RollupDelta:
    return RollupDelta(
        aspirante_id=aspirante_id,
        auxiliar_id=auxiliar_id,
        day=TODAY,
        entidad=0,
        seccion=0,
        state="en_procesamiento",
        change=change,
        station_id=station_id,
    )
