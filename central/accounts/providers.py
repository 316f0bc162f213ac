"""Signing in with an account elsewhere: OpenID Connect (Google, local) and Facebook's OAuth 2.

Authlib does the protocol: discovery, PKCE with S256, state, nonce, and the checks of the signed
identity token. Facebook's web sign-in has no identity token: it is plain OAuth 2, its e-mail may be
absent and is never taken as verified.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from central.accounts.identity import Identity
from central.config import ProviderConfig
from central.errors import ConfigError
from central.models import AccountKind

_log = logging.getLogger(__name__)

FACEBOOK_ISSUER = "https://www.facebook.com"
FACEBOOK_DIALOG = "https://www.facebook.com"
FACEBOOK_GRAPH = "https://graph.facebook.com"
# Facebook retires a version of its Graph API about two years after its release.
FACEBOOK_GRAPH_VERSION = "v25.0"
_TIMEOUT_S = 10
# By the name in the settings; a provider of another name (the local one) stands for either.
ACCOUNT_KINDS = {"google": AccountKind.GOOGLE, "facebook": AccountKind.FACEBOOK}


class Interruption(StrEnum):
    """Why a sign-in ended before anybody was identified."""

    CANCELLED = "cancelled"
    STALE = "stale"
    UNAVAILABLE = "unavailable"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Provider:
    """One configured way to sign in: what its button says, and Authlib's client for it."""

    name: str
    label: str
    kind: str
    client: Any = field(repr=False)

    @property
    def account_kind(self) -> AccountKind | None:
        """Give the tipo de cuenta it stands for; None for one that stands for any."""
        return ACCOUNT_KINDS.get(self.name)

    def leave(self, redirect_uri: str) -> Response | Interruption:
        """Send the browser to the provider; it comes back to `redirect_uri`."""
        try:
            response: Response = self.client.authorize_redirect(redirect_uri)
        except (requests.RequestException, ValueError, RuntimeError) as error:
            self._warn("unavailable", type(error).__name__)
            return Interruption.UNAVAILABLE
        return response

    def come_back(self) -> Identity | Interruption:
        """Finish the sign-in with what the provider put into the address of this request."""
        try:
            if self.kind == "facebook":
                return _facebook_identity(self.client)
            return _open_id_identity(self.client)
        except MismatchingStateError:
            return Interruption.STALE
        except OAuthError as error:
            if error.error == "access_denied":
                return Interruption.CANCELLED
            self._warn("rejected", str(error.error))
            return Interruption.REJECTED
        except requests.RequestException as error:
            self._warn("unavailable", type(error).__name__)
            return Interruption.UNAVAILABLE
        except (JoseError, KeyError, ValueError) as error:
            self._warn("rejected", type(error).__name__)
            return Interruption.REJECTED

    def _warn(self, event: str, error: str) -> None:
        _log.warning("sign_in.%s provider=%s error=%s", event, self.name, error)


def register_providers(
    app: Flask,
    configs: Iterable[ProviderConfig],
    *,
    secret_of: Callable[[ProviderConfig], str | None],
    production: bool,
) -> dict[str, Provider]:
    """Register what is configured, in order; no provider is asked before somebody signs in.

    `secret_of` gives the client secret of a provider, or None for a public client.

    Raises:
        ConfigError: In production, an issuer that is not reached over https.
    """
    oauth = OAuth(app)
    providers = {}
    for config in configs:
        secret = secret_of(config)
        if config.kind == "facebook":
            client = _register_facebook(oauth, config, secret)
        else:
            if production and not config.issuer.startswith("https://"):
                raise ConfigError(
                    f"portal.providers.{config.name}: in production the issuer is an https address",
                    code="config.provider",
                )
            client = _register_open_id(oauth, config, secret)
        providers[config.name] = Provider(config.name, config.label, config.kind, client)
    return providers


def _register_open_id(oauth: OAuth, config: ProviderConfig, secret: str | None) -> Any:
    options = {
        "scope": "openid email profile",
        "code_challenge_method": "S256",
        "default_timeout": _TIMEOUT_S,
    }
    if secret is None:
        options["token_endpoint_auth_method"] = "none"  # noqa: S105  (a method's name)
    return oauth.register(
        config.name,
        client_id=config.client_id,
        client_secret=secret,
        server_metadata_url=f"{config.issuer.rstrip('/')}/.well-known/openid-configuration",
        authorize_params={"prompt": "select_account"},
        client_kwargs=options,
    )


def _register_facebook(oauth: OAuth, config: ProviderConfig, secret: str | None) -> Any:
    graph = f"{FACEBOOK_GRAPH}/{FACEBOOK_GRAPH_VERSION}/"
    return oauth.register(
        config.name,
        client_id=config.client_id,
        client_secret=secret,
        authorize_url=f"{FACEBOOK_DIALOG}/{FACEBOOK_GRAPH_VERSION}/dialog/oauth",
        access_token_url=f"{graph}oauth/access_token",
        api_base_url=graph,
        client_kwargs={
            "scope": "email",
            "token_endpoint_auth_method": "client_secret_post",
            "default_timeout": _TIMEOUT_S,
        },
    )


def _open_id_identity(client: Any) -> Identity:
    token = client.authorize_access_token()
    # Authlib skips the check when the answer has no identity token: without one nobody signs in.
    claims = token["userinfo"]
    email = claims.get("email")
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=str(email).lower() if email else None,
        email_verified=claims.get("email_verified") is True,
    )


def _facebook_identity(client: Any) -> Identity:
    client.authorize_access_token()
    answer = client.get("me", params={"fields": "id,email"})
    answer.raise_for_status()
    person = answer.json()
    email = person.get("email")
    return Identity(
        issuer=FACEBOOK_ISSUER,
        subject=str(person["id"]),
        email=str(email).lower() if email else None,
        email_verified=False,
    )
