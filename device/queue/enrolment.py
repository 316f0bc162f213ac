"""What a station knows of itself and of its centre, kept in the spool's database."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated

from device.clock import Anchor
from device.errors import NotEnrolledError
from device.queue.database import Database
from wire.keys import FixedKeyRing, VerifyingKey, verifying_key
from wire.packet import HEX_32, HEX_64, IDENTIFIER, genesis
from wire.policy import Policy, verify_policy
from wire.shape import Limits, decode, encode


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One epoch of a station: its place, its centre, the first link of its chain, and its key.

    `key` names the signing key's file; a new epoch has a new key, and what the old one sealed stays
    verifiable by `public_pem`.
    """

    station: Annotated[str, Limits(pattern=IDENTIFIER)]
    epoch: Annotated[str, Limits(pattern=HEX_32)]
    genesis: Annotated[str, Limits(pattern=HEX_64)]
    server: str
    ca_pem: str = field(repr=False)
    public_pem: str = field(repr=False)
    key: Annotated[str, Limits(pattern=r"[a-z0-9-]{1,64}")]
    keys: Annotated[tuple[VerifyingKey, ...], Limits(most=32)]
    certificate_pem: str = field(default="", repr=False)
    first_registro: Annotated[int, Limits(low=1)] = 1

    def own_ring(self) -> FixedKeyRing:
        """Return the station's own public key, to verify what it sealed itself."""
        return FixedKeyRing((verifying_key(self.public_pem, ("packet", "proof"), self.station),))


def chain_start(station: str, epoch: str, nonce: str) -> str:
    """Return `prev` of the epoch's first packet."""
    return genesis(station, epoch, nonce)


class EnrolmentStore:
    """Reads and writes enrolment, policy, time anchor and what the centre said last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # What is verified stays so: a policy of thousands of auxiliares is read once per version.
        self._verified: tuple[str, Policy] | None = None
        self._current: tuple[str, Enrolment] | None = None

    def save(
        self,
        enrolment: Enrolment,
        policy: str,
        *,
        opened_ms: int,
        facts: Mapping[str, str | None] = MappingProxyType({}),
    ) -> None:
        """Begin an epoch: enrolment, chain head, first policy and `facts` in one transaction."""
        body = json.dumps(encode(enrolment))
        with self._database.write() as connection:
            connection.execute("UPDATE enrolment SET is_current = 0")
            connection.execute(
                "INSERT INTO enrolment (epoch, station, genesis, body, opened_ms, is_current)"
                " VALUES (?, ?, ?, ?, ?, 1)"
                " ON CONFLICT (epoch) DO UPDATE SET is_current = 1, body = excluded.body",
                (enrolment.epoch, enrolment.station, enrolment.genesis, body, opened_ms),
            )
            connection.execute(
                "INSERT INTO head (epoch, seq, link) VALUES (?, 0, ?)"
                " ON CONFLICT (epoch) DO NOTHING",
                (enrolment.epoch, enrolment.genesis),
            )
            connection.execute(
                "DELETE FROM meta WHERE name IN ('server_seq', 'is_revoked',"
                " 'policy_signers', 'receipts_after')"
            )
            _set(connection, "policy", policy)
            for name, fact in facts.items():
                if fact is None:
                    connection.execute("DELETE FROM meta WHERE name = ?", (name,))
                else:
                    _set(connection, name, fact)

    def current(self) -> Enrolment:
        """Return the epoch in force.

        Raises:
            NotEnrolledError: There is none.
        """
        row = self._database.one("SELECT body FROM enrolment WHERE is_current = 1")
        if row is None:
            raise NotEnrolledError("station is not enrolled: acopio-station enrol")
        if self._current is None or self._current[0] != row["body"]:
            self._current = (row["body"], decode(Enrolment, json.loads(row["body"])))
        return self._current[1]

    def epochs(self) -> list[Enrolment]:
        """Return every epoch of this station, oldest first."""
        rows = self._database.all("SELECT body FROM enrolment ORDER BY opened_ms, epoch")
        return [decode(Enrolment, json.loads(row["body"])) for row in rows]

    def centre_ring(self) -> FixedKeyRing:
        """Return the centre's keys: those of the policy in force, or else of the claim."""
        enrolment = self.current()
        if self.get("policy") is None:
            return FixedKeyRing(enrolment.keys)
        return FixedKeyRing(self.policy().keys)

    def policy(self) -> Policy:
        """Return the policy in force, its signature checked once more when it was read.

        Raises:
            NotEnrolledError: There is none.
            PolicyError: What is kept is not what the centre signed.
        """
        token = self.get("policy")
        if token is None:
            raise NotEnrolledError("station has no policy yet: acopio-station deliver --once")
        if self._verified is None or self._verified[0] != token:
            self._verified = (token, verify_policy(token, self.policy_ring()))
        return self._verified[1]

    def save_policy(self, token: str) -> Policy:
        """Keep a newer policy, verified with the keys of the one in force.

        Raises:
            PolicyError: Not the centre's, or older than the one in force.
        """
        # Kiosk and delivery both bring policies: the later one must not put an older one back.
        with self._database.write() as connection:
            policy = verify_policy(token, self.centre_ring(), at_least=self.policy().version)
            signers = json.dumps([encode(key) for key in self.centre_ring().keys])
            _set(connection, "policy", token)
            _set(connection, "policy_signers", signers)
        return policy

    def policy_ring(self) -> FixedKeyRing:
        """Return the keys that the policy in force was accepted with."""
        text = self.get("policy_signers")
        if text is None:
            return FixedKeyRing(self.current().keys)
        return FixedKeyRing(tuple(decode(VerifyingKey, key) for key in json.loads(text)))

    def anchor(self) -> Anchor | None:
        """Return the last signed time of the centre."""
        text = self.get("anchor")
        return None if text is None else Anchor(**json.loads(text))

    def save_anchor(self, anchor: Anchor) -> None:
        """Keep a signed time."""
        self.set("anchor", json.dumps(encode(anchor)))

    def boot_number(self, boot_id: str) -> int:
        """Count this boot once, durably, and return its number."""
        with self._database.write() as connection:
            found = dict(
                connection.execute(
                    "SELECT name, value FROM meta WHERE name IN ('boot_id', 'boot_n')"
                ).fetchall()
            )
            number = int(found.get("boot_n", "0"))
            if found.get("boot_id") != boot_id:
                number += 1
                _set(connection, "boot_id", boot_id)
                _set(connection, "boot_n", str(number))
        return number

    def get(self, name: str) -> str | None:
        """Return one remembered value."""
        row = self._database.one("SELECT value FROM meta WHERE name = ?", (name,))
        return None if row is None else str(row["value"])

    def set(self, name: str, value: str) -> None:
        """Remember one value."""
        with self._database.write() as connection:
            _set(connection, name, value)


def _set(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
