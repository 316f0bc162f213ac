"""The centre on the line, for what a person waits for: an activation and the policy it needs.

The delivery brings everything else at its own pace. A password's verifier and a one-time code are
not left on the disk for it to find, and a person stands before the screen until it is done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from device.queue.client import StationClient
from device.queue.enrolment import EnrolmentStore
from wire.api import ActivateRequest
from wire.policy import Policy

T = TypeVar("T")

_log = logging.getLogger(__name__)


class CentreLine:
    """Opens a connection for each question and closes it; answers are verified and kept."""

    def __init__(self, store: EnrolmentStore, connect: Callable[[], StationClient]) -> None:
        self._store = store
        self._connect = connect

    def fetch_policy(self) -> Policy:
        """Bring the policy in force.

        Raises:
            ServerError, PolicyError, ConfigError, KeyFileError: There is no new one.
        """
        return self._keep(self._ask(lambda client: client.policy()))

    def activate(self, request: ActivateRequest) -> Policy:
        """Exchange a one-time code for a verifier, and bring the policy that has it.

        Raises:
            ServerError, PolicyError, ConfigError, KeyFileError: It may have been done
                nevertheless: the answer may be lost.
        """
        return self._keep(self._ask(lambda client: client.activate(request)))

    def _ask(self, question: Callable[[StationClient], T]) -> T:
        client = self._connect()
        try:
            return question(client)
        finally:
            client.close()

    def _keep(self, token: str) -> Policy:
        policy = self._store.save_policy(token)
        _log.info("policy.fetched version=%d", policy.version)
        return policy
