"""Puts the pages into an application: cookies, languages, sign-in, blueprints, headers, errors."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, request
from flask_wtf.csrf import CSRFProtect

from central.accounts.principal import register_principal
from central.accounts.providers import Provider, register_providers
from central.config import Config, ProviderConfig
from central.errors import ConfigError
from central.portal import (
    account,
    advance,
    auxiliares,
    design,
    detailed,
    errors,
    exports,
    files,
    fleet,
    fleet_orders,
    formats,
    headers,
    health,
    help_desk,
    home,
    language,
    manuals,
    notices,
    objections,
    records,
    registration,
    releases,
    sign_in,
    staff,
    staff_sign_in,
    station_files,
    stations,
    visitor,
    welcome,
)
from central.portal.bodies import InMemoryRequest, bound_body, refuse_nul
from central.secrets import Secrets
from central.services import services

_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


def register(app: Flask) -> None:
    """Add the pages for people; the parts of the application must be installed before.

    Raises:
        ConfigError: People would reach the portal over plain http from another machine, or a
            provider of accounts may not be used.
        SecretError: The secret of a provider cannot be read.
    """
    with app.app_context():
        parts = services()
    app.secret_key = parts.secrets.random("web")
    app.request_class = InMemoryRequest
    # "//" would be answered by a redirect to the host that the request names.
    app.url_map.merge_slashes = False
    _prepare_cookies(app, parts.config)
    _protect_forms(app)
    app.jinja_env.globals["source_url"] = parts.config.portal.source_url
    language.register(app)
    formats.register(app)
    headers.register(app)
    errors.register(app)
    register_principal(app, visitor.load, visitor.send_to_sign_in)
    visitor.register(app)
    sign_in.install(app, _providers(app, parts.config, parts.secrets))
    staff_sign_in.install(app, parts.config.portal)
    assets = Blueprint(
        "portal", __name__, template_folder="templates", static_folder="static",
        static_url_path="/assets",
    )  # fmt: skip
    app.register_blueprint(assets)
    for part in (
        sign_in,
        welcome,
        home,
        advance,
        records,
        objections,
        auxiliares,
        detailed,
        exports,
        files,
        registration,
        manuals,
        help_desk,
        design,
        account,
        notices,
        language,
        health,
        staff_sign_in,
        staff,
        stations,
        station_files,
        releases,
        fleet,
        fleet_orders,
    ):
        app.register_blueprint(part.bp)


def _prepare_cookies(app: Flask, config: Config) -> None:
    address = urlsplit(config.server.public_url)
    secure = address.scheme == "https"
    if not secure and (config.production or address.hostname not in _LOOPBACK_HOSTS):
        raise ConfigError(
            "server.public_url: people reach the portal over https; http is for loopback alone",
            code="config.public_url",
        )
    app.config.update(
        # The prefix binds the cookie to this host, to its root and to https.
        SESSION_COOKIE_NAME="__Host-acopio" if secure else "acopio",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        # Lax, not Strict: the browser comes back from the provider of accounts with it.
        SESSION_COOKIE_SAMESITE="Lax",
    )


def _protect_forms(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # As long as the session: a page may lie open for hours before its form is sent.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    protection = CSRFProtect(app)

    @app.before_request
    def check_form() -> None:
        # Stations carry no cookie: each of their requests proves itself by a signature.
        if request.endpoint is not None and not request.path.startswith("/api/"):
            bound_body(app)
            protection.protect()
            refuse_nul()


def _providers(app: Flask, config: Config, secrets: Secrets) -> dict[str, Provider]:
    def secret_of(provider: ProviderConfig) -> str | None:
        if (secrets.folder / f"provider-{provider.name}.secret").exists():
            return secrets.text(f"provider-{provider.name}")
        return None

    return register_providers(
        app, config.portal.providers, secret_of=secret_of, production=config.production
    )
