"""`acopio-central`: one program, one command a duty."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from central.commands import (
    aspirantes,
    figures,
    mail,
    objections,
    releases,
    removable,
    roster,
    serve,
    setup,
    stations,
    users,
    vault,
    worker,
)
from central.commands.speech import explain
from central.errors import CentralError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; give the exit status: 0 done, 1 not done, 2 not understood."""
    parser = argparse.ArgumentParser(prog="acopio-central", description="Sede central de Acopio.")
    parser.add_argument(
        "--config",
        default="central.toml",
        metavar="ARCHIVO",
        help="configuración (por omisión central.toml en la carpeta actual)",
    )
    parser.add_argument(
        "--keys",
        metavar="CARPETA",
        help="de dónde leer las llaves, en vez de [keys] y [vault] (credenciales de systemd)",
    )
    subparsers = parser.add_subparsers(required=True, metavar="ORDEN")
    for part in (
        setup,
        roster,
        aspirantes,
        users,
        stations,
        removable,
        releases,
        objections,
        figures,
        mail,
        serve,
        worker,
        vault,
    ):
        part.register(subparsers)
    parsed = parser.parse_args(arguments)
    # For our own user, and for the group where folders belong to several (systemd/central).
    os.umask(0o007)
    run: Callable[[argparse.Namespace], int] = parsed.run
    try:
        return run(parsed)
    except CentralError as error:
        print(explain(error), file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has enough; closing it again must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
