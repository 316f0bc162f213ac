"""80: SSH is off. A signed token with an end opens it for one key (`acopio-provision ssh`).

The service is not started by anything at boot and not reachable through the firewall (step 65);
no password is asked for, root does not sign in, and the only keys are those in /run, which the
token's end takes away (sshd_config(5)). sshswitch is Raspberry Pi OS's "put a file called ssh on
the boot partition": that would open it without anybody's signature, so it is switched off for
good.
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change, File, Link, Missing
from provisioning.steps.errors import SourceError
from provisioning.steps.tree import Tree, run

KEY = "/etc/acopio/ssh-token.pem"
USER = "acopio-technician"
_UNITS = "/etc/systemd/system"
_NEVER_AT_BOOT = (
    "multi-user.target.wants/ssh.service",
    "sshd.service.wants/ssh.service",
    "sockets.target.wants/ssh.socket",
    "ssh.service.requires/ssh.socket",
)
_CONFIG = f"""\
# Written by acopio-provision (step 80).
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowUsers {USER}
AuthorizedKeysFile /run/acopio-ssh/authorized_keys
AllowTcpForwarding no
AllowAgentForwarding no
X11Forwarding no
MaxAuthTries 3
LoginGraceTime 30
"""
_SYSUSERS = f'u {USER} - "Acopio, technician by SSH" /nonexistent /bin/sh\n'


def plan(site: Site) -> Sequence[Change]:
    """Take SSH away from the boot; install the key that may open it, if one was given."""
    changes: list[Change] = [Missing(f"{_UNITS}/{link}") for link in _NEVER_AT_BOOT]
    changes.append(Link(f"{_UNITS}/sshswitch.service", "/dev/null"))
    changes.append(Link(f"{_UNITS}/ssh.socket", "/dev/null"))
    if site.options.ssh_key is None:
        # Without a key nothing could open it rightly, so nothing may open it at all.
        changes.append(Link(f"{_UNITS}/ssh.service", "/dev/null"))
        return changes
    pem = site.options.ssh_key.read_bytes()
    if b"PRIVATE" in pem or b"PUBLIC KEY" not in pem:
        raise SourceError(f"{site.options.ssh_key} debe ser una llave pública en PEM")
    changes += [
        File("/usr/lib/sysusers.d/acopio-technician.conf", _SYSUSERS.encode()),
        Act(USER, f"crea {USER}", lambda tree: tree.has_user(USER), _make_user),
        File("/etc/ssh/sshd_config.d/90-acopio.conf", _CONFIG.encode()),
        File(KEY, pem),
    ]
    return changes


def _make_user(tree: Tree) -> None:
    if tree.has_program("systemd-sysusers"):
        tree.run(["systemd-sysusers", "acopio-technician.conf"])
    else:
        run(["systemd-sysusers", f"--root={tree.root}", "acopio-technician.conf"])


def _note(site: Site) -> str:
    if site.options.ssh_key is None:
        return "SSH no se puede abrir: no se dio --ssh-key"
    return "SSH cerrado; lo abre una orden firmada con fecha de fin"


def _skip(site: Site) -> str | None:
    return None if site.is_station else "en el centro decide su administrador"


STEP = Step(80, "ssh", "SSH cerrado", plan, skip=_skip, note=_note)
