"""Releases of the networks alone: a folder each, and one link that says which is in use.

`models/current` is what `inference.models` names. It leads to the released networks or, where there
are none, to those that ship with the program that runs. It changes in one step.
"""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

from device.durable import sync_folder
from device.update.base import UpdateError, translated
from device.update.journal import Installed
from device.update.points import CrashHook, no_crash
from wire.bundle import Manifest, read_header, read_payload

CURRENT = "current"
_LIST = "models.toml"


class ModelShelf:
    """The folder of released networks."""

    def __init__(self, folder: Path, shipped: Path, *, crash: CrashHook = no_crash) -> None:
        """Prepare; `shipped` is the folder of those that come with the program."""
        self._folder = folder
        self._shipped = shipped
        self._crash = crash

    def fill(self, file: BinaryIO, manifest: Manifest, release: Installed) -> Path:
        """Write an examined bundle into a folder of its own; nothing uses it yet.

        Raises:
            BundleError: The file changed meanwhile.
            UpdateError: It cannot be written, or brings no list of models.
        """
        if _LIST not in {payload.name for payload in manifest.payloads}:
            raise UpdateError("the release brings no models.toml", code="update.target")
        target = self._place(release)
        fresh = target.with_name(f".{target.name}.new")
        with translated("write the models"):
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(parents=True)
            file.seek(0)
            read_header(file)
            for payload in manifest.payloads:
                path = fresh / payload.name
                with path.open("xb") as written:
                    for chunk in read_payload(file, payload):
                        written.write(chunk)
                        self._crash("update.chunk")
                    written.flush()
                    os.fsync(written.fileno())
                self._crash("update.synced")
            sync_folder(fresh)
            shutil.rmtree(target, ignore_errors=True)
            fresh.rename(target)
            sync_folder(self._folder)
            self._crash("update.filled")
        return target

    def lead_to(self, release: Installed) -> None:
        """Make a release the one in use, or the shipped networks where its number is 0."""
        wanted = self._place(release) if release.number else self._shipped
        link = self._folder / CURRENT
        with translated("choose the models"):
            self._folder.mkdir(parents=True, exist_ok=True)
            if link.is_symlink() and link.readlink() == wanted:
                return
            fresh = self._folder / f".{CURRENT}.new"
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(wanted)
            fresh.rename(link)
            sync_folder(self._folder)

    def forget_others(self, release: Installed) -> None:
        """Remove what is not in use any more."""
        kept = {CURRENT, self._place(release).name}
        with translated("remove old models"):
            for path in self._folder.iterdir():
                if path.name not in kept:
                    shutil.rmtree(path)

    def _place(self, release: Installed) -> Path:
        return self._folder / f"{release.number}-{release.digest[:12]}"
