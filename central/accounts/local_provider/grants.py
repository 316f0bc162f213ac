"""What Authlib's authorization server asks of us: a client, codes, tokens and claims in memory."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo, UserInfoEndpoint
from joserfc.jwk import RSAKey

from central.accounts.local_provider.accounts import Account

CODE_LIFETIME_S = 60
TOKEN_LIFETIME_S = 600


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """The portal as the provider knows it: public with PKCE, or with a secret as well."""

    client_id: str
    redirect_uris: tuple[str, ...]
    client_secret: str | None = field(default=None, repr=False)
    id_token_signed_response_alg: str = "RS256"  # noqa: S105  (an algorithm)

    @property
    def client_metadata(self) -> dict[str, str]:
        return {}

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str | None) -> str:
        asked = (scope or "").split()
        return " ".join(word for word in asked if word in ("openid", "email", "profile"))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        expected = self.client_secret
        return expected is not None and secrets.compare_digest(expected, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        if self.client_secret is None:
            return method == "none"
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """One authorization code: used once, within a minute, by the client it was made for."""

    code: str = field(repr=False)
    client_id: str
    redirect_uri: str
    scope: str
    subject: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    auth_time: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass(frozen=True)
class AccessToken(TokenMixin):  # type: ignore[misc]
    """One access token; it opens the user-info endpoint and nothing else."""

    client: Client
    account: Account
    scope: str
    expires_at: float

    def check_client(self, client: Client) -> bool:
        return client.client_id == self.client.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return TOKEN_LIFETIME_S

    def is_expired(self) -> bool:
        return self.expires_at < time.time()

    def is_revoked(self) -> bool:
        return False

    def get_user(self) -> Account:
        return self.account

    def get_client(self) -> Client:
        return self.client


class Store:
    """Codes and tokens of one provider process; gone when it ends, as a demo's should be."""

    def __init__(self, client: Client, accounts: tuple[Account, ...]) -> None:
        self.client = client
        self.accounts = {account.subject: account for account in accounts}
        self._codes: dict[str, Code] = {}
        self._nonces: set[str] = set()
        self._tokens: dict[str, AccessToken] = {}
        self._lock = threading.Lock()

    def query_client(self, client_id: str) -> Client | None:
        return self.client if client_id == self.client.client_id else None

    def add_code(self, code: Code) -> None:
        with self._lock:
            self._codes[code.code] = code
            if code.nonce:
                self._nonces.add(code.nonce)

    def take_code(self, text: str, client_id: str) -> Code | None:
        """Give a code out once: the second asker, and whoever comes late, gets nothing."""
        with self._lock:
            code = self._codes.pop(text, None)
        if code is None or code.client_id != client_id:
            return None
        return code if time.time() - code.auth_time <= CODE_LIFETIME_S else None

    def has_nonce(self, nonce: str) -> bool:
        with self._lock:
            return nonce in self._nonces

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        entry = AccessToken(
            request.client, request.user, token["scope"], time.time() + TOKEN_LIFETIME_S
        )
        with self._lock:
            self._tokens[token["access_token"]] = entry

    def token(self, text: str) -> AccessToken | None:
        with self._lock:
            return self._tokens.get(text)


def claims_of(account: Account, scope: str) -> UserInfo:
    """Give the claims of an account which the scope asks for."""
    info = UserInfo(
        sub=account.subject,
        name=account.name,
        email=account.email,
        email_verified=account.email_verified,
    )
    return info.filter(scope)


def code_grant(store: Store) -> type[AuthorizationCodeGrant]:
    """Make the authorization code grant over one store; Authlib wants a class, not an object."""

    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ]

        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            store.add_code(
                Code(
                    code=code,
                    client_id=request.client.client_id,
                    redirect_uri=request.payload.redirect_uri,
                    scope=request.scope,
                    subject=request.user.subject,
                    nonce=asked.get("nonce"),
                    code_challenge=asked.get("code_challenge"),
                    code_challenge_method=asked.get("code_challenge_method"),
                    auth_time=int(time.time()),
                )
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return store.take_code(code, client.client_id)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            """Do nothing: `Store.take_code` removed it when it was asked for."""

        def authenticate_user(self, authorization_code: Code) -> Account | None:
            return store.accounts.get(authorization_code.subject)

    return Grant


class S256CodeChallenge(CodeChallenge):  # type: ignore[misc]
    """PKCE with S256 alone, asked of every client (RFC 7636; `plain` proves nothing)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar = ["S256"]


def open_id_code(store: Store, issuer: str, key: RSAKey) -> OpenIDCode:
    """Make the OpenID extension: identity tokens signed with `key`, a nonce accepted once."""

    class Extension(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return store.has_nonce(nonce)

        def resolve_client_private_key(self, client: Client) -> RSAKey:
            return key

        def get_encode_header(self, client: Client) -> dict[str, str]:
            return {"alg": "RS256", "kid": str(key.kid)}

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": issuer, "aud": [client.client_id]}

        def generate_user_info(self, user: Account, scope: str) -> UserInfo:
            return claims_of(user, scope)

    return Extension(require_nonce=True)


class LocalUserInfo(UserInfoEndpoint):  # type: ignore[misc]
    """The user-info endpoint: the same claims as the identity token."""

    def generate_user_info(self, user: Account, scope: str) -> UserInfo:
        return claims_of(user, scope)


def token_validator(store: Store) -> BearerTokenValidator:
    class Validator(BearerTokenValidator):  # type: ignore[misc]
        def authenticate_token(self, token_string: str) -> AccessToken | None:
            return store.token(token_string)

    return Validator()
