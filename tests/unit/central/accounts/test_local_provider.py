"""The local provider: what it refuses to be, and what it refuses to give."""

import socket
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from central.accounts.local_provider import (
    Account,
    AccountsError,
    Client,
    create_provider,
    read_accounts,
)
from central.accounts.local_provider.__main__ import main
from central.accounts.local_provider.provider import NotLoopbackError

REDIRECT = "http://127.0.0.1:8080/sign-in/local/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
REQUEST = {
    "response_type": "code",
    "client_id": "acopio-portal",
    "redirect_uri": REDIRECT,
    "scope": "openid email",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture
def browser() -> FlaskClient:
    accounts = (Account("one", "Persona Uno", "uno@acopio.example"),)
    app = create_provider("http://127.0.0.1:9400", Client("acopio-portal", (REDIRECT,)), accounts)
    return app.test_client()


def _code(browser: FlaskClient, **changes: str) -> str:
    query = {**REQUEST, **changes}
    answer = browser.post("/authorize", query_string=query, data={"account": "one"})
    assert answer.status_code == 302, answer.text
    return answer.location.partition("code=")[2].partition("&")[0]


def _token_form(code: str, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "client_id": "acopio-portal",
        "redirect_uri": REDIRECT,
        "code": code,
        "code_verifier": VERIFIER,
        **changes,
    }


class TestProtocol:
    def test_publishes_what_it_does(self, browser: FlaskClient) -> None:
        found = browser.get("/.well-known/openid-configuration").get_json()
        assert found["issuer"] == "http://127.0.0.1:9400"
        assert found["code_challenge_methods_supported"] == ["S256"]
        assert "d" not in browser.get("/jwks.json").get_json()["keys"][0]

    def test_gives_an_identity_token_for_a_proved_code(self, browser: FlaskClient) -> None:
        answer = browser.post("/token", data=_token_form(_code(browser)))
        assert answer.status_code == 200
        assert answer.get_json()["id_token"].count(".") == 2
        bearer = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
        claims = browser.get("/userinfo", headers=bearer).get_json()
        assert claims["sub"] == "one"
        assert claims["email"] == "uno@acopio.example"

    @pytest.mark.parametrize(
        "changes",
        [
            {"code_verifier": "x" * 43},
            {"code_verifier": ""},
            {"redirect_uri": "http://127.0.0.1:8080/elsewhere"},
            {"client_id": "somebody-else"},
        ],
    )
    def test_gives_nothing_without_the_proof(
        self, browser: FlaskClient, changes: dict[str, str]
    ) -> None:
        answer = browser.post("/token", data=_token_form(_code(browser), **changes))
        assert answer.status_code in (400, 401)
        assert "id_token" not in answer.text

    def test_a_code_is_good_once(self, browser: FlaskClient) -> None:
        form = _token_form(_code(browser))
        assert browser.post("/token", data=form).status_code == 200
        assert browser.post("/token", data=form).status_code == 400

    @pytest.mark.parametrize(
        "changes",
        [
            {"code_challenge_method": "plain"},
            {"redirect_uri": "http://127.0.0.1:8080/elsewhere"},
            {"client_id": "somebody-else"},
            {"nonce": ""},
            {"scope": "openid everything"},
        ],
    )
    def test_refuses_a_request_it_should_not_answer(
        self, browser: FlaskClient, changes: dict[str, str]
    ) -> None:
        answer = browser.get("/authorize", query_string={**REQUEST, **changes})
        assert answer.status_code == 400

    def test_refuses_a_nonce_that_was_used(self, browser: FlaskClient) -> None:
        _code(browser)
        answer = browser.get("/authorize", query_string=REQUEST)
        assert answer.status_code == 400

    def test_an_account_that_is_not_there_cannot_be_chosen(self, browser: FlaskClient) -> None:
        answer = browser.post("/authorize", query_string=REQUEST, data={"account": "two"})
        assert answer.status_code == 400


class TestWhereItStarts:
    def test_serves_loopback_alone(self) -> None:
        with pytest.raises(NotLoopbackError):
            create_provider("https://accounts.example", Client("c", (REDIRECT,)))
        with pytest.raises(NotLoopbackError):
            create_provider("http://127.0.0.1:1", Client("c", ("https://portal.example/cb",)))

    def test_refuses_to_start_beside_a_production_configuration(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        config = tmp_path / "central.toml"
        config.write_text("production = true\n")
        assert main(["--redirect-uri", REDIRECT, "--config", str(config)]) == 2
        assert "production" in capsys.readouterr().err

    @pytest.mark.parametrize("bind", ["0.0.0.0:9400", "acopio.example:9400", "127.0.0.1"])
    def test_refuses_to_listen_elsewhere(
        self, bind: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--redirect-uri", REDIRECT, "--bind", bind]) == 2
        assert "loopback" in capsys.readouterr().err

    def test_says_when_its_port_is_taken(self, capsys: pytest.CaptureFixture[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            bind = f"127.0.0.1:{taken.getsockname()[1]}"
            assert main(["--redirect-uri", REDIRECT, "--bind", bind]) == 2
        assert "refused" in capsys.readouterr().err


class TestAccounts:
    def test_are_read_from_toml(self, tmp_path: Path) -> None:
        path = tmp_path / "accounts.toml"
        path.write_text(
            '[[account]]\nsubject = "a"\nname = "A"\nemail = "a@acopio.example"\n'
            '[[account]]\nsubject = "b"\nname = "B"\nemail = "b@acopio.example"\n'
            "email_verified = false\n"
        )
        first, second = read_accounts(path)
        assert (first.subject, first.email_verified) == ("a", True)
        assert not second.email_verified

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[[account]]\n",
            '[[account]]\nsubject = "a"\nname = "A"\nemail = 1\n',
            '[[account]]\nsubject = "a"\nname = "A"\nemail = "a@x"\npassword = "p"\n',
            '[[account]]\nsubject="a"\nname="A"\nemail="a"\n' * 2,
            "not toml",
        ],
    )
    def test_a_file_that_is_wrong_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "accounts.toml"
        path.write_text(text)
        with pytest.raises(AccountsError):
            read_accounts(path)
