"""Sign-in of an auxiliar without a network, against the verifiers of the signed policy."""

from __future__ import annotations

from dataclasses import dataclass

from device.capture.errors import SignInError
from device.capture.passwords import is_right, new_verifier
from domain.clock import Clock
from wire.policy import Auxiliar, Policy, Process

# After this many wrong passwords in a row the account waits, twice as long each time.
_FREE_TRIES = 4
_FIRST_WAIT_S = 30
_LONGEST_WAIT_S = 3600
# Of a password nobody has: an unknown name takes as long as a wrong password.
_NOBODY = new_verifier("nobody")


@dataclass
class _Failures:
    count: int = 0
    wait_until_ms: int = 0


class Tries:
    """Counts failures by name, in memory; who fails often waits, twice as long each time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: dict[str, _Failures] = {}

    def require(self, key: str) -> None:
        """Let a try begin.

        Raises:
            SignInError: `sign_in.locked`, with the seconds left.
        """
        failures = self._failures.get(key)
        left_ms = failures.wait_until_ms - self._clock.monotonic_ms() if failures else 0
        if left_ms > 0:
            raise SignInError("too many tries", code="sign_in.locked", wait_s=-(-left_ms // 1000))

    def failed(self, key: str) -> None:
        """Count a try that failed."""
        failures = self._failures.setdefault(key, _Failures())
        failures.count += 1
        over = failures.count - _FREE_TRIES
        if over > 0:
            wait_s = min(_FIRST_WAIT_S * 2 ** min(over - 1, 16), _LONGEST_WAIT_S)
            failures.wait_until_ms = self._clock.monotonic_ms() + wait_s * 1000

    def succeeded(self, key: str) -> None:
        """Forget the failures."""
        self._failures.pop(key, None)


class SignIn:
    """Checks passwords and counts failures: a restart asks everybody again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries = Tries(clock)

    def check(self, policy: Policy | None, name: str, password: str) -> tuple[Auxiliar, Process]:
        """Return who signed in, and the process of their aspirante.

        Raises:
            SignInError: No policy yet, wrong name or password, too many tries, an account that is
                not activated, was withdrawn or has expired, or a process that is gone.
        """
        if policy is None:
            raise SignInError("no policy yet", code="sign_in.no_policy")
        auxiliar = find_auxiliar(policy, name)
        key = auxiliar.id if auxiliar is not None else ""
        self._tries.require(key)
        if auxiliar is not None and not auxiliar.verifier:
            raise SignInError("no password set", code="sign_in.not_activated")
        if not is_right(password, auxiliar.verifier if auxiliar else _NOBODY) or not auxiliar:
            self._tries.failed(key)
            raise SignInError("wrong name or password", code="sign_in.wrong")
        self._tries.succeeded(key)
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


def find_auxiliar(policy: Policy, name: str) -> Auxiliar | None:
    """Return the auxiliar of an identifier or alias, in any case of letters."""
    wanted = name.strip().casefold()
    if not wanted:
        return None
    by_id = (a for a in policy.auxiliares if a.id.casefold() == wanted)
    by_alias = (a for a in policy.auxiliares if a.alias.casefold() == wanted)
    return next(by_id, None) or next(by_alias, None)
