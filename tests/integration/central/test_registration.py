"""Auxiliares come in: thousands at a time, each person once in a process, on each database."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.models import (
    Aspirante,
    AuditEntry,
    Auxiliar,
    AuxiliarState,
    Mail,
    MailKind,
    Process,
)
from central.models.accounts import AccountKind
from central.roster.auxiliares import NewAuxiliar, put_auxiliar
from central.roster.candidates import Candidate
from central.roster.registration import (
    CLAVE_PURPOSE,
    Registration,
    clave_key,
    conflicts,
    register_all,
)
from central.storage.sealing import Sealer
from domain.citizen_code import ALPHABET
from tests.centres import NOW, OTHER_SOLICITUD, SOLICITUD, Centre
from tests.statements import counted

SECRET = b"r" * 32
SEALER = Sealer(b"c" * 32, CLAVE_PURPOSE)


def candidate(number: int, **changed: Any) -> Candidate:
    """Give an invented person; each number is somebody else."""
    values: dict[str, Any] = {
        "nombres": "Luisa",
        "apellido_paterno": "Ejemplo",
        "apellido_materno": "Prueba",
        "born_on": date(1990, 1, 1),
        "telefono_movil": None,
        "email": f"persona{number:05d}@gmail.com",
        "account_kind": AccountKind.GOOGLE,
        "clave_elector": f"EJPRLS9001{number // 1000 % 28 + 1:02d}09M{number % 1000:03d}",
    }
    return Candidate(**{**values, **changed})


def aspirante(session: Session, folio: str = SOLICITUD) -> Aspirante:
    """Give an aspirante of the centre."""
    return session.scalars(select(Aspirante).where(Aspirante.folio_solicitud == folio)).one()


def register(
    session: Session, candidates: list[Candidate], folio: str = SOLICITUD, **options: Any
) -> Registration:
    """Register candidates as the portal does."""
    return register_all(
        session,
        aspirante(session, folio),
        candidates,
        batch_id=options.get("batch_id"),
        now=NOW,
        made_by="user:1",
        sealer=SEALER,
        register_secret=SECRET,
    )


class TestRegistering:
    def test_keeps_what_was_said_and_seals_the_clave(self, centre: Centre) -> None:
        with centre.database.write() as session:
            done = register(session, [candidate(1, nombres="Íñigo", telefono_movil="5512345678")])
        with centre.database.read() as session:
            row = session.scalars(select(Auxiliar).where(Auxiliar.email.like("persona%"))).one()
            assert done.added == {0: row.id_auxiliar}
            assert set(row.id_auxiliar) <= set(ALPHABET)
            assert (row.state, row.situacion_registral) == (AuxiliarState.REGISTERED, None)
            assert row.account_kind is AccountKind.GOOGLE
            assert row.name_folded == "EJEMPLO PRUEBA INIGO"
            assert row.clave_key == clave_key(SECRET, "EJPRLS90010109M001")
            assert b"EJPRLS" not in (row.clave_sealed or b"")
            assert SEALER.open(row.clave_sealed or b"", row.id_auxiliar) == b"EJPRLS90010109M001"
            assert row.activation_verifier is row.verifier is None
            entry = session.scalars(
                select(AuditEntry).where(AuditEntry.subject == row.id_auxiliar)
            ).one()
            assert (entry.actor, entry.action) == ("user:1", "auxiliar.added")
            assert "ersona" not in str(entry.details)
            assert session.scalars(select(Mail)).all() == []

    def test_five_thousand_come_in_with_few_statements(self, centre: Centre) -> None:
        people = [candidate(number) for number in range(5_000)]
        with counted(centre.database) as statements, centre.database.write() as session:
            done = register(session, people, batch_id=7)
        assert len(done.added) == 5_000
        assert len(set(done.added.values())) == 5_000
        assert done.refused == {}
        assert len(statements) < 100
        with centre.database.read() as session:
            batch = select(func.count()).where(Auxiliar.batch_id == 7)
            assert session.scalar(batch) == 5_000

    def test_where_the_register_is_not_asked_everybody_is_invited_at_once(
        self, centre: Centre
    ) -> None:
        with centre.database.write() as session:
            process = session.scalars(select(Process)).one()
            process.settings = {**process.settings, "auxiliares": {"register_check": False}}
            session.flush()
            done = register(session, [candidate(n, clave_elector=None) for n in range(3)])
        with centre.database.read() as session:
            letters = session.scalars(select(Mail)).all()
            assert {letter.kind for letter in letters} == {MailKind.ACTIVATION}
            invited = {letter.auxiliar.id_auxiliar for letter in letters if letter.auxiliar}
            assert invited == set(done.added.values())


class TestConflicts:
    def test_say_whether_somebody_is_ones_own_or_taken_but_never_by_whom(
        self, centre: Centre
    ) -> None:
        with centre.database.write() as session:
            register(session, [candidate(1)])
            register(session, [candidate(2)], OTHER_SOLICITUD)
            people = [
                candidate(1, clave_elector="EJPRLS92010109M999"),
                candidate(2, email="otra.persona@gmail.com"),
                candidate(3),
                candidate(4, email="persona00003@gmail.com"),
            ]
            found = conflicts(session, aspirante(session), people, register_secret=SECRET)
            assert found == {
                0: {"email": "email.own"},
                1: {"clave_elector": "clave_elector.taken"},
                3: {"email": "email.repeated"},
            }
            done = register(session, people)
            assert done.refused == found
            assert set(done.added) == {2}

    def test_the_same_person_may_capture_in_another_process(self, centre: Centre) -> None:
        with centre.database.write() as session:
            first = session.scalars(select(Process)).one()
            other = Process(
                code="OTRO",
                name="Otro",
                kind=first.kind,
                starts_at=first.starts_at,
                ends_at=first.ends_at,
                deliver_until=first.deliver_until,
                settings={},
                created_at=NOW,
            )
            session.add(other)
            session.flush()
            aspirante(session, OTHER_SOLICITUD).process_id = other.id
            session.flush()
            assert set(register(session, [candidate(1)]).added) == {0}
            assert set(register(session, [candidate(1)], OTHER_SOLICITUD).added) == {0}

    def test_the_database_decides_against_who_was_quicker(
        self, centre: Centre, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with centre.database.write() as session:
            register(session, [candidate(1)], OTHER_SOLICITUD)
        looks: Iterator[dict[int, dict[str, str]]] = iter(
            [{}]
        )  # The first look comes before the other one is there.
        real = conflicts
        monkeypatch.setattr(
            "central.roster.registration.conflicts",
            lambda *a, **k: next(looks, None) or real(*a, **k),
        )
        monkeypatch.setattr(
            "central.roster.registration.new_id_auxiliar",
            iter(["AUX01", "NEW001", "NEW001", "NEW002"]).__next__,
        )
        with centre.database.write() as session:
            done = register(session, [candidate(1), candidate(2)])
        assert done.refused[0] == {
            "email": "email.taken",
            "clave_elector": "clave_elector.taken",
        }
        assert set(done.added) == {1}

    def test_the_command_gives_an_address_to_one_auxiliar_only(self, centre: Centre) -> None:
        with centre.database.write() as session:
            register(session, [candidate(1)], OTHER_SOLICITUD)
            new = NewAuxiliar("NUEVO1", "Luisa", "Ejemplo", "", "persona00001@gmail.com")
            with pytest.raises(Exception, match="another auxiliar") as refusal:
                put_auxiliar(session, aspirante(session), new, now=NOW, made_by="cli:test")
            assert refusal.value.code == "auxiliar.email_taken"  # type: ignore[attr-defined]
