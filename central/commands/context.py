"""What every command begins with: its settings, its database, and who is at the keyboard."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from central.clock import SystemClock
from central.config import Config, KeysConfig, read_config
from central.migrations.steps import require_head
from central.models.database import Database
from central.secrets import Secrets
from domain.clock import Clock

Subparsers = "argparse._SubParsersAction[argparse.ArgumentParser]"


@dataclass(frozen=True, slots=True)
class Context:
    """The parts a command works with."""

    config: Config
    database: Database
    secrets: Secrets
    clock: Clock
    actor: str


@contextmanager
def opened(arguments: argparse.Namespace, *, migrated: bool = True) -> Iterator[Context]:
    """Open the database of the configuration, and close it at the end.

    Raises:
        ConfigError: The configuration cannot be used.
        DatabaseNotReadyError: The database does not answer or is of another release.
    """
    config = configured(arguments)
    database = Database(config.database.url, pool_size=config.database.pool_size)
    try:
        if migrated:
            require_head(database)
        yield Context(
            config=config,
            database=database,
            secrets=Secrets(Path(config.keys.folder)),
            clock=SystemClock(),
            actor=actor(),
        )
    finally:
        database.close()


def configured(arguments: argparse.Namespace) -> Config:
    """Read the settings; with `--keys` every key comes from that folder.

    Raises:
        ConfigError: They cannot be used.
    """
    config = read_config(Path(arguments.config))
    if arguments.keys is None:
        return config
    folder = Path(arguments.keys)
    identity = str(folder / Path(config.vault.identity).name)
    return replace(
        config,
        keys=KeysConfig(str(folder)),
        vault=replace(config.vault, identity=identity),
    )


def actor() -> str:
    """Name who runs the command, for the audit trail."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"


def command(subparsers: Any, name: str, summary: str, run: Any) -> argparse.ArgumentParser:
    """Add one command; `run` gets the arguments and gives the exit status."""
    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    return parser


def group(subparsers: Any, name: str, summary: str) -> Any:
    """Add a command whose first word names the thing, and give the place of its actions."""
    parser = subparsers.add_parser(name, help=summary, description=summary)
    return parser.add_subparsers(required=True, metavar="ACCIÓN")
