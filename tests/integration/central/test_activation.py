"""An auxiliar's one-time code becomes the verifier of a password, once."""

import dataclasses
import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from central.migrations import steps
from central.models import AuditEntry, Auxiliar, AuxiliarState, StationState
from central.models import Station as StationRow
from central.models.database import Database
from tests.centres import AUXILIAR, SOLICITUD, Centre, Station, run
from wire import api
from wire.api import ActivateRequest, ErrorAnswer, PolicyAnswer, from_json, to_json
from wire.policy import Auxiliar as SentAuxiliar
from wire.policy import verify_policy

PASSWORD = "una contraseña inventada"
HASHER = PasswordHasher(time_cost=1, memory_cost=19 * 1024, parallelism=1)
VERIFIER = HASHER.hash(PASSWORD)
WRONG_CODE = "2222-2222-2222"


def invite(centre: Centre) -> str:
    said = run(
        centre.folder, "auxiliar", "add", "--aspirante", SOLICITUD, "--id", AUXILIAR,
        "--nombres", "Prueba", "--paterno", "Inventada", "--email", f"{AUXILIAR}@ejemplo.mx",
        "--invite-again",
    )  # fmt: skip
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", said)
    assert found is not None
    with centre.database.write() as session:
        # The command goes by the machine's clock; this centre by its own.
        row = session.scalars(select(Auxiliar).where(Auxiliar.id_auxiliar == AUXILIAR)).one()
        row.invited_at = centre.clock.now()
    return found[0]


def activate(station: Station, code: str, verifier: str = VERIFIER) -> SentAuxiliar | str:
    """Give the auxiliar as the next policy has them, or the code of why not."""
    request = ActivateRequest(AUXILIAR, code, verifier)
    answer = station.call("POST", "/activate", to_json(request))
    if answer.status_code != 200:
        return from_json(ErrorAnswer, answer.data).code
    policy = verify_policy(from_json(PolicyAnswer, answer.data).policy, station.keys)
    return next(one for one in policy.auxiliares if one.id == AUXILIAR)


def activated(found: SentAuxiliar | str) -> SentAuxiliar:
    assert isinstance(found, SentAuxiliar), found
    return found


def change(centre: Centre, **values: object) -> None:
    with centre.database.write() as session:
        row = session.scalars(select(Auxiliar).where(Auxiliar.id_auxiliar == AUXILIAR)).one()
        for name, value in values.items():
            setattr(row, name, value)


def actions(centre: Centre) -> list[str]:
    with centre.database.read() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


