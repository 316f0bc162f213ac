"""From the letter to Inicio: the link, the type of account, and every way to be refused."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from central.accounts import invitations
from central.config import ProviderConfig
from central.models import Aspirante, Process, RoleGrant, User, UserIdentity, UserSession
from tests.portal.people import LETTER, OTHER_EMAIL, OWN_EMAIL
from tests.portal.provider import OTHER, OWN, STRANGER, UNVERIFIED
from tests.portal.visitor import Visitor
from tests.portal.world import World


@pytest.fixture
def more_providers(issuer: str) -> tuple[ProviderConfig, ...]:
    """The same accounts as those of Google."""
    return (ProviderConfig("google", "Google", "openid", issuer, "acopio-portal"),)


def _change(world: World, whose: str = OWN_EMAIL, **values: object) -> None:
    with world.database.write() as session:
        session.execute(update(User).where(User.email == whose).values(**values))


class TestLetter:
    def test_opening_the_link_proves_nothing_until_the_button_is_pressed(
        self, world: World, stranger: Visitor
    ) -> None:
        # Programs that read mail open every link.
        assert "Tu acceso está listo" in stranger.get(f"/welcome/{LETTER}").text
        assert stranger.sign_in(STRANGER, "google").status_code == 403

    def test_joins_an_account_of_another_address(self, world: World, stranger: Visitor) -> None:
        stranger.follow_letter(LETTER)
        assert "Tu carta está confirmada" in stranger.get("/sign-in").text
        assert stranger.sign_in(STRANGER, "google").location == "/"
        assert "Aurora Ejemplo Prueba" in stranger.get("/").text

    def test_works_once(self, world: World, stranger: Visitor) -> None:
        stranger.follow_letter(LETTER)
        stranger.sign_in(OWN)
        again = Visitor(world.app).get(f"/welcome/{LETTER}")
        assert again.status_code == 410
        assert "Este enlace ya se usó" in again.text

    def test_expires(self, world: World, stranger: Visitor) -> None:
        world.clock.time += timedelta(days=8)
        page = stranger.get(f"/welcome/{LETTER}")
        assert page.status_code == 410
        assert "Este enlace venció" in page.text

    def test_a_later_letter_ends_the_one_before(self, world: World, stranger: Visitor) -> None:
        with world.database.write() as session:
            user = session.scalars(select(User).where(User.email == OWN_EMAIL)).one()
            token = invitations.invite(user, lifetime=timedelta(days=7), now=world.clock.now())
        assert "Este enlace no es válido" in stranger.get(f"/welcome/{LETTER}").text
        assert stranger.get(f"/welcome/{token}").status_code == 200

    @pytest.mark.parametrize("world", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("token", ["x", LETTER[:-1], "\u00f1", "x" * 3000])
    def test_anything_else_is_not_valid(self, stranger: Visitor, token: str) -> None:
        page = stranger.get(f"/welcome/{token}")
        assert page.status_code == 410
        assert "Este enlace no es válido" in page.text

    def test_offers_only_the_registered_type_of_account(
        self, world: World, stranger: Visitor
    ) -> None:
        _change(world, account_kind="f")
        assert "La autoridad registró que ingresas con Facebook" in (
            stranger.get(f"/welcome/{LETTER}").text
        )
        stranger.follow_letter(LETTER)
        page = stranger.get("/sign-in").text
        assert "Ingresar con Google" not in page
        assert "Ingresar con una cuenta local" in page

    def test_of_one_person_is_worth_nothing_to_an_account_of_another(
        self, world: World, stranger: Visitor
    ) -> None:
        Visitor(world.app).sign_in(OTHER)
        stranger.follow_letter(LETTER)
        stranger.sign_in(OTHER)
        # An account that is joined is known by itself, whatever letter was followed.
        assert "Otro Ejemplo Ficticio" in stranger.get("/").text
        with world.database.read() as session:
            owners = session.scalars(select(User.email).join(UserIdentity)).all()
        assert list(owners) == [OTHER_EMAIL]

    def test_passed_on_takes_nobody_who_is_registered_away_from_their_own(
        self, stranger: Visitor
    ) -> None:
        stranger.follow_letter(LETTER)
        stranger.sign_in(OTHER, "google")
        assert "Otro Ejemplo Ficticio" in stranger.get("/").text


class TestRefusals:
    def test_another_type_of_account(self, world: World, stranger: Visitor) -> None:
        _change(world, account_kind="f")
        answer = stranger.sign_in(OWN, "google")
        assert answer.status_code == 403
        assert "No es el tipo de cuenta que registraste" in answer.text

    def test_the_local_provider_stands_for_either(self, world: World, stranger: Visitor) -> None:
        _change(world, account_kind="f")
        assert stranger.sign_in(OWN).location == "/"

    def test_access_that_has_expired(self, world: World, stranger: Visitor) -> None:
        _change(world, expires_at=world.clock.now() - timedelta(seconds=1))
        answer = stranger.sign_in(OWN)
        assert answer.status_code == 403
        assert "Tu acceso venció" in answer.text

    def test_a_request_that_was_deactivated(self, world: World, stranger: Visitor) -> None:
        with world.database.write() as session:
            session.execute(
                update(Aspirante).where(Aspirante.folio_solicitud == "GOB001").values(active=False)
            )
        answer = stranger.sign_in(OWN)
        assert answer.status_code == 403
        assert "Tu solicitud está desactivada" in answer.text

    def test_each_says_whom_to_call(self, world: World, stranger: Visitor) -> None:
        settings = {"capture": {"help_phone": "800 433 2000", "help_mail": "mesa@acopio.example"}}
        with world.database.write() as session:
            session.execute(update(Process).values(settings=settings))
        page = stranger.sign_in(STRANGER).text
        assert 'href="tel:8004332000"' in page
        assert "mesa@acopio.example" in page

    def test_a_stranger_learns_of_no_address_whether_it_is_registered(
        self, world: World, stranger: Visitor
    ) -> None:
        # UNVERIFIED names the address of somebody registered, without a proof.
        registered = stranger.sign_in(UNVERIFIED, "google")
        _change(world, OTHER_EMAIL, email="se-fue@acopio.example")
        nobody = Visitor(world.app).sign_in(UNVERIFIED, "google")
        assert registered.status_code == nobody.status_code == 403
        assert _heading(registered.text) == _heading(nobody.text)

    @pytest.mark.parametrize("world", ["sqlite"], indirect=True)
    @pytest.mark.parametrize(
        "query", ["", "?state=x", "?code=x", "?code=x&state=y", "?error=access_denied", "?state="]
    )
    @pytest.mark.parametrize("name", ["local", "google"])
    def test_a_made_up_return_from_a_provider_is_a_page(
        self, stranger: Visitor, name: str, query: str
    ) -> None:
        answer = stranger.get(f"/sign-in/{name}/callback{query}")
        assert answer.status_code in (303, 400, 403, 502)
        assert answer.status_code == 303 or "No has ingresado" in answer.text


class TestWithdrawal:
    @pytest.mark.parametrize("how", ["deactivated", "expired", "role withdrawn"])
    def test_ends_every_session_at_once(self, world: World, aspirante: Visitor, how: str) -> None:
        assert aspirante.get("/").status_code == 200
        match how:
            case "deactivated":
                _change(world, active=False)
            case "expired":
                _change(world, expires_at=world.clock.now())
            case _:
                with world.database.write() as session:
                    session.execute(delete(RoleGrant).where(RoleGrant.role == "aspirante"))
        assert aspirante.get("/").location == "/sign-in"

    def test_of_the_request_takes_its_pages_away(self, world: World, aspirante: Visitor) -> None:
        with world.database.write() as session:
            session.execute(update(Aspirante).values(active=False))
        assert "Ninguna solicitud activa" in aspirante.get("/").text
        assert aspirante.get("/reports/advance").status_code == 404
        assert aspirante.get(f"/records/{world.own[0]}").status_code == 404


class TestMySessions:
    def test_lists_each_browser_and_ends_another(self, world: World, aspirante: Visitor) -> None:
        other = Visitor(world.app)
        other.client.environ_base["HTTP_USER_AGENT"] = (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"
        )
        other.sign_in(OWN)
        page = aspirante.get("/account/sessions").text
        assert "2 sesiones abiertas" in page
        assert "Chrome en Windows" in page
        with world.database.read() as session:
            number = session.scalars(select(UserSession.id).order_by(UserSession.id.desc())).first()
        assert aspirante.post(f"/account/sessions/{number}/end").status_code == 303
        assert "1 sesión abierta" in aspirante.get("/account/sessions").text
        assert other.get("/").location == "/sign-in"
        assert aspirante.get("/").status_code == 200

    def test_ends_all_others_in_one_step(self, world: World, aspirante: Visitor) -> None:
        others = [Visitor(world.app) for _ in range(2)]
        for other in others:
            other.sign_in(OWN)
        aspirante.get("/account/sessions")
        aspirante.post("/account/sessions/end-others")
        assert [other.get("/").location for other in others] == ["/sign-in"] * 2
        assert aspirante.get("/").status_code == 200

    def test_shows_and_ends_nobody_elses(
        self, world: World, aspirante: Visitor, other_aspirante: Visitor
    ) -> None:
        aspirante.get("/account/sessions")
        for number in (2, 999_999, 2**63, 2**80):
            assert aspirante.post(f"/account/sessions/{number}/end").status_code == 404
        assert other_aspirante.get("/").status_code == 200


def _heading(page: str) -> str:
    return page.partition("<h1>")[2].partition("</h1>")[0]
