"""When a part of the centre fails, people still get a page that says what to do."""

import pytest
from sqlalchemy import text

from central.errors import DatabaseNotReadyError, VaultUnavailableError
from central.portal import advance as advance_page
from tests.portal.visitor import Visitor
from tests.portal.world import World


class TestFailures:
    def test_a_broken_database_is_told_on_a_page_with_all_headers(
        self, world: World, aspirante: Visitor
    ) -> None:
        with world.database.writer().begin() as connection:
            connection.execute(text("DROP TABLE user_sessions"))
        answer = aspirante.get("/reports/advance")
        assert answer.status_code == 500
        assert "Algo falló de nuestro lado" in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")

    @pytest.mark.parametrize("world", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("error", [DatabaseNotReadyError, VaultUnavailableError])
    def test_a_part_that_does_not_answer_asks_for_patience(
        self,
        aspirante: Visitor,
        monkeypatch: pytest.MonkeyPatch,
        error: type[DatabaseNotReadyError],
    ) -> None:
        def fail(*_: object) -> None:
            raise error("it does not answer")

        monkeypatch.setattr(advance_page, "advance", fail)
        answer = aspirante.get("/reports/advance")
        assert answer.status_code == 503
        assert "El servicio no está disponible" in answer.text
        assert "it does not answer" not in answer.text

    @pytest.mark.parametrize("world", ["sqlite"], indirect=True)
    def test_readiness_says_when_the_database_is_gone(
        self, world: World, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail() -> None:
            raise DatabaseNotReadyError("gone")

        monkeypatch.setattr(world.database, "require", fail)
        assert stranger.get("/health").status_code == 200
        answer = stranger.get("/health/ready")
        assert (answer.status_code, answer.get_json()) == (503, {"status": "database.not_ready"})


class TestNul:
    @pytest.mark.parametrize(
        "path", ["/records/%00", "/reports/advance?solicitud=%00", "/auxiliares?after=%00"]
    )
    def test_in_an_address_is_refused_on_both_databases(
        self, aspirante: Visitor, path: str
    ) -> None:
        assert aspirante.get(path).status_code == 400

    def test_in_a_form_is_refused_on_both_databases(self, stranger: Visitor) -> None:
        stranger.get("/staff/sign-in")
        answer = stranger.post("/staff/sign-in", email="a\0@acopio.example", password="x", code="")
        assert answer.status_code == 400
        assert "no se puede atender" in answer.text