class TestActivation:
    def test_the_code_gives_the_password_and_ends(self, centre: Centre) -> None:
        station, code = centre.station(), invite(centre)
        before = station.policy
        found = activated(activate(station, code))
        assert (found.verifier, found.activation) == (VERIFIER, "")
        assert before is not None
        with centre.database.read() as session:
            row = session.scalars(select(Auxiliar).where(Auxiliar.id_auxiliar == AUXILIAR)).one()
            assert row.state is AuxiliarState.ACTIVE
            assert (row.must_change_password, row.activated_at) == (False, centre.clock.now())
        assert actions(centre)[-1] == "auxiliar.activated"

    def test_a_lost_answer_is_given_again(self, centre: Centre) -> None:
        station, code = centre.station(), invite(centre)
        assert activate(station, code) == activate(station, code)
        assert actions(centre).count("auxiliar.activated") == 1

    def test_a_second_station_with_the_same_code_is_refused(self, centre: Centre) -> None:
        code = invite(centre)
        activated(activate(centre.station("E1"), code))
        other = HASHER.hash("otra contraseña inventada")
        assert activate(centre.station("E2"), code, other) == api.ErrorCode.ACTIVATION_USED

    def test_a_new_code_replaces_a_forgotten_password(self, centre: Centre) -> None:
        station = centre.station()
        activated(activate(station, invite(centre)))
        other = HASHER.hash("otra contraseña inventada")
        assert activated(activate(station, invite(centre), other)).verifier == other

    def test_a_wrong_code_and_an_unknown_auxiliar_are_not_told_apart(self, centre: Centre) -> None:
        station = centre.station()
        assert activate(station, WRONG_CODE) == api.ErrorCode.ACTIVATION_WRONG
        request = ActivateRequest("NADIE", WRONG_CODE, VERIFIER)
        answer = station.call("POST", "/activate", to_json(request))
        assert from_json(ErrorAnswer, answer.data).code == api.ErrorCode.ACTIVATION_WRONG

    def test_too_many_wrong_codes_need_a_new_invitation(self, centre: Centre) -> None:
        station, code = centre.station(), invite(centre)
        tries = centre.config.stations.activation_tries
        said = {activate(station, WRONG_CODE) for _ in range(tries)}
        assert said == {api.ErrorCode.ACTIVATION_WRONG}
        assert activate(station, code) == api.ErrorCode.ACTIVATION_LOCKED
        assert actions(centre)[-1] == "auxiliar.activation_locked"
        activated(activate(station, invite(centre)))

    def test_an_old_code_has_expired(self, centre: Centre) -> None:
        station, code = centre.station(), invite(centre)
        centre.clock.advance(centre.config.stations.activation_ttl_h * 3600)
        assert activate(station, code) == api.ErrorCode.ACTIVATION_EXPIRED

    @pytest.mark.parametrize("state", [AuxiliarState.SUSPENDED, AuxiliarState.DEACTIVATED])
    def test_a_withdrawn_auxiliar_is_told_so(self, centre: Centre, state: AuxiliarState) -> None:
        station, code = centre.station(), invite(centre)
        change(centre, state=state)
        assert activate(station, code) == api.ErrorCode.ACTIVATION_WITHDRAWN

    def test_a_station_that_is_no_longer_ours_activates_nobody(self, centre: Centre) -> None:
        station, code = centre.station(), invite(centre)
        with centre.database.write() as session:
            session.scalars(select(StationRow)).one().state = StationState.REVOKED
        assert activate(station, code) == api.ErrorCode.REVOKED

    @pytest.mark.parametrize(
        ("memory_kib", "hash_bytes", "salt_bytes"),
        [(1024, 32, 16), (19 * 1024, 16, 16), (19 * 1024, 32, 8)],
    )
    def test_a_cheap_verifier_is_refused_and_the_code_kept(
        self, centre: Centre, memory_kib: int, hash_bytes: int, salt_bytes: int
    ) -> None:
        station, code = centre.station(), invite(centre)
        cheap = PasswordHasher(
            time_cost=1,
            memory_cost=memory_kib,
            parallelism=1,
            hash_len=hash_bytes,
            salt_len=salt_bytes,
        ).hash(PASSWORD)
        assert activate(station, code, cheap) == api.ErrorCode.ACTIVATION_VERIFIER
        activated(activate(station, code))

    def test_neither_code_nor_verifier_reach_a_log(
        self, centre: Centre, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        station, code = centre.station(), invite(centre)
        activate(station, WRONG_CODE)
        activate(station, code)
        request = ActivateRequest(AUXILIAR, code, VERIFIER)
        for written in (caplog.text, repr(request), repr(dataclasses.astuple(request)[:1])):
            assert code not in written
            assert VERIFIER not in written


class TestTheStepThatCountsWrongCodes:
    def test_it_keeps_the_auxiliares_there_are(self, centre: Centre) -> None:
        database = Database(centre.config.database.url)
        try:
            names = "SELECT id_auxiliar FROM auxiliares ORDER BY id"
            with database.read() as session:
                before = session.execute(text(names)).scalars().all()
            steps.downgrade(database, "0001")
            with database.read() as session:
                assert session.execute(text(names)).scalars().all() == before
            steps.upgrade(database)
            counted = "SELECT DISTINCT activation_failures FROM auxiliares"
            with database.read() as session:
                assert session.execute(text(names)).scalars().all() == before
                assert session.execute(text(counted)).scalars().all() == [0]
        finally:
            database.close()
