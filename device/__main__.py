"""`acopio-station`: one entry point, one sub-command per duty of the station."""

import argparse
import os
import sys
from collections.abc import Sequence

from device.commands import (
    acceptance,
    enrolment,
    health,
    measure,
    queue,
    read,
    run,
    technician,
    update,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit status (0 done, 1 failed, 2 wrong usage)."""
    parser = argparse.ArgumentParser(prog="acopio-station", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (run, enrolment, acceptance, queue, health, read, technician, measure, update):
        group.register(subparsers)
    options = parser.parse_args(arguments)
    os.umask(0o007)  # for our own user, and in shared folders for their group
    status: int = options.func(options)
    return status


if __name__ == "__main__":
    sys.exit(main())
