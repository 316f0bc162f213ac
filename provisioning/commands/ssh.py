"""`ssh` opens SSH with a signed order and closes it; `ssh-order` signs one, at the authority."""

from __future__ import annotations

import argparse
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from provisioning.steps.errors import CommandError, SourceError
from provisioning.steps.s80_ssh import KEY, USER
from provisioning.steps.tree import run

_FOLDER = Path("/run/acopio-ssh")
_SERIAL = Path("/proc/device-tree/serial-number")
_MACHINE = Path("/etc/machine-id")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-commands."""
    parser = subparsers.add_parser("ssh", help="abre o cierra SSH", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--order", type=Path, metavar="FILE", help="la orden firmada")
    what.add_argument("--close", action="store_true", help="cierra y quita las llaves")
    what.add_argument("--identity", action="store_true", help="cómo se llama esta estación aquí")
    parser.set_defaults(func=_ssh)
    parser = subparsers.add_parser("ssh-order", help="firma una orden", description=__doc__)
    parser.add_argument("--signing-key", type=Path, required=True, metavar="PEM")
    parser.add_argument("--station", required=True, metavar="ID", help="de `ssh --identity`")
    parser.add_argument("--ssh-key", type=Path, required=True, metavar="PUB", help="quién entra")
    parser.add_argument("--network", required=True, metavar="RED", help="desde dónde (IPv4)")
    parser.add_argument("--hours", type=float, default=1.0, metavar="N", help="cuánto vale (1)")
    parser.set_defaults(func=_order)


def identity() -> str:
    """Give the board's serial number, or the machine's number where there is no board."""
    path = _SERIAL if _SERIAL.is_file() else _MACHINE
    return path.read_bytes().rstrip(b"\0\n").decode("ascii")


def _ssh(options: argparse.Namespace) -> int:
    if options.identity:
        print(identity())
        return 0
    if options.close:
        _close()
        print("SSH cerrado.")
        return 0
    from provisioning.ssh_token import read  # wire and its libraries, not there before step 50

    now = datetime.now(UTC)
    try:
        token, pem = options.order.read_text("ascii"), Path(KEY).read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"no se puede leer la orden o {KEY}: {error}") from error
    opening = read(token, station=identity(), public_pem=pem, now=now)
    left_s = int((opening.until - now).total_seconds())
    _FOLDER.mkdir(mode=0o755, exist_ok=True)
    (_FOLDER / "authorized_keys").write_text(opening.authorized_line, "ascii")
    # First what closes it again: if that fails, it is not opened.
    run(["systemd-run", f"--on-active={left_s}", "--unit=acopio-ssh-close",
         "/opt/acopio/bin/acopio-provision", "ssh", "--close"])  # fmt: skip
    element = f"{{ {opening.network} timeout {left_s}s }}"
    run(["nft", "add", "element", "inet", "acopio", "ssh", element])
    run(["systemctl", "start", "ssh.service"])
    print(f"SSH abierto para {USER} desde {opening.network} hasta {opening.until:%H:%M} UTC.")
    return 0


def _close() -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)
    failed = []
    for command in (
        ["nft", "flush", "set", "inet", "acopio", "ssh"],
        ["systemctl", "stop", "ssh.service"],
        ["loginctl", "kill-user", USER, "--signal=SIGKILL"],
    ):
        try:
            run(command)
        except CommandError as error:
            failed.append(str(error))
    # Sessions outlive their service; the last command fails where nobody is signed in.
    if len(failed) > 1 or (failed and not failed[0].startswith("loginctl")):
        raise CommandError("; ".join(failed))


def _order(options: argparse.Namespace) -> int:
    from provisioning.ssh_token import issue
    from wire.errors import WireError
    from wire.keys import SoftwareSigner

    try:
        signer = SoftwareSigner.from_pem(options.signing_key.read_bytes())
        fields = options.ssh_key.read_text("ascii").split()
    except (OSError, UnicodeDecodeError, WireError) as error:
        raise SourceError(f"no se puede leer una de las llaves: {error}") from error
    print(
        issue(
            station=options.station,
            key=" ".join(fields[:2]),
            network=options.network,
            now=datetime.now(UTC),
            lasting=timedelta(hours=options.hours),
            signer=signer,
        )
    )
    return 0
