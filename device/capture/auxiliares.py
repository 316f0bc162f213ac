"""Sign-in of an auxiliar without a network, against the verifiers of the signed policy."""

from __future__ import annotations

from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from device.capture.errors import SignInError
from domain.clock import Clock
from wire.policy import Auxiliar, Policy, Process

# After this many wrong passwords in a row the account waits, twice as long each time.
_FREE_TRIES = 4
_FIRST_WAIT_S = 30
_LONGEST_WAIT_S = 3600
# Of a password nobody has: an unknown name takes as long as a wrong password.
_NOBODY = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash("nobody")


@dataclass
class _Failures:
    count: int = 0
    wait_until_ms: int = 0


class SignIn:
    """Checks passwords and counts failures, in memory: a restart asks everybody again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[str, _Failures] = {}
        self._hasher = PasswordHasher()

    def check(self, policy: Policy | None, name: str, password: str) -> tuple[Auxiliar, Process]:
        """Return who signed in, and the process of their aspirante.

        Raises:
            SignInError: No policy yet, wrong name or password, too many tries, an account that is
                not activated, was withdrawn or has expired, or a process that is gone.
        """
        if policy is None:
            raise SignInError("no policy yet", code="sign_in.no_policy")
        auxiliar = _find(policy, name)
        key = auxiliar.id if auxiliar is not None else ""
        self._refuse_early(key)
        if auxiliar is not None and not auxiliar.verifier:
            raise SignInError("no password set", code="sign_in.not_activated")
        if not self._matches(auxiliar.verifier if auxiliar else _NOBODY, password) or not auxiliar:
            self._count(key)
            raise SignInError("wrong name or password", code="sign_in.wrong")
        self._failures.pop(key, None)
        return auxiliar, self._process(policy, auxiliar)

    def _process(self, policy: Policy, auxiliar: Auxiliar) -> Process:
        if not auxiliar.is_active:
            raise SignInError("withdrawn", code="sign_in.inactive")
        now_ms = int(self._clock.now().timestamp() * 1000)
        if auxiliar.expires_ms and now_ms >= auxiliar.expires_ms:
            raise SignInError("expired", code="sign_in.expired")
        process = policy.process(auxiliar.process)
        if process is None:
            raise SignInError("its process is not in the policy", code="sign_in.inactive")
        return process

    def _matches(self, verifier: str, password: str) -> bool:
        try:
            return self._hasher.verify(verifier, password)
        except (VerificationError, InvalidHashError):
            return False

    def _refuse_early(self, key: str) -> None:
        failures = self._failures.get(key)
        if failures is not None and self._clock.monotonic_ms() < failures.wait_until_ms:
            raise SignInError("too many tries", code="sign_in.locked")

    def _count(self, key: str) -> None:
        failures = self._failures.setdefault(key, _Failures())
        failures.count += 1
        over = failures.count - _FREE_TRIES
        if over > 0:
            wait_s = min(_FIRST_WAIT_S * 2 ** min(over - 1, 16), _LONGEST_WAIT_S)
            failures.wait_until_ms = self._clock.monotonic_ms() + wait_s * 1000


def _find(policy: Policy, name: str) -> Auxiliar | None:
    wanted = name.strip().casefold()
    if not wanted:
        return None
    by_id = (a for a in policy.auxiliares if a.id.casefold() == wanted)
    by_alias = (a for a in policy.auxiliares if a.alias.casefold() == wanted)
    return next(by_id, None) or next(by_alias, None)
