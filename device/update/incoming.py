"""Bundles on their way in: fetched in pieces by the delivery, which has the network and the key.

offer.json           what the centre offers to this station now
<sha256>.part        as much of it as is here
<sha256>.bundle      all of it, and its bytes are those that were offered
"""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from device.durable import sync_folder, write_whole
from device.update.base import UpdateError, translated
from wire.api import MAX_CHUNK_BYTES, ReleaseOffer
from wire.errors import ShapeError
from wire.shape import decode, encode

_OFFER = "offer.json"
_ROOM_BYTES = 64 << 20

# Given the digest, the first byte and how many; gives them.
Fetch = Callable[[str, int, int], bytes]


class Incoming:
    """The folder that the delivery fills and the updater empties."""

    def __init__(self, folder: Path) -> None:
        self._fetching = folder / "fetching"
        self._inbox = folder / "inbox"

    def offer(self) -> ReleaseOffer | None:
        """Return what is offered; what cannot be read is no offer."""
        try:
            return decode(ReleaseOffer, json.loads((self._fetching / _OFFER).read_text("ascii")))
        except (OSError, ValueError, ShapeError):
            return None

    def take(self, offer: ReleaseOffer) -> None:
        """Keep an offer, and drop what there was of another one."""
        if self.offer() == offer:
            return
        with translated("keep the offer of a release"):
            for folder in (self._fetching, self._inbox):
                folder.mkdir(parents=True, exist_ok=True)
                for path in folder.iterdir():
                    if not path.name.startswith(offer.sha256):
                        path.unlink()
            write_whole(self._fetching / _OFFER, json.dumps(encode(offer)).encode("ascii"))

    def forget(self) -> None:
        """Drop the offer and what there is of its bundle."""
        with translated("drop a release"):
            for folder in (self._fetching, self._inbox):
                for path in folder.iterdir() if folder.is_dir() else ():
                    path.unlink()

    def ready(self) -> Path | None:
        """Return the bundle that is here as a whole."""
        found = sorted(self._inbox.glob("*.bundle")) if self._inbox.is_dir() else []
        return found[0] if found else None

    def fetch(self, fetch: Fetch, *, pieces: int) -> bool:
        """Fetch the next pieces of the offered bundle; say whether more is to come.

        Raises:
            ServerError: From `fetch`.
            UpdateError: No room, or the bytes are not those that were offered.
        """
        offer = self.offer()
        if offer is None or self._bundle(offer).exists():
            return False
        part = self._fetching / f"{offer.sha256}.part"
        with translated("keep a piece of a release"):
            have = part.stat().st_size if part.exists() else 0
            disk = os.statvfs(self._fetching)
        if disk.f_bavail * disk.f_frsize < offer.size_bytes - have + _ROOM_BYTES:
            raise UpdateError("no room for the release", code="update.no_room")
        for _ in range(pieces):
            if have >= offer.size_bytes:
                break
            count = min(MAX_CHUNK_BYTES, offer.size_bytes - have)
            piece = fetch(offer.sha256, have, count)
            if len(piece) != count:
                raise UpdateError("a piece of another length came", code="update.piece")
            with translated("keep a piece of a release"), part.open("ab") as file:
                file.write(piece)
            have += count
        if have < offer.size_bytes:
            return True
        self._complete(offer, part)
        return False

    def _complete(self, offer: ReleaseOffer, part: Path) -> None:
        with translated("keep a release"):
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            if digest != offer.sha256:
                # A cut may leave a hole in what was not yet on the disk: it is fetched anew.
                part.unlink()
                raise UpdateError("the bundle is not what was offered", code="update.digest")
            part.rename(self._bundle(offer))
            sync_folder(self._inbox)

    def _bundle(self, offer: ReleaseOffer) -> Path:
        return self._inbox / f"{offer.sha256}.bundle"
