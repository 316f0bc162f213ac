"""`acopio-station`: one entry point, one sub-command per duty of the station."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

# The module of `device.commands` that has each command: only that one is loaded, for `health` runs
# each minute and the reader's libraries alone take a second to load.
COMMANDS = {
    "run": "run",
    "doctor": "run",
    "identity": "enrolment",
    "enrol": "enrolment",
    "retire": "enrolment",
    "acceptance": "acceptance",
    "deliver": "queue",
    "export": "queue",
    "receive": "queue",
    "verify": "queue",
    "health": "health",
    "read": "read",
    "technician-password": "technician",
    "measure": "measure",
    "update": "update",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit status (0 done, 1 failed, 2 wrong usage)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    module = COMMANDS.get(given[0]) if given else None
    parser = argparse.ArgumentParser(prog="acopio-station", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in dict.fromkeys(COMMANDS.values()) if module is None else [module]:
        import_module(f"device.commands.{name}").register(subparsers)
    options = parser.parse_args(given)
    os.umask(0o007)  # for our own user, and in shared folders for their group
    status: int = options.func(options)
    return status


if __name__ == "__main__":
    sys.exit(main())
