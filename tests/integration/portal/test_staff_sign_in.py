"""How people of the authority sign in: password and code, one answer to mistakes, and recovery."""

from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from central.accounts import passwords
from central.accounts.permissions import Role
from central.models import AuditEntry, User, UserSession
from central.roster.users import reset_sign_in
from central.services import services
from tests.portal.people import role_email
from tests.portal.provider import OWN
from tests.portal.visitor import Visitor
from tests.portal.world import World

EMAIL = role_email(Role.AUTHORITY)
PASSWORD = "cuatro palabras inventadas aqui"
NEW_PASSWORD = "otras cuatro palabras nuevas"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
REFUSED = "No ingresaste. Revisa el correo"


@pytest.fixture(scope="module", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """The same Argon2id with less work: the tests sign in a hundred times."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(passwords, "_HASHER", quick)
        yield


@pytest.fixture(scope="module")
def verifier(_quick_hashes: None) -> str:
    """The verifier of the password."""
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def person(world: World, verifier: str) -> int:
    """Somebody of the authority who has a password and a second factor; their number."""
    with world.app.app_context():
        sealer = services().sealer("totp")
    with world.database.write() as session:
        user = session.scalars(select(User).where(User.email == EMAIL)).one()
        user.password_hash = verifier
        user.totp_sealed = sealer.seal(SECRET.encode(), f"user:{user.id}")
        user.totp_last_step = 0
        return user.id


@pytest.fixture
def newcomer(world: World, verifier: str) -> None:
    """The same with the password that somebody else set, and nothing more."""
    with world.database.write() as session:
        session.execute(
            update(User)
            .where(User.email == EMAIL)
            .values(password_hash=verifier, must_change_password=True)
        )


def _code(world: World, secret: str = SECRET, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(world.clock.now() + timedelta(seconds=30 * steps))


def _try(
    visitor: Visitor, code: str, email: str = EMAIL, password: str = PASSWORD
) -> tuple[int, str]:
    visitor.get("/staff/sign-in")
    answer = visitor.post("/staff/sign-in", email=email, password=password, code=code)
    return answer.status_code, answer.text


@pytest.mark.usefixtures("person")
class TestSigningIn:
    def test_with_password_and_code_comes_to_the_desk(
        self, world: World, stranger: Visitor
    ) -> None:
        assert stranger.get("/staff/aspirantes/GOB001").location == "/staff/sign-in"
        stranger.get("/staff/sign-in")
        answer = stranger.post(
            "/staff/sign-in", email=f" {EMAIL.upper()} ", password=PASSWORD, code=_code(world)
        )
        assert answer.location == "/staff/aspirantes/GOB001"
        assert "Aurora Ejemplo Prueba" in stranger.get(answer.location).text
        with world.database.read() as session:
            row = session.scalars(select(UserSession)).one()
            assert (row.role, row.method) == ("authority", "password+totp")

    def test_a_code_may_be_typed_with_a_space(self, world: World, stranger: Visitor) -> None:
        code = _code(world)
        assert _try(stranger, f"{code[:3]} {code[3:]}")[0] == 303

    @pytest.mark.parametrize("world", ["sqlite"], indirect=True)
    @pytest.mark.parametrize(("steps", "status"), [(-2, 403), (-1, 303), (1, 303), (2, 403)])
    def test_a_telephone_may_be_half_a_minute_off(
        self, world: World, stranger: Visitor, steps: int, status: int
    ) -> None:
        assert _try(stranger, _code(world, steps=steps))[0] == status

    def test_a_code_is_good_once(self, world: World, stranger: Visitor) -> None:
        assert _try(stranger, _code(world))[0] == 303
        assert _try(Visitor(world.app), _code(world))[0] == 403
        assert _try(Visitor(world.app), _code(world, steps=-1))[0] == 403
        world.clock.time += timedelta(seconds=30)
        assert _try(Visitor(world.app), _code(world))[0] == 303

    def test_all_mistakes_have_one_answer(
        self, world: World, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashed: list[str] = []
        real = passwords.is_password

        def counted(verifier: str | None, password: str) -> bool:
            hashed.append(password)
            return real(verifier, password)

        monkeypatch.setattr("central.accounts.staff.is_password", counted)
        good = _code(world)
        mistakes = {
            "wrong password": _try(stranger, good, password="no es esta contraseña"),
            "wrong code": _try(stranger, "000000"),
            "no code": _try(stranger, ""),
            "unknown address": _try(stranger, good, email="nadie@acopio.example"),
            "an aspirante's": _try(stranger, good, email=role_email(Role.ASPIRANTE)),
            "a reviewer's": _try(stranger, good, email=role_email(Role.REVIEWER)),
        }
        assert {status for status, _text in mistakes.values()} == {403}
        assert all(REFUSED in text for _status, text in mistakes.values())
        # The work is the same, and so is what is written: one hash and one line for each.
        assert len(hashed) == len(mistakes)
        with world.database.read() as session:
            acts = session.scalars(select(AuditEntry.action)).all()
        assert list(acts) == ["sign_in.failed"] * len(mistakes)

    def test_a_stranger_is_not_told_of_a_lock_either(self, world: World, stranger: Visitor) -> None:
        for _ in range(5):
            _status, text = _try(stranger, "000000")
        _status, locked = _try(stranger, _code(world))
        assert REFUSED in locked
        assert _without_token(locked) == _without_token(text)

    def test_a_lock_ends_by_itself(self, world: World, stranger: Visitor) -> None:
        for _ in range(5):
            _try(stranger, "000000")
        world.clock.time += timedelta(minutes=14)
        assert _try(stranger, _code(world))[0] == 403
        world.clock.time += timedelta(minutes=2)
        assert _try(stranger, _code(world))[0] == 303

    def test_a_right_sign_in_forgets_the_mistakes_before(
        self, world: World, stranger: Visitor
    ) -> None:
        for _ in range(4):
            _try(stranger, "000000")
        assert _try(stranger, _code(world))[0] == 303
        world.clock.time += timedelta(minutes=1)
        other = Visitor(world.app)
        assert _try(other, "000000")[0] == 403
        assert _try(other, _code(world))[0] == 303

    def test_many_tries_from_one_address_are_asked_to_wait(
        self, world: World, stranger: Visitor
    ) -> None:
        for number in range(10):
            assert _try(stranger, "", email=f"{number}@acopio.example")[0] == 403
        status, text = _try(stranger, _code(world))
        assert status == 429
        assert "Espera un minuto" in text
        world.clock.time += timedelta(minutes=1)
        assert _try(stranger, _code(world))[0] == 303

    def test_who_lost_access_does_not_get_in(self, world: World, stranger: Visitor) -> None:
        with world.database.write() as session:
            session.execute(update(User).where(User.email == EMAIL).values(active=False))
        assert _try(stranger, _code(world))[0] == 403

    def test_the_session_is_shorter_than_an_aspirantes(
        self, world: World, stranger: Visitor
    ) -> None:
        _try(stranger, _code(world))
        world.clock.time += timedelta(minutes=14)
        assert stranger.get("/staff/aspirantes").status_code == 200
        world.clock.time += timedelta(minutes=15)
        assert stranger.get("/staff/aspirantes").location == "/staff/sign-in"
        assert "Tu sesión terminó" in stranger.get("/staff/sign-in").text

    def test_is_never_an_aspirantes_session(self, world: World, stranger: Visitor) -> None:
        _try(stranger, _code(world))
        assert stranger.get("/").status_code == 403
        assert stranger.get("/sign-in").location == "/staff/aspirantes"
        assert stranger.post("/sign-in/leave").location == "/staff/sign-in"

    def test_takes_the_place_of_a_session_that_the_browser_had(
        self, world: World, person: int, stranger: Visitor
    ) -> None:
        stranger.sign_in(OWN)
        stranger.get("/staff/sign-in")
        # Long enough for the old session to be noted as seen, within the very same request.
        world.clock.time += timedelta(minutes=3)
        answer = stranger.post("/staff/sign-in", email=EMAIL, password=PASSWORD, code=_code(world))
        assert answer.location == "/staff/aspirantes"
        with world.database.read() as session:
            ended = session.scalars(
                select(UserSession.revoked_at).order_by(UserSession.id.desc()).limit(2)
            ).all()
        assert [one is None for one in ended] == [True, False]

    def test_no_secret_is_in_the_database(self, world: World) -> None:
        with world.database.read() as session:
            user = session.scalars(select(User).where(User.email == EMAIL)).one()
        assert SECRET.encode() not in (user.totp_sealed or b"")
        assert PASSWORD not in (user.password_hash or "")


@pytest.mark.usefixtures("newcomer")
class TestFirstSignIn:
    def test_sets_up_a_code_then_a_password_before_anything_else(
        self, world: World, stranger: Visitor
    ) -> None:
        assert _try(stranger, "")[0] == 303
        for path in ("/staff/aspirantes", "/account/sessions"):
            assert stranger.get(path).location == "/staff/access"
        secret = _shown_secret(stranger)
        wrong = stranger.post("/staff/access/second-factor", code="000000")
        assert wrong.status_code == 422
        assert "Ese no es el código vigente" in wrong.text
        before = stranger.cookie()
        confirmed = stranger.post("/staff/access/second-factor", code=_code(world, secret))
        assert confirmed.location == "/staff/access"
        assert stranger.cookie() != before
        assert stranger.get("/staff/aspirantes").location == "/staff/access"
        assert "Elige tu propia contraseña" in stranger.get("/staff/access").text
        form = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
        assert stranger.post("/staff/access/password", **form).location == "/staff/aspirantes"
        assert stranger.get("/staff/aspirantes").status_code == 200
        world.clock.time += timedelta(minutes=1)
        other = Visitor(world.app)
        assert _try(other, _code(world, secret))[0] == 403
        assert _try(other, _code(world, secret), password=NEW_PASSWORD)[0] == 303

    def test_each_sign_in_before_the_first_code_shows_another_secret(
        self, world: World, stranger: Visitor
    ) -> None:
        _try(stranger, "")
        first = _shown_secret(stranger)
        assert _shown_secret(stranger) == first
        other = Visitor(world.app)
        _try(other, "")
        assert _shown_secret(other) != first

    @pytest.mark.parametrize("world", ["sqlite"], indirect=True)
    @pytest.mark.parametrize(
        ("old", "new", "again", "sentence"),
        [
            ("otra", NEW_PASSWORD, NEW_PASSWORD, "Esa no es tu contraseña actual"),
            (PASSWORD, "corta", "corta", "necesita de 12 a 200 caracteres"),
            (PASSWORD, PASSWORD, PASSWORD, "Elige una distinta"),
            (PASSWORD, NEW_PASSWORD, "otra cosa", "son distintas"),
        ],
    )
    def test_a_bad_password_is_told_beside_its_field(
        self, world: World, stranger: Visitor, old: str, new: str, again: str, sentence: str
    ) -> None:
        _try(stranger, "")
        secret = _shown_secret(stranger)
        stranger.post("/staff/access/second-factor", code=_code(world, secret))
        stranger.get("/staff/access")
        answer = stranger.post("/staff/access/password", old=old, new=new, again=again)
        assert answer.status_code == 422
        assert sentence in answer.text


class TestRecovery:
    def test_a_reset_ends_sessions_and_begins_a_new_second_factor(
        self, world: World, stranger: Visitor, person: int
    ) -> None:
        _try(stranger, _code(world))
        for _ in range(5):
            _try(Visitor(world.app), "000000")
        with world.database.write() as session:
            user = reset_sign_in(
                session,
                EMAIL,
                password=NEW_PASSWORD,
                now=world.clock.now(),
                made_by="cli:prueba",
            )
            assert user.id == person
        assert stranger.get("/staff/aspirantes").location == "/staff/sign-in"
        assert _try(stranger, "", password=NEW_PASSWORD)[0] == 303
        assert _shown_secret(stranger) != SECRET
        assert stranger.get("/staff/aspirantes").location == "/staff/access"


def _shown_secret(visitor: Visitor) -> str:
    page = visitor.get("/staff/access").text
    _before, _address, rest = page.partition("secret=")
    return rest.partition("&amp;")[0]


def _without_token(page: str) -> str:
    head, _field, tail = page.partition('name="csrf_token" value="')
    return head + tail.partition('"')[2]
