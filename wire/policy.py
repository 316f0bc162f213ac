"""What the centre tells its stations, signed: who captures, for what, sealed to whom; the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from wire import jws
from wire.envelope import Recipient
from wire.errors import PolicyError, ShapeError, TokenError
from wire.keys import KeyRing, Signer, VerifyingKey
from wire.packet import IDENTIFIER
from wire.shape import Limits, decode, encode

VERSION = 1
TYP_POLICY = "acopio-policy+jws"
TYP_TIME = "acopio-time+jws"
_WORD = r"[!-~]{1,64}"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Which credentials end a visit.

    `extended_from` is the first year of vigencia that counts as valid by way of an extension.
    `grounds` are the legal grounds that the screen cites, by the refusal's code: `expired`,
    `other_model`, `none`; one that is absent has the station's own text.
    """

    refuse_expired: bool = True
    extended_from: Annotated[int, Limits(low=0, high=2100, unit="year; 0 for none")] = 0
    grounds: Annotated[Mapping[str, str], Limits(most=2_000)] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Process:
    """One process of citizen support and how its apoyos are captured.

    `opening` is the current key that packets are sealed to, `recovery` the offline one. A period
    of 0 to 0 ms is open. `models` are the credential models accepted.
    """

    id: Annotated[str, Limits(pattern=IDENTIFIER)]
    name: Annotated[str, Limits(most=200)]
    opening: Recipient
    recovery: Recipient
    starts_ms: Annotated[int, Limits(low=0, unit="ms since 1970")] = 0
    ends_ms: Annotated[int, Limits(low=0, unit="ms since 1970")] = 0
    models: Annotated[tuple[str, ...], Limits(pattern=r"C|D|E|F|G|H|new", most=7)] = (
        "C",
        "D",
        "E",
        "F",
        "G",
        "H",
        "new",
    )
    live_photo_required: bool = True
    typed_data_allowed: bool = False
    # A person who cannot sign may be captured without a signature; the record says why.
    unsigned_allowed: bool = True
    attempts_before_fallback: Annotated[int, Limits(low=1, high=20)] = 3
    notice: Annotated[str, Limits(pattern=_WORD)] = "1"
    notice_text: Annotated[str, Limits(most=20_000)] = ""
    # Absent where nothing was set: a station that does not know it yet still reads the policy.
    acceptance: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where citizens must be registered: an entidad's secciones, as ranges with both ends."""

    id: Annotated[str, Limits(pattern=_WORD)]
    entidad: Annotated[int, Limits(low=1, high=99)]
    secciones: Annotated[tuple[tuple[int, int], ...], Limits(low=1, high=9999, most=5_000)]

    def holds(self, seccion: int) -> bool:
        """Say whether a sección lies inside."""
        return any(first <= seccion <= last for first, last in self.secciones)


