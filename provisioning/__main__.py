"""`acopio-provision`: what a technician prepares stations and centres with."""

import argparse
import sys
from collections.abc import Sequence

from provisioning.commands import enrolment, image, ssh, steps, wheelhouse
from provisioning.steps.errors import ProvisionError

# One module per group of sub-commands; each has `register(subparsers)`.
GROUPS = (steps, wheelhouse, image, ssh, enrolment)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit status (0 done, 1 failed, 2 wrong usage)."""
    parser = argparse.ArgumentParser(prog="acopio-provision", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in GROUPS:
        group.register(subparsers)
    options = parser.parse_args(arguments)
    try:
        status: int = options.func(options)
    except ProvisionError as error:
        print(f"{error} [{error.code}]", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
