"""gunicorn, configured from here and not from files or the environment."""

from __future__ import annotations

import time
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from central.app import create_app
from central.commands.notify import notify, unheard, watchdog_s
from central.config import Config
from central.logs import configure_logging

_LONGEST_S = 60.0


def run(config: Config, options: dict[str, Any]) -> None:
    """Serve until a signal ends it; each worker builds its own parts after the fork."""
    _Server(config, options).run()


class _Arbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """Ready when every worker turns its loop, and alive as long as each does."""

    _is_ready = False

    def start(self) -> None:
        with unheard():  # gunicorn itself would be ready before its workers are
            super().start()

    def stop(self, graceful: bool = True) -> None:
        notify("STOPPING=1")
        super().stop(graceful)

    def murder_workers(self) -> None:
        # gunicorn comes by here each second.
        super().murder_workers()
        silences_s = [_silence_s(worker) for worker in list(self.WORKERS.values())]
        turning = [silence_s for silence_s in silences_s if silence_s is not None]
        if not self._is_ready and len(turning) >= self.num_workers:
            self._is_ready = True
            notify("READY=1")
        # One worker that is being started again is no reason; none, or one that hangs, is.
        if turning and max(turning) < (watchdog_s() or _LONGEST_S) / 2:
            notify(f"STATUS={len(turning)} procesos atienden", "WATCHDOG=1")


def _silence_s(worker: Any) -> float | None:
    """Return how long ago a worker's loop turned; None for one that has not begun."""
    try:
        turned_s = float(worker.tmp.last_update())
    except (OSError, ValueError):
        return None  # it has just gone
    silence_s = time.monotonic() - turned_s
    # Until its first turn the file bears the time of the day, which is far ahead.
    return silence_s if silence_s >= 0 else None


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, config: Config, options: dict[str, Any]) -> None:
        self._config = config
        self._options = options
        super().__init__()

    def run(self) -> None:
        _Arbiter(self).run()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        configure_logging()
        return create_app(self._config)
