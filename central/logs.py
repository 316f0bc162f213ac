"""One line an event on standard output; journald or the operator's collector does the rest."""

from __future__ import annotations

import logging
import sys
import time


def configure_logging(*, verbose: bool = False) -> None:
    """Send every logger to standard output, in UTC."""
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter(
        "%(asctime)s.%(msecs)03dZ %(levelname)s %(process)d %(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    # Libraries speak of their own matters; their warnings are enough.
    for name in ("alembic", "sqlalchemy", "urllib3", "werkzeug", "authlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
