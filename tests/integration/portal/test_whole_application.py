"""The portal inside the application that `acopio-central serve` runs."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from central.accounts.providers import register_providers
from central.app import create_app
from central.cli import main
from central.config import Config, PortalConfig, ProviderConfig, read_config
from central.errors import ConfigError
from central.secrets import write_private
from central.services import services

GOOGLE = ProviderConfig("google", "Google", "openid", "https://accounts.google.com", "id")
FACEBOOK = ProviderConfig("facebook", "Facebook", "facebook", "", "id")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A centre as `init` makes it, with Google and Facebook configured."""
    folder = tmp_path_factory.mktemp("centre")
    assert main(["--config", str(folder / "central.toml"), "init"]) == 0
    config = read_config(folder / "central.toml")
    for name in ("google", "facebook"):
        write_private(Path(config.keys.folder) / f"provider-{name}.secret", b"secret\n")
    return dataclasses.replace(config, portal=PortalConfig(providers=(GOOGLE, FACEBOOK)))


@pytest.fixture(scope="module")
def app(config: Config) -> Iterator[Flask]:
    """The application of that centre."""
    app = create_app(config)
    yield app
    with app.app_context():
        services().database.close()


def _behind_https(config: Config) -> Config:
    server = dataclasses.replace(config.server, public_url="https://portal.acopio.example")
    return dataclasses.replace(config, server=server)


class TestWholeApplication:
    def test_shows_a_button_for_each_configured_provider(self, app: Flask) -> None:
        page = app.test_client().get("/sign-in").text
        assert "Ingresar con Google" in page
        assert "Ingresar con Facebook" in page

    def test_leaves_for_facebook_with_a_state_and_comes_back_to_the_public_address(
        self, app: Flask
    ) -> None:
        answer = app.test_client().get("/sign-in/facebook", headers={"Host": "evil.example"})
        assert answer.status_code == 302
        assert answer.location.startswith("https://www.facebook.com/v")
        assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fsign-in%2Ffacebook%2Fcallback" in (
            answer.location
        )
        assert "state=" in answer.location

    def test_answers_supervisors(self, app: Flask) -> None:
        client = app.test_client()
        assert client.get("/health").get_json() == {"status": "ok"}
        assert client.get("/health/ready").status_code == 200

    def test_a_page_that_is_not_there_is_a_page(self, app: Flask) -> None:
        answer = app.test_client().get("/nothing")
        assert answer.status_code == 404
        assert "Esta página no existe" in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")

    def test_a_method_that_is_not_there_is_a_page_too(self, app: Flask) -> None:
        assert "no se puede atender" in app.test_client().delete("/sign-in").text

    def test_stations_get_no_pages_and_need_no_form_token(self, app: Flask) -> None:
        answer = app.test_client().post("/api/v1/hello", json={})
        assert answer.status_code in (400, 401)
        assert answer.mimetype == "application/json"

    def test_a_form_larger_than_any_of_ours_is_refused(self, app: Flask) -> None:
        answer = app.test_client().post("/language", data={"back": "x" * 100_000})
        assert answer.status_code == 413

    def test_keeps_its_cookie_to_encrypted_connections(self, config: Config) -> None:
        app = create_app(_behind_https(config))
        answer = app.test_client().get("/sign-in", base_url="https://portal.acopio.example")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-acopio=")
        for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert attribute in cookie
        assert "Domain" not in cookie

    def test_does_not_serve_people_in_the_clear_beyond_this_machine(self, config: Config) -> None:
        server = dataclasses.replace(config.server, public_url="http://portal.acopio.example")
        with pytest.raises(ConfigError, match="https"):
            create_app(dataclasses.replace(config, server=server))

    def test_a_local_provider_is_refused_in_production(self) -> None:
        local = ProviderConfig("local", "x", "openid", "http://127.0.0.1:9400", "acopio-portal")
        with pytest.raises(ConfigError, match="https"):
            register_providers(Flask("x"), [local], secret_of=lambda _: None, production=True)

    def test_a_provider_that_does_not_answer_has_its_own_page(self, config: Config) -> None:
        nobody = ProviderConfig("local", "nadie", "openid", "http://127.0.0.1:9", "acopio-portal")
        app = create_app(dataclasses.replace(config, portal=PortalConfig(providers=(nobody,))))
        answer = app.test_client().get("/sign-in/local")
        assert answer.status_code == 503
        assert "El proveedor de cuentas no responde" in answer.text

    def test_without_a_provider_the_start_page_says_so(self, config: Config) -> None:
        app = create_app(dataclasses.replace(config, portal=PortalConfig()))
        assert "No hay ninguna forma de ingreso" in app.test_client().get("/sign-in").text

    def test_the_foot_of_each_page_says_where_the_source_is(self, config: Config) -> None:
        source = PortalConfig(source_url="https://source.acopio.example/")
        app = create_app(dataclasses.replace(config, portal=source))
        assert 'href="https://source.acopio.example/"' in app.test_client().get("/sign-in").text