@dataclass(frozen=True, slots=True)
class Auxiliar:
    """Who may sign in at a station and for which solicitud; the verifier hides itself in `repr`.

    `verifier` is an Argon2id string (PHC), empty until the auxiliar has set a password;
    `activation` is the verifier of the one-time code from the e-mail. `scope` names a scope of the
    policy, empty for anywhere; the period is the aspirante's own, 0 where it is the process's.
    """

    id: Annotated[str, Limits(pattern=IDENTIFIER)]
    solicitud: Annotated[str, Limits(pattern=IDENTIFIER)]
    process: Annotated[str, Limits(pattern=IDENTIFIER)]
    alias: Annotated[str, Limits(most=80)]
    aspirante: Annotated[str, Limits(most=200)] = ""
    verifier: Annotated[str, Limits(most=300)] = field(default="", repr=False)
    activation: Annotated[str, Limits(most=300)] = field(default="", repr=False)
    expires_ms: Annotated[int, Limits(low=0, unit="ms since 1970; 0 never")] = 0
    is_active: bool = True
    scope: Annotated[str, Limits(pattern=r"[!-~]{0,64}")] = ""
    starts_ms: Annotated[int, Limits(low=0, unit="ms since 1970")] = 0
    ends_ms: Annotated[int, Limits(low=0, unit="ms since 1970")] = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """How stations behave, for all processes."""

    purge_after_s: Annotated[int, Limits(low=0, high=90 * 86_400, unit="s after the receipt")] = 0
    hello_every_s: Annotated[int, Limits(low=5, high=86_400, unit="s")] = 300
    policy_every_s: Annotated[int, Limits(low=5, high=86_400, unit="s")] = 900
    capture_allowed: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a station needs from the centre until the next policy; `version` only grows."""

    version: Annotated[int, Limits(low=1)]
    issued_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    processes: Annotated[tuple[Process, ...], Limits(most=100)]
    keys: Annotated[tuple[VerifyingKey, ...], Limits(most=32)]
    auxiliares: Annotated[tuple[Auxiliar, ...], Limits(most=5_000)] = ()
    settings: Settings = Settings()
    scopes: Annotated[tuple[Scope, ...], Limits(most=1_000)] = ()
    # What stations show and print: `citizen_page` (https://…), `help_phone`, `help_mail`.
    texts: Annotated[Mapping[str, str], Limits(most=500)] = field(default_factory=dict)
    minimum_software: Annotated[str, Limits(pattern=_WORD)] = "0"
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION

    def process(self, process_id: str) -> Process | None:
        """Find a process by its identifier."""
        return next((p for p in self.processes if p.id == process_id), None)

    def scope(self, scope_id: str) -> Scope | None:
        """Find a scope by its identifier; None is anywhere."""
        return next((s for s in self.scopes if s.id == scope_id), None)


@dataclass(frozen=True, slots=True)
class TimeToken:
    """The centre's time, given to one station in answer to its nonce."""

    id: Annotated[str, Limits(pattern=_WORD)]
    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    time_ms: Annotated[int, Limits(low=0, unit="ms since 1970")]
    nonce: Annotated[str, Limits(pattern=_WORD)]
    v: Annotated[int, Limits(low=VERSION, high=VERSION)] = VERSION


def sign_policy(policy: Policy, signer: Signer) -> str:
    """Sign a policy with the centre's policy key."""
    return jws.sign(encode(policy), typ=TYP_POLICY, signer=signer)


def verify_policy(token: str, keys: KeyRing, *, at_least: int = 1) -> Policy:
    """Read a policy signed by a key with the role `policy`.

    Args:
        token: The JWS as received or stored.
        keys: The keys of the policy in force, or of the claim at the first time.
        at_least: The version in force; an older one is refused, so that it cannot come back.

    Raises:
        PolicyError: The signature, the shape or the version does not hold.
    """
    try:
        policy = decode(Policy, jws.verify(token, typ=TYP_POLICY, role="policy", keys=keys).claims)
    except (TokenError, ShapeError) as error:
        raise PolicyError(
            f"policy refused: {error}", code=error.code.replace("token", "policy", 1)
        ) from error
    if policy.version < at_least:
        raise PolicyError("policy is older than the one in force", code="policy.older")
    return policy


def sign_time(token: TimeToken, signer: Signer) -> str:
    """Sign a time token with the centre's time key."""
    return jws.sign(encode(token), typ=TYP_TIME, signer=signer)


def verify_time(token: str, keys: KeyRing, *, station: str, nonce: str) -> TimeToken:
    """Read a time token signed by a key with the role `time`, fresh by the station's own nonce.

    Raises:
        PolicyError: The signature, the shape, the station or the nonce does not hold.
    """
    try:
        time = decode(TimeToken, jws.verify(token, typ=TYP_TIME, role="time", keys=keys).claims)
    except (TokenError, ShapeError) as error:
        raise PolicyError(
            f"time token refused: {error}", code=error.code.replace("token", "policy", 1)
        ) from error
    if time.station != station or time.nonce != nonce:
        raise PolicyError("time token answers another question", code="policy.other")
    return time
