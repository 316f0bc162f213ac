"""Activation of an auxiliar at this station: code, data confirmed, a password of their own.

The password becomes an Argon2id verifier here, and only that travels. One activation goes on at a
time, in memory, and ends by itself when it is left alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from device.capture.auxiliares import Tries, find_auxiliar
from device.capture.errors import ActivationError
from device.capture.passwords import fault, is_right, new_verifier
from device.errors import (
    NotEnrolledError,
    ServerBusyError,
    ServerRefusedError,
    ServerUnreachableError,
    StationError,
)
from domain.activation_code import parse_activation_code
from domain.clock import Clock
from domain.errors import ActivationCodeError
from wire.api import ActivateRequest, ErrorCode
from wire.errors import WireError
from wire.policy import Auxiliar, Policy, Process

_LEFT_ALONE_S = 600
_REFUSALS = frozenset(
    {
        ErrorCode.ACTIVATION_WRONG,
        ErrorCode.ACTIVATION_EXPIRED,
        ErrorCode.ACTIVATION_USED,
        ErrorCode.ACTIVATION_LOCKED,
        ErrorCode.ACTIVATION_WITHDRAWN,
    }
)
# Every way in which an activation ends without a password, but for the password's own faults.
CODES = _REFUSALS | {
    "activation.malformed",
    "activation.no_network",
    "activation.busy",
    "activation.refused",
    "activation.failed",
    "activation.not_begun",
}


class Centre(Protocol):
    """The centre, asked while a person waits; it raises `StationError` and `WireError`."""

    def fetch_policy(self) -> Policy: ...
    def activate(self, request: ActivateRequest) -> Policy: ...


@dataclass(frozen=True)
class Opened:
    """An activation that goes on: whose it is, and whether they said that they are that person.

    `key` tells the browser that began it from any other.
    """

    key: str
    auxiliar: Auxiliar
    process: Process
    code: str = field(repr=False)
    is_confirmed: bool = False


class Activation:
    """The activations of a station, one after another.

    No lock is held while the centre is asked: a station that waits for it still captures.
    """

    def __init__(self, centre: Centre, policy: Callable[[], Policy], clock: Clock) -> None:
        self._centre = centre
        self._policy = policy
        self._clock = clock
        self._tries = Tries(clock)
        self._opened: Opened | None = None
        self._touched_ms = clock.monotonic_ms()

    def begin(self, name: str, code: str) -> Opened:
        """Check a one-time code, against a fresh policy where the one in force does not have it.

        Raises:
            ActivationError: The leaf's code says why.
            SignInError: Too many wrong codes; it says how long to wait.
        """
        self._opened = None
        try:
            code = parse_activation_code(code)
        except ActivationCodeError as error:
            raise ActivationError("not a code", code="activation.malformed") from error
        self._tries.require(name.strip().casefold())
        found = _find(self._known(), name, code)
        if found is None:
            fresh = self._asked(self._centre.fetch_policy)
            found = _find(fresh, name, code)
        if found is None:
            self._tries.failed(name.strip().casefold())
            is_used = _is_used(fresh, name)
            raise ActivationError(
                "another code",
                code=ErrorCode.ACTIVATION_USED if is_used else ErrorCode.ACTIVATION_WRONG,
            )
        self._tries.succeeded(name.strip().casefold())
        auxiliar, process = found
        if not auxiliar.is_active:
            raise ActivationError("withdrawn", code=ErrorCode.ACTIVATION_WITHDRAWN)
        self._opened = Opened(secrets.token_hex(16), auxiliar, process, code)
        self._touched_ms = self._clock.monotonic_ms()
        return self._opened

    def opened(self, key: str | None) -> Opened | None:
        """Return the activation that a browser began, unless it was left alone."""
        if self._clock.monotonic_ms() - self._touched_ms > _LEFT_ALONE_S * 1000:
            self._opened = None
        found = self._opened
        return found if found is not None and found.key == key else None

    def confirm(self, key: str | None) -> None:
        """Note that the data shown are those of the person here.

        Raises:
            ActivationError: Nothing goes on.
        """
        self._opened = replace(self._require(key), is_confirmed=True)

    def finish(self, key: str | None, password: str, again: str) -> str:
        """Set the password; return the identifier to sign in with.

        Nothing is lost when it fails: it may be tried again with the same code.

        Raises:
            ActivationError: The leaf's code says why.
        """
        opened = self._require(key)
        if not opened.is_confirmed:
            raise ActivationError("data not confirmed", code="activation.not_begun")
        names = (opened.auxiliar.id, opened.auxiliar.alias)
        wrong = fault(password, again, code=opened.code, names=names)
        if wrong is not None:
            raise ActivationError("not a good password", code=wrong.value)
        request = ActivateRequest(opened.auxiliar.id, opened.code, new_verifier(password))
        try:
            self._asked(lambda: self._centre.activate(request))
        except ActivationError as error:
            if error.code != ErrorCode.ACTIVATION_USED or not self._was_ours(opened, password):
                raise
        self._opened = None
        return opened.auxiliar.id

    def drop(self, key: str | None) -> None:
        """Forget what goes on; nothing was changed anywhere."""
        if self.opened(key) is not None:
            self._opened = None

    def _was_ours(self, opened: Opened, password: str) -> bool:
        """Say whether the password is set already: the answer to an earlier try was lost."""
        policy = self._asked(self._centre.fetch_policy)
        auxiliar = find_auxiliar(policy, opened.auxiliar.id)
        return auxiliar is not None and is_right(password, auxiliar.verifier)

    def _require(self, key: str | None) -> Opened:
        opened = self.opened(key)
        if opened is None:
            raise ActivationError("nothing goes on", code="activation.not_begun")
        self._touched_ms = self._clock.monotonic_ms()
        return opened

    def _known(self) -> Policy | None:
        try:
            return self._policy()
        except NotEnrolledError:
            return None

    def _asked(self, question: Callable[[], Policy]) -> Policy:
        """Ask the centre; every failure as what the person before the screen can do about it."""
        try:
            return question()
        except ServerUnreachableError as error:
            raise ActivationError("no answer", code="activation.no_network") from error
        except ServerBusyError as error:
            raise ActivationError("the centre is busy", code="activation.busy") from error
        except ServerRefusedError as error:
            known = error.code in _REFUSALS
            raise ActivationError(
                "refused", code=error.code if known else "activation.refused"
            ) from error
        except (StationError, WireError) as error:
            raise ActivationError(
                f"no sound answer: {error.code}", code="activation.failed"
            ) from error


def _find(policy: Policy | None, name: str, code: str) -> tuple[Auxiliar, Process] | None:
    auxiliar = find_auxiliar(policy, name) if policy is not None else None
    if policy is None or auxiliar is None or not is_right(code, auxiliar.activation):
        return None
    process = policy.process(auxiliar.process)
    return None if process is None else (auxiliar, process)


def _is_used(policy: Policy, name: str) -> bool:
    auxiliar = find_auxiliar(policy, name)
    return auxiliar is not None and bool(auxiliar.verifier) and not auxiliar.activation
