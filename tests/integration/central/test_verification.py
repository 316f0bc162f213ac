"""From a delivered record to its place in the partition, with a real vault on its socket."""

from datetime import timedelta
from pathlib import Path

import pytest
from pyrage import x25519
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from central.audit.seals import broken_seals, seal_entries
from central.errors import VaultRefusedError, VaultUnavailableError
from central.models import (
    AuditEntry,
    Citizen,
    CitizenWord,
    Process,
    Record,
    ReviewState,
    RollupCause,
    RollupDelta,
    RollupStation,
    RollupStep,
    StateChange,
    WorkState,
)
from central.models.partition import move, reconsider_duplicates
from central.reports.recount import recount
from central.reports.rollups import fold
from central.secrets import Secrets
from central.vault.client import VaultClient
from central.vault.protocol import PartName
from domain.apoyo import Partition, SituacionRegistral, State
from tests.centres import (
    IN_LISTA,
    IN_PADRON,
    OTHER_AUXILIAR,
    OTHER_SOLICITUD,
    REMOVED,
    UNKNOWN,
    Centre,
    run,
)
from wire.canonical import loads
from wire.packet import ClockClass


def records(centre: Centre) -> list[Record]:
    with centre.database.read() as session:
        return list(session.scalars(select(Record).order_by(Record.id)))


def state_of(centre: Centre, folio: str | None) -> Record:
    with centre.database.read() as session:
        return session.execute(select(Record).where(Record.folio_registro == folio)).scalar_one()


