"""The provider as a Flask application: discovery, keys, the chooser of accounts, tokens."""

from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from joserfc.jwk import RSAKey

from central.accounts.local_provider.accounts import DEFAULT_ACCOUNTS, Account
from central.accounts.local_provider.grants import (
    Client,
    LocalUserInfo,
    S256CodeChallenge,
    Store,
    code_grant,
    open_id_code,
    token_validator,
)

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class NotLoopbackError(ValueError):
    """The provider was asked to serve something else than this machine."""


def create_provider(
    issuer: str, client: Client, accounts: tuple[Account, ...] = DEFAULT_ACCOUNTS
) -> Flask:
    """Build the provider for one client; its signing key lives as long as the process.

    Raises:
        NotLoopbackError: The issuer or a redirect address is not on loopback.
    """
    for url in (issuer, *client.redirect_uris):
        if urlsplit(url).hostname not in LOOPBACK_HOSTS:
            raise NotLoopbackError(f"the local provider serves loopback addresses only, not {url}")
    issuer = issuer.rstrip("/")
    key = RSAKey.generate_key(2048, auto_kid=True)
    store = Store(client, accounts)
    app = Flask("central.accounts.local_provider")
    server = _authorization_server(app, store, issuer, key)
    _serve_metadata(app, issuer, key)
    _serve_sign_in(app, server, store)
    _add_headers(app, client)
    return app


def _authorization_server(app: Flask, store: Store, issuer: str, key: RSAKey) -> Any:
    app.config["OAUTH2_SCOPES_SUPPORTED"] = ["openid", "email", "profile"]
    server = AuthorizationServer(app, query_client=store.query_client, save_token=store.save_token)
    server.register_grant(
        code_grant(store), [S256CodeChallenge(required=True), open_id_code(store, issuer, key)]
    )
    protector = ResourceProtector()
    protector.register_token_validator(token_validator(store))
    server.register_endpoint(LocalUserInfo(resource_protector=protector))
    return server


def _serve_metadata(app: Flask, issuer: str, key: RSAKey) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{issuer}/token",
            userinfo_endpoint=f"{issuer}/userinfo",
            jwks_uri=f"{issuer}/jwks.json",
            response_types_supported=["code"],
            response_modes_supported=["query"],
            grant_types_supported=["authorization_code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            token_endpoint_auth_methods_supported=[
                "client_secret_basic",
                "client_secret_post",
                "none",
            ],
            code_challenge_methods_supported=["S256"],
            scopes_supported=["openid", "email", "profile"],
            claims_supported=["sub", "name", "email", "email_verified"],
        )

    @app.get("/jwks.json")
    def keys() -> ResponseReturnValue:
        return jsonify(keys=[key.as_dict(private=False)])

    @app.get("/health")
    def health() -> ResponseReturnValue:
        return jsonify(status="ok")


def _serve_sign_in(app: Flask, server: Any, store: Store) -> None:
    @app.get("/authorize")
    def choose_account() -> ResponseReturnValue:
        try:
            server.get_consent_grant(end_user=None)
        except OAuth2Error as error:
            return render_template("error.html", error=error), 400
        return render_template("choose.html", accounts=store.accounts.values())

    @app.post("/authorize")
    def authorize() -> ResponseReturnValue:
        if "cancel" in request.form:
            account = None
        elif (account := store.accounts.get(request.form.get("account", ""))) is None:
            abort(400)
        try:
            grant = server.get_consent_grant(end_user=account)
        except OAuth2Error as error:
            return render_template("error.html", error=error), 400
        response: Response = server.create_authorization_response(grant_user=account, grant=grant)
        return response

    @app.post("/token")
    def token() -> ResponseReturnValue:
        response: Response = server.create_token_response()
        return response

    @app.route("/userinfo", methods=["GET", "POST"])
    def user_info() -> ResponseReturnValue:
        response: Response = server.create_endpoint_response("userinfo")
        return response


def _add_headers(app: Flask, client: Client) -> None:
    # A browser applies form-action to the redirect that answers a form, so the client is named.
    origins = sorted(
        {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, client.redirect_uris)}
    )
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {' '.join(origins)}"
    )

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response
