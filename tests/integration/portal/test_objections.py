"""Inconformidades in the portal: what may be contested, what is sent, what is read again."""

import io
import re
from collections.abc import Iterable

from sqlalchemy import select, update

from central.accounts.permissions import Role
from central.models import (
    AuditEntry,
    Objection,
    ObjectionAttachment,
    ObjectionOutcome,
    ObjectionRecord,
    ObjectionState,
    Process,
)
from domain.apoyo import State
from tests.portal.objections import OWN_OBJECTION
from tests.portal.vault import picture
from tests.portal.visitor import Visitor
from tests.portal.world import World

STATEMENT = "La señora Ximena mostró su credencial."


def _send(
    visitor: Visitor,
    query: str,
    *,
    statement: str = STATEMENT,
    files: Iterable[tuple[str, bytes]] = (),
    **form: str,
) -> tuple[int, str]:
    visitor.get(f"/objections/new?{query}")
    data = {
        "csrf_token": visitor.token, "statement": statement,
        "files": [(io.BytesIO(content), name) for name, content in files], **form,
    }  # fmt: skip
    answer = visitor.client.post(f"/objections/new?{query}", data=data)
    return answer.status_code, answer.location or answer.text


class TestContesting:
    def test_what_is_said_and_sent_is_sealed_and_comes_back_to_its_own(
        self, world: World, aspirante: Visitor, other_aspirante: Visitor
    ) -> None:
        first, second = world.by_state[State.BAJA][:2]
        content = picture(80, 60, "#ffffff", kind="PNG")
        status, location = _send(
            aspirante, f"folio={first}&folio={second}", files=[("Acta de Ximena.pdf", content)]
        )
        assert (status, location.endswith("/filed")) == (303, True)
        folio = location.split("/")[2]
        assert folio in aspirante.get(location).text
        page = aspirante.get(f"/objections/{folio}").text
        for words in (STATEMENT, "Acta de Ximena.pdf", first, second, "Pendiente"):
            assert words in page
        with world.database.read() as session:
            made = session.scalars(select(Objection).where(Objection.folio == folio)).one()
            kept = session.scalars(
                select(ObjectionAttachment).where(ObjectionAttachment.objection_id == made.id)
            ).one()
            reasons = session.scalars(
                select(ObjectionRecord.reasons).where(ObjectionRecord.objection_id == made.id)
            ).all()
        assert b"Ximena" not in made.statement + kept.name
        assert list(reasons) == [["register.baja"], ["register.baja"]]
        download = f"/objections/{folio}/attachments/{kept.token}"
        answer = aspirante.get(download)
        assert answer.data == content
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="INC-')
        assert "Ximena" not in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert other_aspirante.get(download).status_code == 404

    def test_a_mistake_is_told_beside_its_field_and_sends_nothing(
        self, world: World, aspirante: Visitor
    ) -> None:
        query = f"folio={world.by_state[State.BAJA][0]}"
        good = picture(60, 40, "#ffffff")
        for wrong, words in (
            ({"statement": "  "}, "Escribe por qué no estás conforme"),
            ({"statement": "x" * 5001}, "5000 caracteres como máximo"),
            ({"files": [("a.pdf", b"no es un PDF")]}, "no es un PDF, JPG o PNG completo"),
            ({"files": [("a.jpg", good + b"x" * 5 * 1024 * 1024)]}, "pesa más de 5 MB"),
            ({"files": [("a.jpg", good)] * 6}, "Como máximo 5 archivos"),
            ({"files": [("a.jpg", b"")]}, "está vacío"),
        ):
            status, page = _send(aspirante, query, **wrong)
            assert (status, words in page) == (422, True), words
        with world.database.read() as session:
            assert len(session.scalars(select(Objection)).all()) == 2

    def test_five_files_of_five_megabytes_pass_and_no_other_form_grows(
        self, world: World, aspirante: Visitor
    ) -> None:
        padded = picture(60, 40, "#ffffff")
        padded += b"\0" * (5 * 1024 * 1024 - len(padded))
        query = f"folio={world.by_state[State.BAJA][0]}"
        status, _ = _send(aspirante, query, files=[(f"{n}.jpg", padded) for n in range(5)])
        assert status == 303
        big = {"csrf_token": aspirante.token, "situacion": "x" * 100_000}
        assert aspirante.client.post("/records", data=big).status_code == 413

    def test_what_cannot_be_contested_says_why_and_the_rest_goes_on(
        self, world: World, aspirante: Visitor
    ) -> None:
        counts = world.by_state[State.LISTA_NOMINAL][0]
        waits = world.by_state[State.EN_MESA_DE_CONTROL][0]
        mine, taken = world.by_state[State.DUPLICADO][0], world.contested[0]
        query = "&".join(f"folio={one}" for one in (counts, waits, mine, taken, world.foreign[0]))
        page = aspirante.get(f"/objections/new?{query}").text
        assert "Inconformarse con 1 registro" in page
        assert "Quedan fuera 3 registros" in page
        assert f"ya tiene una inconformidad abierta, {OWN_OBJECTION}" in page
        assert page.count("no está rechazado") == 2
        assert f">{world.foreign[0]}<" not in page
        status, location = _send(aspirante, query)
        assert status == 303
        assert counts not in aspirante.get(location.removesuffix("/filed")).text

    def test_no_reason_withholds_a_record(self, world: World, aspirante: Visitor) -> None:
        rejected = [
            folio
            for state in State
            for folio in world.by_state[state]
            if state not in (State.LISTA_NOMINAL, State.EN_PROCESAMIENTO, State.EN_MESA_DE_CONTROL)
            and folio != world.contested[0]
        ]
        page = aspirante.get("/records?valid=no").text
        assert sorted(re.findall(r'name="folio" value="([^"]+)"', page)) == sorted(rejected)

    def test_all_that_pass_a_filter_are_counted_and_a_change_is_shown_first(
        self, world: World, aspirante: Visitor
    ) -> None:
        query = "all=1&situacion=Bajas"
        assert "Inconformarse con 3 registros" in aspirante.get(f"/objections/new?{query}").text
        status, page = _send(aspirante, query, count="7")
        assert (status, "ahora son 3 registros" in page) == (422, True)
        status, location = _send(aspirante, query, count="3")
        assert status == 303
        found = aspirante.get(location.removesuffix("/filed")).text
        assert all(folio in found for folio in world.by_state[State.BAJA])
        assert "con nada de lo que cumple" in aspirante.get(f"/objections/new?{query}").text.lower()

    def test_a_filter_with_a_name_of_another_session_is_not_widened(
        self, world: World, aspirante: Visitor
    ) -> None:
        page = aspirante.get("/objections/new?all=1&valid=no&names=0123456789ab").text
        assert "Un enlace no lleva nombres" in page
        assert 'name="statement"' not in page

    def test_one_inconformidad_takes_so_many_and_ends_when_its_time_does(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.write() as session:
            session.execute(update(Process).values(settings={"hearing": {"most_records": 2}}))
        page = aspirante.get("/objections/new?all=1&situacion=Bajas").text
        assert "Más de 2 registros cumplen estos filtros" in page
        last = world.clock.time
        with world.database.write() as session:
            session.execute(update(Process).values(settings={}, deliver_until=last))
        world.clock.time = last.replace(month=12, day=30)
        visitor = Visitor(world.app).enter(world, Role.ASPIRANTE)
        folio = world.by_state[State.BAJA][0]
        assert (
            "el plazo para inconformarse terminó"
            in visitor.get(f"/objections/new?folio={folio}").text
        )
        assert "El plazo para inconformarse terminó" in visitor.get(f"/records/{folio}").text
        assert 'type="checkbox" name="folio"' not in visitor.get("/records?valid=no").text


class TestFollowing:
    def test_it_is_withdrawn_while_nothing_is_decided(
        self, world: World, aspirante: Visitor
    ) -> None:
        aspirante.get(f"/objections/{OWN_OBJECTION}")
        assert aspirante.post(f"/objections/{OWN_OBJECTION}/withdraw").status_code == 303
        page = aspirante.get(f"/objections/{OWN_OBJECTION}").text
        assert "Retirada" in page
        assert "Sí, retirarla" not in page
        again = aspirante.post(f"/objections/{OWN_OBJECTION}/withdraw")
        assert (again.status_code, "Ya no se puede retirar" in again.text) == (409, True)
        assert aspirante.get(f"/objections/new?folio={world.contested[0]}").text.count("1 registro")

    def test_what_was_decided_is_shown_with_its_ground_and_stands(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.write() as session:
            row = session.scalars(
                select(ObjectionRecord).join(Objection).where(Objection.folio == OWN_OBJECTION)
            ).one()
            row.outcome, row.ground = ObjectionOutcome.CONFIRMED, "El padrón lo confirmó."
            row.decided_at = world.clock.time
        aspirante.get("/objections")
        for path in ("", f"/records/{world.contested[0]}"):
            page = aspirante.get(f"/objections/{OWN_OBJECTION}{path}").text
            assert "El padrón lo confirmó." in page
            assert "Confirmado" in page
        assert aspirante.post(f"/objections/{OWN_OBJECTION}/withdraw").status_code == 409

    def test_a_picture_is_shown_while_it_is_open_and_listed_afterwards(
        self, world: World, aspirante: Visitor
    ) -> None:
        record = f"/objections/{OWN_OBJECTION}/records/{world.contested[0]}"
        answer = aspirante.get(f"{record}/back.jpg")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"
        assert (
            "Reverso de la credencial" in aspirante.get(record).text.split("Quién las ha visto")[1]
        )
        assert aspirante.get(f"{record}/passport.jpg").status_code == 404
        with world.database.read() as session:
            looks = session.scalars(
                select(AuditEntry.details).where(AuditEntry.action == "picture.shown")
            ).all()
        assert list(looks) == [{"objection": OWN_OBJECTION, "picture": "back"}]
        with world.database.write() as session:
            session.execute(update(Objection).values(images_until=world.clock.time))
        closed = aspirante.get(f"{record}/back.jpg")
        assert (closed.status_code, "Las imágenes no están abiertas" in closed.text) == (403, True)
        assert "Anverso" not in aspirante.get(record).text
        with world.database.write() as session:
            session.execute(update(Objection).values(state=ObjectionState.WITHDRAWN))
        assert aspirante.get(f"{record}/back.jpg").status_code == 403
