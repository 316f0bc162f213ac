"""Orders that open SSH on one station, for one key, from one network, until a moment.

Signed with a key of its own, whose public half step 80 left on the station. Eight hours at most, so
that a forgotten one ends by itself; the end is also in the key's own line (sshd(8), expiry-time).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from provisioning.steps.errors import RefusedError
from wire.canonical import Json
from wire.errors import WireError
from wire.jws import sign, verify
from wire.keys import FixedKeyRing, Signer, verifying_key

LONGEST = timedelta(hours=8)
# Clocks of two machines are never quite the same.
_TOLERANCE = timedelta(minutes=5)
_TYPE = "acopio-ssh+jws"
_ROLE = "ssh"
_KEY = re.compile(r"(?:ssh-ed25519|ecdsa-sha2-nistp256|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]{40,1000}=*")


@dataclass(frozen=True)
class Opening:
    """What a verified order allows."""

    key: str
    network: str
    until: datetime

    @property
    def authorized_line(self) -> str:
        """The line of authorized_keys: a terminal, from there, until then, and nothing else."""
        until = self.until.strftime("%Y%m%d%H%M%SZ")
        return f'restrict,pty,from="{self.network}",expiry-time="{until}" {self.key}\n'


def issue(
    *, station: str, key: str, network: str, now: datetime, lasting: timedelta, signer: Signer
) -> str:
    """Sign an order.

    Raises:
        RefusedError: Too long, no key of SSH, or no IPv4 network.
    """
    _require(key, network, lasting)
    claims: Json = {
        "station": station,
        "key": key,
        "network": network,
        "from_s": int(now.timestamp()),
        "until_s": int((now + lasting).timestamp()),
    }
    return sign(claims, typ=_TYPE, signer=signer)


def read(token: str, *, station: str, public_pem: str, now: datetime) -> Opening:
    """Verify an order for this station at this moment.

    Raises:
        RefusedError: Not signed by that key, for another station, too early, over, or too wide.
    """
    try:
        ring = FixedKeyRing((verifying_key(public_pem, (_ROLE,)),))
        claims = verify(token.strip(), typ=_TYPE, role=_ROLE, keys=ring).claims
    except WireError as error:
        raise RefusedError(f"la orden no está bien firmada ({error.code})") from error
    if not isinstance(claims, dict):
        raise RefusedError("la orden no dice lo que debe")
    try:
        wanted, key, network = (str(claims[name]) for name in ("station", "key", "network"))
        since = datetime.fromtimestamp(int(str(claims["from_s"])), UTC)
        until = datetime.fromtimestamp(int(str(claims["until_s"])), UTC)
    except (KeyError, ValueError, OverflowError) as error:
        raise RefusedError("la orden no dice lo que debe") from error
    _require(key, network, until - since)
    if wanted != station:
        raise RefusedError("la orden es para otra estación")
    if now < since - _TOLERANCE:
        raise RefusedError("la orden todavía no vale: revise la hora de la estación")
    if now >= until:
        raise RefusedError("la orden ya venció: pida otra")
    return Opening(key, network, until)


def _require(key: str, network: str, lasting: timedelta) -> None:
    if not timedelta() < lasting <= LONGEST:
        raise RefusedError(f"una orden vale {LONGEST.seconds // 3600} horas a lo más")
    if not _KEY.fullmatch(key):
        raise RefusedError(
            "la llave de SSH debe ser Ed25519, ECDSA P-256 o de hardware, sin nombre"
        )
    try:
        if ipaddress.IPv4Network(network).prefixlen < 8:
            raise RefusedError("la red es demasiado ancha")
    except ValueError as error:
        raise RefusedError(f"{network} no es una red IPv4") from error
