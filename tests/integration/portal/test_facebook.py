"""Facebook's sign-in: plain OAuth 2, which proves no address; the letter has to."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from central.accounts import providers
from central.config import ProviderConfig
from central.models import User, UserIdentity
from tests.portal.graph import FACEBOOK, Graph, running_graph
from tests.portal.people import LETTER, OWN_EMAIL
from tests.portal.visitor import Visitor
from tests.portal.world import FACEBOOK_SECRET, NOW, World

BEGIN_WITH_THE_LETTER = "La primera vez, empieza por tu carta"


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Iterator[Graph]:
    """A running stand-in that the portal takes for the Graph API."""
    graph = Graph()
    with running_graph(graph) as address:
        monkeypatch.setattr(providers, "FACEBOOK_GRAPH", address)
        yield graph


@pytest.fixture
def more_providers(graph: Graph) -> tuple[ProviderConfig, ...]:
    """Facebook beside the local provider."""
    del graph
    return (FACEBOOK,)


def _join(world: World, subject: str) -> None:
    with world.database.write() as session:
        user = session.scalars(select(User).where(User.email == OWN_EMAIL)).one()
        session.add(
            UserIdentity(
                user_id=user.id,
                issuer=providers.FACEBOOK_ISSUER,
                subject=subject,
                created_at=NOW,
            )
        )


def _joined(world: World) -> list[str]:
    with world.database.read() as session:
        return [row.subject for row in session.scalars(select(UserIdentity))]


class TestFacebook:
    def test_an_account_that_was_joined_signs_in_by_its_number(
        self, world: World, stranger: Visitor, graph: Graph
    ) -> None:
        _join(world, "10")
        graph.person = {"id": "10"}  # a telephone account has no e-mail
        assert stranger.sign_in_with_facebook().status_code == 303
        assert "Aurora Ejemplo Prueba" in stranger.get("/").text

    def test_an_address_from_facebook_never_joins_an_account(
        self, world: World, stranger: Visitor
    ) -> None:
        answer = stranger.sign_in_with_facebook()
        assert answer.status_code == 403
        assert BEGIN_WITH_THE_LETTER in answer.text
        assert _joined(world) == []

    def test_an_unknown_address_is_answered_as_a_known_one(
        self, world: World, stranger: Visitor, graph: Graph
    ) -> None:
        first = stranger.sign_in_with_facebook()
        graph.person = {"id": "11", "email": "nadie@acopio.example"}
        second = Visitor(world.app).sign_in_with_facebook()
        assert first.status_code == second.status_code == 403
        assert BEGIN_WITH_THE_LETTER in first.text
        assert BEGIN_WITH_THE_LETTER in second.text

    def test_the_letter_followed_in_this_browser_joins_the_account_for_ever(
        self, world: World, stranger: Visitor, graph: Graph
    ) -> None:
        graph.person = {"id": "10"}
        stranger.follow_letter(LETTER)
        assert stranger.sign_in_with_facebook().location == "/"
        assert _joined(world) == ["10"]
        assert Visitor(world.app).sign_in_with_facebook().location == "/"

    def test_the_letter_followed_in_another_browser_joins_nothing(
        self, world: World, stranger: Visitor
    ) -> None:
        Visitor(world.app).follow_letter(LETTER)
        assert stranger.sign_in_with_facebook().status_code == 403
        assert _joined(world) == []

    def test_a_letter_that_expires_on_the_way_joins_nothing(
        self, world: World, stranger: Visitor
    ) -> None:
        stranger.follow_letter(LETTER)
        world.clock.time += timedelta(days=8)
        assert stranger.sign_in_with_facebook().status_code == 403
        assert _joined(world) == []

    def test_is_refused_to_who_registered_an_account_of_google(
        self, world: World, stranger: Visitor
    ) -> None:
        with world.database.write() as session:
            session.execute(update(User).where(User.email == OWN_EMAIL).values(account_kind="g"))
        stranger.follow_letter(LETTER)
        answer = stranger.sign_in_with_facebook()
        assert answer.status_code == 403
        assert "No es el tipo de cuenta que registraste" in answer.text
        assert _joined(world) == []

    def test_the_secret_travels_in_the_body_and_a_code_is_checked(
        self, stranger: Visitor, graph: Graph
    ) -> None:
        assert stranger.sign_in_with_facebook(code="bad").status_code == 502
        assert graph.token_requests[0]["client_secret"] == FACEBOOK_SECRET
        assert graph.authorization_headers == [None]

    def test_how_data_are_deleted_is_told_to_anybody(self, stranger: Visitor) -> None:
        page = stranger.get("/sign-in/data/facebook")
        assert page.status_code == 200
        assert "Para que se elimine ese número" in page.text
