"""What the station knows of its releases, durable at each step: `state.json`.

    nothing ─► filling ─► filled ─► trying ─► nothing (kept, or returned with its reason)

`filling` makes the slot worthless before its first byte changes; `filled` says that it was read
back. Whatever is cut here is found again by its step.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from device.durable import write_whole
from device.update.base import SLOTS, UpdateError, translated
from wire.bundle import BundleKind, Manifest
from wire.errors import ShapeError
from wire.packet import HEX_64
from wire.shape import Limits, decode, encode

NAME = "state.json"
_MOST_FAILED = 20


class Step(StrEnum):
    """How far an update has come."""

    FILLING = "filling"
    FILLED = "filled"
    TRYING = "trying"


@dataclass(frozen=True, slots=True)
class Installed:
    """A release that lies whole in a place; `digest` is that of its signed manifest."""

    number: int = 0
    version: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """The update under way."""

    release: Installed
    slot: Annotated[str, Limits(pattern=r"[ab]")]
    step: Step
    tries: int = 0
    # The boot that asked for the try: in the same one, the try has not been yet.
    boot_id: str = ""
    # Whether the centre answered before: offline, the gate asks for no hello.
    had_contact: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How the last update ended: `kept`, or `returned` with a code."""

    digest: Annotated[str, Limits(pattern=HEX_64)]
    state: Annotated[str, Limits(pattern=r"kept|returned|refused")]
    code: Annotated[str, Limits(pattern=r"[a-z0-9_.]{0,64}")] = ""
    kind: BundleKind = BundleKind.SYSTEM
    number: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """All of it. Slots without a release hold what the technician put there: number 0."""

    system: dict[str, Installed] = field(default_factory=dict)
    # The release of networks in use; without one, those that ship with the program.
    models: Installed = Installed()
    pending: Pending | None = None
    result: Result | None = None
    # Releases that this station returned from; only a person tries one again.
    failed: Annotated[tuple[str, ...], Limits(pattern=HEX_64, most=_MOST_FAILED)] = ()
    # Why an offered release waits, for the centre to see.
    waiting: Annotated[str, Limits(pattern=r"[a-z0-9_.]{0,64}")] = ""

    def installed(self, kind: BundleKind, running: str) -> Installed:
        """Give the release of a kind that is in use."""
        if kind is BundleKind.SYSTEM:
            return self.system.get(running, Installed())
        return self.models

    def with_failed(self, digest: str) -> "State":
        """Remember a release that failed here."""
        rest = tuple(one for one in self.failed if one != digest)
        return replace(self, failed=(*rest, digest)[-_MOST_FAILED:])


class Journal:
    """Reads and writes the state; one writer at a time, whoever holds the updating duty."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> State:
        """Return the state; a station that never took a release has none.

        Raises:
            UpdateError: It cannot be read.
        """
        if not self._path.exists():
            return State()
        with translated("read the state of the updates"):
            text = self._path.read_text("utf-8")
        try:
            state = decode(State, json.loads(text))
        except (ShapeError, ValueError) as error:
            raise UpdateError("the state of the updates is damaged", code="update.state") from error
        if set(state.system) - set(SLOTS):
            raise UpdateError("the state of the updates is damaged", code="update.state")
        return state

    def write(self, state: State) -> State:
        """Keep the state, durably, and return it."""
        with translated("write the state of the updates"):
            write_whole(self._path, json.dumps(encode(state), sort_keys=True).encode("ascii"))
        return state


def release_of(manifest: Manifest, signed: str) -> Installed:
    """Name a release as the journal does."""
    return Installed(manifest.number, manifest.version, digest_of(signed))


def digest_of(signed: str) -> str:
    """Name a signed manifest: a release built anew has another digest."""
    return hashlib.sha256(signed.encode("ascii")).hexdigest()
