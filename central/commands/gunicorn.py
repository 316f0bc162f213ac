"""gunicorn, configured from here and not from files or the environment."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from central.app import create_app
from central.config import Config
from central.logs import configure_logging


def run(config: Config, options: dict[str, Any]) -> None:
    """Serve until a signal ends it; each worker builds its own parts after the fork."""
    _Server(config, options).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, config: Config, options: dict[str, Any]) -> None:
        self._config = config
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        configure_logging()
        return create_app(self._config)
