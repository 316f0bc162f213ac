"""What a step gets and what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioning.steps.boards import Board
from provisioning.steps.changes import Change
from provisioning.steps.errors import SourceError
from provisioning.steps.tree import Tree

ROLES = ("station", "central")
SLOTS = ("none", "folder", "tryboot")
_SUITES = {"12": "bookworm", "13": "trixie"}


@dataclass(frozen=True)
class Options:
    """What the technician chose beside board and role."""

    # The checkout or kit that holds `systemd/` and `requirements/`.
    source: Path
    # Folder made by `acopio-provision wheelhouse`; without it step 50 asks for one.
    wheelhouse: Path | None = None
    # Groups of packages beside those of the board.
    extra: tuple[str, ...] = ()
    # Host and addresses of the centre: the firewall lets out to these alone.
    centre: str = ""
    centre_addresses: tuple[str, ...] = ()
    centre_port: int = 443
    # Public files that the station is to believe; without one, what is there stays.
    centre_card: Path | None = None
    release_keys: Path | None = None
    # How the station keeps two releases: `none`, `folder` or `tryboot` (docs/updates.md).
    slots: str = "none"
    # Partition that will hold the station's data, encrypted; empty: the folder stays on the root.
    data_device: str = ""
    # Key file for a board without a device key; it is copied into the tree, and the record says so.
    data_key: Path | None = None
    # PEM of the key that signs the tokens that open SSH; without it SSH cannot be opened.
    ssh_key: Path | None = None
    ntp: str = ""
    timezone: str = "America/Mexico_City"
    usb_network: bool = False
    # The cell of the clock may be charged; another kind leaks when it is.
    rtc_rechargeable: bool = False
    irreversible: bool = False


@dataclass(frozen=True)
class Site:
    """Where and for what the steps are applied."""

    tree: Tree
    board: Board
    role: str
    options: Options

    @property
    def is_station(self) -> bool:
        """Whether a station is made, and not a centre."""
        return self.role == "station"

    @property
    def has_overlay(self) -> bool:
        """Whether the root is read-only: never where it holds the data, which memory would lose."""
        return self.board.read_only and bool(self.options.data_device)

    @property
    def compatible(self) -> str:
        """What releases for this station are named for."""
        suite = _SUITES.get(self.tree.os_release().get("VERSION_ID", ""), "other")
        return f"acopio-station-{self.board.name}-{suite}"

    @property
    def groups(self) -> frozenset[str]:
        """The groups of packages.toml that this site gets."""
        groups = {"base", *self.board.packages, *self.options.extra}
        if self.has_overlay:
            groups.add("overlay")
        if self.options.ssh_key is not None:
            groups.add("ssh")
        return frozenset(groups)

    @property
    def units_folder(self) -> Path:
        """Folder of the role's systemd files in the source.

        Raises:
            SourceError: The source has none.
        """
        folder = self.options.source / "systemd" / self.role
        if not folder.is_dir():
            raise SourceError(
                f"{self.options.source} no tiene systemd/{self.role}: indique --source con la "
                "carpeta de Acopio"
            )
        return folder


@dataclass(frozen=True)
class Step:
    """One numbered step: a subject and the changes that bring it about."""

    number: int
    name: str
    title: str
    plan: Callable[[Site], Sequence[Change]]
    # Why it has nothing to do on this site; None where it has.
    skip: Callable[[Site], str | None] = lambda _: None
    # What the record must say beside what was done, such as where the data's key comes from.
    note: Callable[[Site], str | None] = lambda _: None
