"""10: the system under it is one that Acopio was tried on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Act, Change
from provisioning.steps.errors import TreeError
from provisioning.steps.tree import Tree

# Raspberry Pi OS (64 bits) calls itself debian, too.
SUITES = {"12": "bookworm", "13": "trixie"}
ARCHITECTURES = ("arm64", "amd64")
# The device tree, where the kernel of a Raspberry Pi says what it runs on.
_MODEL = "/proc/device-tree/model"


@dataclass(frozen=True)
class _Refuse:
    text: str

    def __call__(self, _: Tree) -> None:
        raise TreeError(self.text)


def plan(site: Site) -> Sequence[Change]:
    """Require suite, architecture, Python and, on the board itself, the board."""
    tree = site.tree
    release = tree.os_release()
    found = f"{release.get('ID', '?')} {release.get('VERSION_ID', '?')}"
    required = [
        Act(
            subject="sistema",
            what=f"Debian o Raspberry Pi OS 12 o 13 (hay {found})",
            done=lambda _: (
                release.get("ID") in ("debian", "raspbian") and release.get("VERSION_ID") in SUITES
            ),
            act=_Refuse(f"este sistema no está soportado: {found}; instale Debian 12 o 13"),
        ),
        Act(
            subject="arquitectura",
            what=f"64 bits: {' o '.join(ARCHITECTURES)} (hay {tree.architecture()})",
            done=lambda t: t.architecture() in ARCHITECTURES,
            act=_Refuse(f"la arquitectura {tree.architecture()} no está soportada"),
        ),
    ]
    model = tree.path(_MODEL)
    if site.board.model and tree.is_running and model.is_file():
        text = model.read_bytes().rstrip(b"\0").decode("utf-8", "replace")
        required.append(
            Act(
                subject="placa",
                what=f"{site.board.title} (hay {text})",
                done=lambda _: text.startswith(site.board.model),
                act=_Refuse(f"esta placa es {text}: corrija --board"),
            )
        )
    return required


STEP = Step(10, "base", "Sistema base", plan)