class TestRegister:
    def test_each_answer_of_the_register_leads_to_its_state(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        for clave in (IN_LISTA[0], IN_PADRON, REMOVED, UNKNOWN, None):
            station.receipt(station.apoyo(clave))
        assert centre.verifier().run_once() == 5
        found = [(r.state, r.situacion_registral, r.motivo_baja) for r in records(centre)]
        assert found == [
            (State.LISTA_NOMINAL, SituacionRegistral.LISTA_NOMINAL, None),
            (State.PADRON, SituacionRegistral.PADRON, None),
            (State.BAJA, SituacionRegistral.BAJAS, "Defunción"),
            (State.NO_ENCONTRADO, SituacionRegistral.DATOS_NO_ENCONTRADOS, None),
            (State.EN_MESA_DE_CONTROL, SituacionRegistral.SIN_RESPUESTA, None),
        ]
        first = records(centre)[0]
        assert (first.entidad, first.distrito, first.municipio, first.seccion) == (9, 5, 15, 1000)
        assert first.verified_at is not None
        assert centre.verifier().run_once() == 0

    def test_valid_needs_the_register_and_the_review(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        for clave in (IN_LISTA[0], IN_PADRON):
            station.receipt(station.apoyo(clave))
        centre.verifier().run_once()
        assert [record.valid for record in records(centre)] == [None, False]

    def test_a_high_attack_score_or_a_flag_goes_to_the_mesa_de_control(
        self, centre: Centre
    ) -> None:
        centre.start_vault()
        station = centre.station()
        station.receipt(station.apoyo(IN_LISTA[0], attack=0.9))
        station.receipt(station.apoyo(IN_LISTA[1], attack=0.1))
        station.receipt(station.apoyo(IN_LISTA[2], flags=("typed",)))
        centre.verifier().run_once()
        found = [(r.state, r.review_state, r.reasons) for r in records(centre)]
        assert found == [
            (
                State.EN_MESA_DE_CONTROL,
                ReviewState.PENDING,
                ["attack.score", "flag.attack_photocopy"],
            ),
            (State.LISTA_NOMINAL, ReviewState.NOT_ASKED, []),
            (State.EN_MESA_DE_CONTROL, ReviewState.PENDING, ["flag.typed"]),
        ]
        assert [r.attack_permille for r in records(centre)] == [900, 100, None]

    def test_a_capture_after_the_period_does_not_count(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        with centre.database.write() as session:
            session.execute(
                update(Process).values(
                    starts_at=centre.clock.now() - timedelta(days=30),
                    ends_at=centre.clock.now() - timedelta(hours=2),
                    deliver_until=centre.clock.now() + timedelta(hours=22),
                )
            )
        in_time = int((centre.clock.now() - timedelta(hours=3)).timestamp() * 1000)
        station.receipt(station.apoyo(IN_LISTA[0]))
        station.receipt(station.apoyo(IN_LISTA[1], wall_ms=in_time))
        station.receipt(station.apoyo(IN_LISTA[2], wall_ms=in_time, clock=ClockClass.UNKNOWN))
        centre.verifier().run_once()
        assert [(r.state, r.reasons) for r in records(centre)] == [
            (State.INCONSISTENCIA, ["period.after_end"]),
            (State.LISTA_NOMINAL, []),
            (State.EN_MESA_DE_CONTROL, ["period.unsure"]),
        ]

    def test_an_anchor_of_the_centre_bounds_the_capture_from_below(self, centre: Centre) -> None:
        station = centre.station()
        anchor = loads(_payload(station.greeted().time))
        assert isinstance(anchor, dict)
        station.anchor = str(anchor["id"])
        said_at = centre.clock.now()
        centre.clock.advance(60)
        station.receipt(station.apoyo())
        station.anchor = "0-" + "0" * 32
        station.receipt(station.apoyo(IN_LISTA[1]))
        known, invented = records(centre)
        assert known.captured_after is not None
        assert abs(known.captured_after - said_at) < timedelta(milliseconds=2)
        assert invented.captured_after is None


class TestDuplicates:
    def test_of_one_citizen_the_first_received_counts(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        first = station.apoyo()
        centre.clock.advance(1)
        again = station.apoyo()
        other = station.apoyo(solicitud=OTHER_SOLICITUD, auxiliar=OTHER_AUXILIAR)
        for packet in (first, again, other):
            station.receipt(packet)
            centre.clock.advance(1)
        centre.verifier().run_once()
        assert [(r.state, r.reasons) for r in records(centre)] == [
            (State.LISTA_NOMINAL, []),
            (State.DUPLICADO, ["duplicate.same_aspirante"]),
            (State.DUPLICADO, ["duplicate.other_aspirante"]),
        ]

    def test_presented_may_mean_captured(self, centre: Centre) -> None:
        with centre.database.write() as session:
            process = session.execute(select(Process)).scalar_one()
            process.settings = {**process.settings, "presented": "captured"}
        centre.start_vault()
        station = centre.station()
        early = station.apoyo()
        centre.clock.advance(60)
        late = station.apoyo()
        station.receipt(late)
        centre.verifier().run_once()
        assert state_of(centre, late.header.folio).state is State.LISTA_NOMINAL
        station.receipt(early)
        centre.verifier().run_once()
        assert state_of(centre, early.header.folio).state is State.LISTA_NOMINAL
        gave_way = state_of(centre, late.header.folio)
        assert (gave_way.state, gave_way.valid) == (State.DUPLICADO, False)

    def test_when_the_first_is_rejected_the_second_takes_its_place(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        for _ in range(3):
            station.receipt(station.apoyo())
        centre.verifier().run_once()
        with centre.database.write() as session:
            first = session.execute(select(Record).order_by(Record.id).limit(1)).scalar_one()
            first.review_state = ReviewState.REJECTED
            move(
                session,
                first,
                State.INCONSISTENCIA,
                reasons=["foto_no_valida"],
                made_by="user:1",
                made_at=centre.clock.now(),
            )
            reconsider_duplicates(session, first, now=centre.clock.now())
        centre.verifier().run_once()
        assert [r.state for r in records(centre)] == [
            State.INCONSISTENCIA,
            State.LISTA_NOMINAL,
            State.DUPLICADO,
        ]

    def test_two_workers_at_once_let_one_count(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        for _ in range(4):
            station.receipt(station.apoyo())
        hands = [centre.verifier(f"w{n}") for n in range(2)]
        for worker in hands:
            object.__setattr__(worker._config, "batch", 1)
        while sum(worker.run_once() for worker in hands):
            pass
        states = sorted(r.state for r in records(centre))
        assert states == [State.DUPLICADO] * 3 + [State.LISTA_NOMINAL]


class TestScope:
    def test_a_citizen_of_another_entidad_is_out_of_scope(self, centre: Centre) -> None:
        run(
            centre.folder, "aspirante", "add", "--process", "PEF2027", "--office", "DIP",
            "--folio", "SOL003", "--name", "Otra", "--email", "otra@ejemplo.mx", "--entidad", "20",
        )  # fmt: skip
        run(
            centre.folder, "auxiliar", "add", "--aspirante", "SOL003", "--id", "AUX03",
            "--nombres", "Prueba", "--paterno", "Tres", "--email", "tres@ejemplo.mx",
        )  # fmt: skip
        centre.start_vault()
        station = centre.station()
        for clave in (IN_LISTA[0], IN_LISTA[20]):
            station.receipt(station.apoyo(clave, solicitud="SOL003", auxiliar="AUX03"))
        centre.verifier().run_once()
        assert [(r.state, r.entidad) for r in records(centre)] == [
            (State.FUERA_DE_AMBITO, 9),
            (State.LISTA_NOMINAL, 20),
        ]


class TestLeases:
    def test_without_a_vault_nothing_is_lost_and_no_try_is_counted(self, centre: Centre) -> None:
        station = centre.station()
        station.receipt(station.apoyo())
        worker = centre.verifier()
        for _ in range(20):
            worker.run_once()
            centre.clock.advance(3600)
        record = records(centre)[0]
        assert (record.work_state, record.tries) == (WorkState.WAITING, 0)
        assert record.last_error == "vault.unavailable"
        centre.start_vault()
        worker.run_once()
        assert records(centre)[0].state is State.LISTA_NOMINAL

    def test_the_lease_of_a_killed_worker_is_taken_over_when_it_runs_out(
        self, centre: Centre
    ) -> None:
        centre.start_vault()
        station = centre.station()
        station.receipt(station.apoyo())
        dead, alive = centre.verifier("dead"), centre.verifier("alive")
        dead._open = lambda lease: None  # type: ignore[method-assign]  # killed after the claim
        assert dead.run_once() == 1
        assert alive.run_once() == 0
        centre.clock.advance(61)
        assert alive.run_once() == 1
        assert records(centre)[0].work_state is WorkState.DONE

    def test_a_worker_that_lost_its_lease_changes_nothing(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        station.receipt(station.apoyo())
        slow, fast = centre.verifier("slow"), centre.verifier("fast")
        real_verify = slow._verify

        def verify_late(opened: object) -> None:
            centre.clock.advance(61)
            assert fast.run_once() == 1
            real_verify(opened)  # type: ignore[arg-type]

        slow._verify = verify_late  # type: ignore[method-assign]
        slow.run_once()
        with centre.database.read() as session:
            changes = session.scalars(select(StateChange.after)).all()
        assert list(changes) == [State.EN_PROCESAMIENTO, State.LISTA_NOMINAL]

    def test_a_record_that_does_not_open_is_set_aside_after_its_tries(self, centre: Centre) -> None:
        centre.start_vault(identities=(str(x25519.Identity.generate()),))
        station = centre.station()
        station.receipt(station.apoyo())
        worker = centre.verifier()
        for _ in range(centre.config.worker.tries):
            assert worker.run_once() == 1
            centre.clock.advance(3600)
        assert worker.run_once() == 0
        record = records(centre)[0]
        assert (record.work_state, record.state) == (WorkState.DEAD, State.EN_PROCESAMIENTO)
        assert record.last_error == "envelope.not_opened"

    def test_a_part_moved_from_another_packet_is_an_inconsistency(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        station.receipt(station.apoyo(record_of="SOL001-AUX01-E1-00000099"))
        centre.verifier().run_once()
        record = records(centre)[0]
        assert (record.state, record.reasons) == (State.INCONSISTENCIA, ["record.transplanted"])


class TestVault:
    def test_it_opens_one_part_and_writes_the_act_down(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        packet = station.apoyo()
        station.receipt(packet)
        client = VaultClient(Path(centre.config.vault.socket), timeout_s=5)
        padded = client.open_record(bytes.fromhex(packet.link), actor="worker:w")
        assert b"EJPRLS" in padded
        client.close()
        with centre.database.read() as session:
            entry = session.execute(
                select(AuditEntry).where(AuditEntry.action == "record.opened")
            ).scalar_one()
        assert (entry.actor, entry.subject) == ("worker:w", packet.header.folio)
        assert "EJPRLS" not in str(entry.details)

    def test_images_are_for_a_reviewer_and_bounded_in_an_hour(self, centre: Centre) -> None:
        centre.start_vault(images_per_hour=2)
        station = centre.station()
        packet = station.apoyo()
        station.receipt(packet)
        link = bytes.fromhex(packet.link)
        client = VaultClient(Path(centre.config.vault.socket), timeout_s=5)
        with pytest.raises(VaultRefusedError) as refused:
            client.open_for_review(link, PartName.IMAGES, actor="worker:w")
        assert refused.value.code == "vault.purpose"
        for _ in range(2):
            assert client.open_for_review(link, PartName.IMAGES, actor="user:1")[:9] == b"front.jpg"
        with pytest.raises(VaultRefusedError) as refused:
            client.open_for_review(link, PartName.IMAGES, actor="user:1")
        assert refused.value.code == "vault.quota"
        client.close()

    def test_a_packet_that_was_changed_on_disk_is_refused(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        packet = station.apoyo()
        station.receipt(packet)
        (path,) = centre.folder.glob("packets/??/??/*.acp")
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(bytes(data))
        client = VaultClient(Path(centre.config.vault.socket), timeout_s=5)
        with pytest.raises(VaultRefusedError) as refused:
            client.open_record(bytes.fromhex(packet.link), actor="worker:w")
        assert refused.value.code == "packet.hash"
        client.close()

    def test_without_a_vault_the_client_says_so(self, centre: Centre) -> None:
        client = VaultClient(Path(centre.config.vault.socket), timeout_s=1)
        with pytest.raises(VaultUnavailableError):
            client.open_record(b"0" * 32, actor="worker:w")

    def test_the_client_finds_a_vault_that_was_restarted(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        packet = station.apoyo()
        station.receipt(packet)
        client = VaultClient(Path(centre.config.vault.socket), timeout_s=5)
        client.open_record(bytes.fromhex(packet.link), actor="worker:w")
        centre.stop.pop()()
        centre.start_vault()
        assert client.open_record(bytes.fromhex(packet.link), actor="worker:w")
        client.close()


class TestNames:
    def test_they_are_sealed_and_found_by_whole_words(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        station.receipt(station.apoyo(nombres="MARÍA LUISA"))
        centre.verifier().run_once()
        record = records(centre)[0]
        sealer = centre.sealer()
        with centre.database.read() as session:
            sealed = session.execute(select(Citizen.sealed)).scalar_one()
            digests = set(session.scalars(select(CitizenWord.digest)))
        names = sealer.open(record.aspirante_id, record.id, sealed)
        assert (names.nombres, names.apellido_paterno) == ("MARÍA LUISA", "PEÑA")
        assert "MAR" not in repr(names)
        for field, text_ in (
            ("nombres", "maria"),
            ("apellido_paterno", "Pena"),
            ("nombres", "LUISA"),
        ):
            assert sealer.wanted(record.aspirante_id, field, text_) <= digests
        assert not sealer.wanted(record.aspirante_id, "apellido_paterno", "LUISA") <= digests
        assert not sealer.wanted(record.aspirante_id + 1, "nombres", "LUISA") <= digests

    def test_no_table_but_the_sealed_one_holds_a_name_or_clave(self, centre: Centre) -> None:
        if not centre.database.is_sqlite:
            pytest.skip("the file of SQLite is what can be searched whole")
        centre.start_vault()
        station = centre.station()
        station.receipt(station.apoyo(nombres="ZAPOTECA"))
        centre.verifier().run_once()
        with centre.database.read() as session:
            everything = "".join(
                str(row)
                for (table,) in session.execute(
                    text("SELECT name FROM sqlite_master WHERE type = 'table'")
                ).all()
                for row in session.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608
            )
        assert "ZAPOTECA" not in everything
        assert IN_LISTA[0] not in everything


class TestCounts:
    def test_rollups_and_tail_say_what_the_records_say_at_every_step(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()

        def check() -> None:
            with centre.database.read() as session:
                assert recount(session) == []

        for clave in (IN_LISTA[0], IN_LISTA[0], IN_LISTA[1], REMOVED, UNKNOWN):
            station.receipt(station.apoyo(clave))
        check()
        with centre.database.write() as session:
            assert fold(session) == 5
        check()
        centre.verifier().run_once()
        check()
        with centre.database.write() as session:
            assert fold(session) == 10
            assert session.execute(select(func.count(RollupDelta.id))).scalar_one() == 0
        check()
        assert "coinciden" in run(centre.folder, "recount")
        states = Partition.of(record.state for record in records(centre))
        assert states.enviados == 5

    def test_causes_stations_and_steps_are_counted(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        for clave in (IN_LISTA[0], IN_LISTA[0], REMOVED):
            station.receipt(station.apoyo(clave))
        centre.verifier().run_once()
        with centre.database.write() as session:
            fold(session)
            (motivo,) = session.scalars(
                select(Record.motivo_baja).where(Record.motivo_baja.is_not(None))
            )
            causes = {row.cause: row.records for row in session.scalars(select(RollupCause))}
            assert causes["duplicate.same_aspirante"] == causes[f"motivo.{motivo}"] == 1
            steps = {
                (row.before, row.after): row.records for row in session.scalars(select(RollupStep))
            }
            assert steps["en_procesamiento", "baja"] == steps["en_procesamiento", "duplicado"] == 1
            assert sum(steps.values()) == 3
            (station_id,) = session.scalars(select(RollupStation.station_id).distinct())
            assert station_id > 0

    def test_a_repair_makes_every_rollup_say_what_the_records_say(self, centre: Centre) -> None:
        centre.start_vault()
        station = centre.station()
        for clave in (IN_LISTA[0], IN_LISTA[0], REMOVED):
            station.receipt(station.apoyo(clave))
        centre.verifier().run_once()
        with centre.database.write() as session:
            fold(session)
            for rollup in ("days", "causes", "stations", "steps"):
                session.execute(text(f"UPDATE rollup_{rollup} SET records = 70"))  # noqa: S608
            session.execute(text("DELETE FROM rollup_auxiliares"))
        with centre.database.read() as session:
            assert {one.rollup for one in recount(session)} == {
                "rollup_days",
                "rollup_auxiliares",
                "rollup_stations",
                "rollup_causes",
                "rollup_steps",
            }
        assert "coinciden" in run(centre.folder, "recount", "--repair")
        with centre.database.read() as session:
            assert recount(session) == []

    def test_a_wrong_rollup_is_found(self, centre: Centre) -> None:
        station = centre.station()
        station.receipt(station.apoyo())
        with centre.database.write() as session:
            fold(session)
            session.execute(text("UPDATE rollup_days SET records = records + 1"))
        with centre.database.read() as session:
            (difference,) = recount(session)
        assert (difference.rollup, difference.reported, difference.counted) == ("rollup_days", 2, 1)


class TestTrail:
    def test_entries_can_neither_be_changed_nor_deleted(self, centre: Centre) -> None:
        for statement in (
            "UPDATE audit_entries SET actor = 'x'",
            "DELETE FROM audit_entries",
            "DELETE FROM receipts",
        ):
            station = centre.station("E" + str(len(statement)))
            station.receipt(station.apoyo())
            with pytest.raises(DBAPIError), centre.database.write() as session:
                session.execute(text(statement))

    def test_seals_hold_until_somebody_removes_an_entry(self, centre: Centre) -> None:
        signer = Secrets(Path(centre.config.keys.folder)).signer("receipts")
        with centre.database.write() as session:
            assert seal_entries(session, signer, centre.clock.now()) > 0
        centre.station()
        with centre.database.write() as session:
            assert seal_entries(session, signer, centre.clock.now()) > 0
        with centre.database.read() as session:
            assert broken_seals(session) == []
        with centre.database.write() as session:
            if centre.database.is_sqlite:
                session.execute(text("DROP TRIGGER audit_entries_no_delete"))
            else:
                session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
            session.execute(text("DELETE FROM audit_entries WHERE id = 2"))
        with centre.database.read() as session:
            assert broken_seals(session) == [1]


def _payload(token: str) -> bytes:
    from base64 import urlsafe_b64decode

    segment = token.split(".")[1]
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
