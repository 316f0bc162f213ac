"""Inconformidades from the rejection to the decision, over packets that a station sealed."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from central.errors import ConflictError, InvalidInputError, NotFoundError, PictureError
from central.models import (
    Aspirante,
    AuditEntry,
    Mail,
    Objection,
    ObjectionOutcome,
    ObjectionRecord,
    ObjectionState,
    Process,
    Record,
    RoleGrant,
    StateChange,
    User,
)
from central.models import Packet as PacketRow
from central.reports.recount import recount
from central.review import hearing, objections
from central.review.attachments import read_attachment
from central.review.finding import reject
from central.review.hearing import Resolution
from central.review.pictures import PictureDesk, Viewer
from central.secrets import Secrets
from central.services import Services
from central.storage.opening import open_documents
from central.storage.sealing import Sealer
from central.vault.client import VaultClient
from central.vault.protocol import OpenRequest, PartName, Purpose
from domain.apoyo import State
from tests.centres import (
    IN_LISTA,
    IN_PADRON,
    OTHER_AUXILIAR,
    OTHER_SOLICITUD,
    UNKNOWN,
    Centre,
    Station,
    register_csv,
    run,
)
from tests.portal.vault import IMAGES, picture
from wire.packet import Packet

CORRECTED, CONFIRMED = ObjectionOutcome.CORRECTED, ObjectionOutcome.CONFIRMED


def deliver(centre: Centre, station: Station, *packets: Packet) -> list[str]:
    """Receive and verify; give the folios."""
    for packet in packets:
        station.receipt(packet)
    centre.verifier().run_once()
    return [str(packet.header.folio) for packet in packets]


def place(centre: Centre, folio: str) -> tuple[State, bool | None, list[str]]:
    with centre.database.read() as session:
        record = session.scalars(select(Record).where(Record.folio_registro == folio)).one()
    return record.state, record.valid, record.reasons


def contest(centre: Centre, folios: Sequence[str]) -> str:
    """Contest records of the aspirante whose they are; give the folio."""
    secrets = Secrets(Path(centre.config.keys.folder))
    with centre.database.write() as session:
        aspirante_id, user_id = _owner(session, folios[0])
        made = objections.submit(
            session,
            [aspirante_id],
            folios,
            "No estoy conforme.",
            [read_attachment("acta.png", picture(60, 40, "#ffffff", kind="PNG"))],
            user_id=user_id,
            sealer=Sealer(secrets.random("citizens"), objections.PURPOSE),
            documents=open_documents(centre.config, secrets),
            now=centre.clock.now(),
        )
        return made.folio


def _owner(session: Session, folio: str) -> tuple[int, int]:
    query = (
        select(Record.aspirante_id, RoleGrant.user_id)
        .join(RoleGrant, RoleGrant.aspirante_id == Record.aspirante_id)
        .where(Record.folio_registro == folio)
    )
    row = session.execute(query).one()
    return row[0], row[1]


def decide(
    centre: Centre,
    objection: str,
    folio: str,
    outcome: ObjectionOutcome,
    *,
    by: str | None = None,
    clave: str | None = None,
) -> None:
    with centre.database.write() as session:
        hearing.decide(
            session,
            objection,
            folio,
            Resolution(outcome, "Se revisó de nuevo.", clave),
            decided_by=None if by is None else hearing.decider(session, by),
            actor="cli:test",
            citizens=centre.sealer(),
            now=centre.clock.now(),
        )


def reviewer(centre: Centre, email: str) -> int:
    with centre.database.write() as session:
        now = centre.clock.now()
        user = User(email=email, name="Persona de la mesa", created_at=now)
        session.add(RoleGrant(user=user, role="reviewer", granted_at=now))
        session.flush()
        return user.id


def assert_counts_are_exact(centre: Centre) -> None:
    with centre.database.read() as session:
        assert recount(session) == []


class TestCorrected:
    def test_images_that_were_rejected_count_again_and_the_second_apoyo_gives_way(
        self, centre: Centre
    ) -> None:
        centre.start_vault()
        station = centre.station()
        first, second = deliver(centre, station, station.apoyo(attack=0.9), station.apoyo())
        who = reviewer(centre, "una@ejemplo.mx")
        reviewer(centre, "otra@ejemplo.mx")
        with centre.database.write() as session:
            reject(session, first, ["fotocopia"], reviewer_id=who, now=centre.clock.now())
        centre.verifier().run_once()
        assert place(centre, second) == (State.LISTA_NOMINAL, None, [])
        objection = contest(centre, [first])
        for by in (None, "una@ejemplo.mx"):
            with pytest.raises(ConflictError):
                decide(centre, objection, first, CORRECTED, by=by)
        decide(centre, objection, first, CORRECTED, by="otra@ejemplo.mx")
        assert place(centre, first) == (State.EN_PROCESAMIENTO, None, [])
        assert_counts_are_exact(centre)
        centre.verifier().run_once()
        assert place(centre, first) == (State.LISTA_NOMINAL, True, [])
        assert place(centre, second) == (State.DUPLICADO, False, ["duplicate.same_aspirante"])
        assert_counts_are_exact(centre)

    def test_a_rejection_by_the_period_is_not_made_again(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        now = centre.clock.now()
        with centre.database.write() as session:
            session.execute(
                update(Process).values(
                    starts_at=now - timedelta(days=30),
                    ends_at=now - timedelta(hours=2),
                    deliver_until=now + timedelta(hours=22),
                )
            )
        (folio,) = deliver(centre, station, station.apoyo(IN_LISTA[0]))
        assert place(centre, folio) == (State.INCONSISTENCIA, False, ["period.after_end"])
        decide(centre, contest(centre, [folio]), folio, CORRECTED)
        centre.verifier().run_once()
        assert place(centre, folio) == (State.LISTA_NOMINAL, None, [])
        assert_counts_are_exact(centre)

    def test_the_register_is_asked_again_and_says_what_it_says(
        self, centre: Centre, tmp_path: Path
    ) -> None:
        centre.start_vault()
        station = centre.station()
        (folio,) = deliver(centre, station, station.apoyo(IN_PADRON))
        decide(centre, contest(centre, [folio]), folio, CORRECTED)
        centre.verifier().run_once()
        assert place(centre, folio) == (State.PADRON, False, [])
        newer = register_csv(tmp_path / "newer.csv")
        newer.write_text(
            newer.read_text().replace(f"{IN_PADRON},Padrón", f"{IN_PADRON},Lista Nominal")
        )
        run(centre.folder, "import-register", str(newer))
        decide(centre, contest(centre, [folio]), folio, CORRECTED)
        centre.verifier().run_once()
        assert place(centre, folio) == (State.LISTA_NOMINAL, None, [])
        assert_counts_are_exact(centre)

    def test_a_clave_that_was_misread_is_asked_for_as_a_person_read_it(
        self, centre: Centre
    ) -> None:
        centre.start_vault()
        station = centre.station()
        first, misread = deliver(
            centre, station, station.apoyo(IN_LISTA[3]), station.apoyo(UNKNOWN)
        )
        again = deliver(centre, station, station.apoyo(IN_LISTA[3]))[0]
        assert place(centre, misread)[0] is State.NO_ENCONTRADO
        objection = contest(centre, [misread, again])
        with pytest.raises(InvalidInputError):
            decide(centre, objection, misread, CORRECTED, clave="NO ES CLAVE")
        with pytest.raises(InvalidInputError):
            decide(centre, objection, misread, CONFIRMED, clave=IN_LISTA[5])
        decide(centre, objection, misread, CORRECTED, clave=IN_LISTA[5])
        decide(centre, objection, again, CORRECTED, clave=IN_LISTA[6])
        with centre.database.read() as session:
            kept = session.scalars(select(ObjectionRecord.correction)).all()
        assert all(one is not None and IN_LISTA[5].encode() not in one for one in kept)
        centre.verifier().run_once()
        assert [place(centre, folio)[0] for folio in (first, misread, again)] == [
            State.LISTA_NOMINAL
        ] * 3
        assert_counts_are_exact(centre)

    def test_a_duplicate_falls_only_when_the_other_counts_no_more(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        other = station.apoyo(solicitud=OTHER_SOLICITUD, auxiliar=OTHER_AUXILIAR, attack=0.9)
        holder, mine = deliver(centre, station, other, station.apoyo())
        assert place(centre, mine)[2] == ["duplicate.other_aspirante"]
        objection = contest(centre, [mine])
        with pytest.raises(ConflictError):
            decide(centre, objection, mine, CORRECTED)
        who = reviewer(centre, "una@ejemplo.mx")
        with centre.database.write() as session:
            reject(session, holder, ["simulacion"], reviewer_id=who, now=centre.clock.now())
        centre.verifier().run_once()
        assert place(centre, mine) == (State.LISTA_NOMINAL, None, [])
        with pytest.raises(ConflictError):
            decide(centre, objection, mine, CONFIRMED)
        decide(centre, objection, mine, CORRECTED)
        assert place(centre, mine) == (State.LISTA_NOMINAL, None, [])
        assert_counts_are_exact(centre)


class TestTheRest:
    def test_confirmed_it_stays_and_the_last_decision_resolves_with_one_letter(
        self, centre: Centre
    ) -> None:
        centre.start_vault()
        station = centre.station()
        folios = deliver(centre, station, station.apoyo(IN_PADRON), station.apoyo(UNKNOWN))
        objection = contest(centre, folios)
        decide(centre, objection, folios[0], CONFIRMED)
        with centre.database.read() as session:
            assert session.scalars(select(Objection.state)).one() is ObjectionState.IN_REVIEW
        with pytest.raises(ConflictError):
            decide(centre, objection, folios[0], CONFIRMED)
        with pytest.raises(InvalidInputError), centre.database.write() as session:
            hearing.decide(
                session, objection, folios[1], Resolution(CONFIRMED, "  "), decided_by=None,
                actor="cli:test", citizens=centre.sealer(), now=centre.clock.now(),
            )  # fmt: skip
        decide(centre, objection, folios[1], CONFIRMED)
        assert [place(centre, folio)[0] for folio in folios] == [State.PADRON, State.NO_ENCONTRADO]
        with centre.database.read() as session:
            assert session.scalars(select(Objection.state)).one() is ObjectionState.RESOLVED
            steps = [letter.details["step"] for letter in session.scalars(select(Mail))]
            acts = session.scalars(select(AuditEntry.action).where(
                AuditEntry.action.startswith("objection."))).all()  # fmt: skip
        assert steps == ["submitted", "resolved"]
        assert sorted(set(acts)) == [
            "objection.decided", "objection.review_began", "objection.submitted",
        ]  # fmt: skip
        # What is decided may be contested again: nothing is ever withheld.
        contest(centre, [folios[0]])

    def test_a_record_is_in_one_open_inconformidad_and_in_time(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        (folio,) = deliver(centre, station, station.apoyo(IN_PADRON))
        objection = contest(centre, [folio])
        with pytest.raises(ConflictError):
            contest(centre, [folio])
        with centre.database.write() as session:
            own = session.scalars(select(Aspirante.id)).all()
            objections.withdraw(session, own, objection, user_id=1, now=centre.clock.now())
        with centre.database.write() as session:
            session.execute(update(Process).values(deliver_until=centre.clock.now()))
        centre.clock.advance(9 * 86_400)
        again = contest(centre, [folio])
        with centre.database.write() as session:
            objections.withdraw(session, own, again, user_id=1, now=centre.clock.now())
        centre.clock.advance(2 * 86_400)
        with pytest.raises(ConflictError):
            contest(centre, [folio])
        with centre.database.write() as session:  # a rejection made later has days of its own
            record_id = session.scalars(select(Record.id)).one()
            later = centre.clock.now() - timedelta(days=9)
            state = State.PADRON.value
            session.add(StateChange(record_id=record_id, before=state, after=state, reasons=[],
                                    made_by="verification", made_at=later))  # fmt: skip
        contest(centre, [folio])

    def test_only_what_is_rejected_is_contested(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        counts, waits = deliver(
            centre, station, station.apoyo(IN_LISTA[0]), station.apoyo(IN_LISTA[1], attack=0.9)
        )
        for folio in (counts, waits):
            with pytest.raises(ConflictError):
                contest(centre, [folio])

    def test_the_command_of_the_authority_leads_through_a_whole_hearing(
        self, centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        centre.start_vault()
        station = centre.station()
        folios = deliver(centre, station, station.apoyo(IN_PADRON), station.apoyo(UNKNOWN))
        objection = contest(centre, folios)
        assert f"{objection}  SOL001" in run(centre.folder, "objection", "list")
        shown = run(centre.folder, "objection", "show", objection)
        assert "No estoy conforme." in shown
        assert "[register.padron]" in shown
        assert "Archivo 1: png" in shown
        target = tmp_path / "acta.png"
        run(centre.folder, "objection", "attachment", objection, "--number", "1",
            "--out", str(target))  # fmt: skip
        assert Image.open(target).size == (60, 40)
        run(centre.folder, "objection", "begin", objection)
        assert "imágenes abiertas" in run(
            centre.folder, "objection", "open-images", objection, "--hours", "48"
        )
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{IN_LISTA[7].lower()}\n"))
        run(
            centre.folder, "objection", "decide", objection, "--record", folios[1],
            "--outcome", "corrected", "--ground", "La clave se leyó mal.", "--clave-stdin",
        )  # fmt: skip
        said = run(centre.folder, "objection", "decide", objection, "--all-pending",
                   "--outcome", "confirmed", "--ground", "Sigue en Padrón.")  # fmt: skip
        assert "1 resueltos, 0 pendientes" in said
        # The command goes by the clock of the machine.
        centre.clock.at = max(centre.clock.at, datetime.now(UTC)) + timedelta(minutes=1)
        centre.verifier().run_once()
        assert [place(centre, folio)[0] for folio in folios] == [State.PADRON, State.LISTA_NOMINAL]


class TestPictures:
    def desk(self, centre: Centre) -> PictureDesk:
        services: Services = centre.app.extensions["acopio"]
        return services.pictures

    def viewer(self, centre: Centre, folio: str) -> Viewer:
        with centre.database.read() as session:
            aspirante_id, user_id = _owner(session, folio)
        return Viewer(user_id, "Ñandú Inventada", [aspirante_id])

    def open_images(self, centre: Centre, objection: str, hours: int = 1) -> None:
        now = centre.clock.now()
        with centre.database.write() as session:
            hearing.open_images(
                session, objection, until=now + timedelta(hours=hours), actor="cli:test", now=now
            )

    def test_are_shown_while_they_are_open_with_a_mark_and_each_look_is_noted(
        self, centre: Centre
    ) -> None:
        centre.start_vault(images_per_hour=3)
        station = centre.station()
        (folio,) = deliver(centre, station, station.apoyo(IN_PADRON, images=IMAGES))
        objection = contest(centre, [folio])
        viewer, desk = self.viewer(centre, folio), self.desk(centre)
        with pytest.raises(PictureError) as closed:
            desk.show(viewer, objection, folio, "front")
        assert closed.value.code == "picture.closed"
        self.open_images(centre, objection)
        shown = Image.open(io.BytesIO(desk.show(viewer, objection, folio, "front")))
        plain = Image.open(io.BytesIO(IMAGES.front)).convert("RGB")
        assert shown.format == "JPEG"
        assert shown.height > plain.height  # the foot with the words
        difference = ImageChops.difference(shown.crop((0, 0, *plain.size)), plain).convert("L")
        for part in _quarters(difference):
            assert any(part.histogram()[60:])  # dark strokes on light paper
        desk.show(viewer, objection, folio, "signature")
        with centre.database.read() as session:
            looks = [
                (entry.actor, entry.subject, entry.details["picture"])
                for entry in session.scalars(
                    select(AuditEntry).where(AuditEntry.action == "picture.shown")
                )
            ]
        assert looks == [
            (f"user:{viewer.user_id}", folio, "front"),
            (f"user:{viewer.user_id}", folio, "signature"),
        ]
        desk.show(viewer, objection, folio, "face")
        with pytest.raises(PictureError) as used_up:
            desk.show(viewer, objection, folio, "back")
        assert (used_up.value.code, used_up.value.status) == ("picture.quota", 429)
        centre.clock.advance(3601)
        with pytest.raises(PictureError) as over:
            desk.show(viewer, objection, folio, "back")
        assert over.value.code == "picture.closed"

    def test_nobody_else_sees_them_and_the_vault_asks_for_itself(self, centre: Centre) -> None:
        server = centre.start_vault()
        station = centre.station()
        (folio,) = deliver(centre, station, station.apoyo(IN_PADRON, images=IMAGES))
        objection = contest(centre, [folio])
        self.open_images(centre, objection)
        viewer, desk = self.viewer(centre, folio), self.desk(centre)
        stranger = Viewer(viewer.user_id + 50, "Otra", [viewer.aspirante_ids[0] + 1])
        with pytest.raises(NotFoundError):
            desk.show(stranger, objection, folio, "front")
        with pytest.raises(NotFoundError):
            desk.show(viewer, objection, folio, "passport")
        # Whoever has taken over the web may claim what it likes: the vault looks into the hearing.
        link = _link(centre, folio)
        for request in (
            OpenRequest(link.hex(), PartName.IMAGES, Purpose.HEARING, "user:9999"),
            OpenRequest(link.hex(), PartName.RECORD, Purpose.HEARING, f"user:{viewer.user_id}"),
            OpenRequest(link.hex(), PartName.IMAGES, Purpose.HEARING, "worker:x"),
        ):
            with pytest.raises(Exception, match="hearing"):
                server.opener.open(request)
        server.hearing_only = server.allowed
        server.allowed = set()
        client = VaultClient(Path(centre.config.vault.socket), timeout_s=5)
        with pytest.raises(Exception, match="hearings only"):
            client.open_record(link, actor="worker:x")
        assert client.open_for_hearing(link, actor=f"user:{viewer.user_id}")
        client.close()

    def test_without_a_vault_or_its_bytes_the_page_can_say_so(self, centre: Centre) -> None:
        server = centre.start_vault()
        station = centre.station()
        (folio,) = deliver(centre, station, station.apoyo(IN_PADRON))
        objection = contest(centre, [folio])
        self.open_images(centre, objection)
        viewer, desk = self.viewer(centre, folio), self.desk(centre)
        with pytest.raises(PictureError) as broken:  # the stand-in pictures are no pictures
            desk.show(viewer, objection, folio, "front")
        assert broken.value.code == "picture.unreadable"
        server.shutdown()
        server.server_close()
        Path(centre.config.vault.socket).unlink(missing_ok=True)
        with pytest.raises(PictureError) as away:
            desk.show(viewer, objection, folio, "front")
        assert (away.value.code, away.value.status) == ("picture.unavailable", 503)


def _quarters(image: Image.Image) -> list[Image.Image]:
    across, down = image.width // 2, image.height // 2
    return [image.crop((x, y, x + across, y + down)) for x in (0, across) for y in (0, down)]


def _link(centre: Centre, folio: str) -> bytes:
    with centre.database.read() as session:
        return session.scalars(
            select(PacketRow.link)
            .join(Record, Record.packet_id == PacketRow.id)
            .where(Record.folio_registro == folio)
        ).one()
