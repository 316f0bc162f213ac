"""The station's record: one JSON line for each thing done, each bound to the one before."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from provisioning.steps.errors import TreeError
from provisioning.steps.tree import Tree

RECORD = "/var/lib/acopio-provision/record.jsonl"

Value = str | int | float | bool | None


class Record:
    """The lines of one tree; appended, never rewritten, on the disk before the next change."""

    def __init__(self, tree: Tree) -> None:
        """Open the tree's record; a line that was cut off by a power cut is dropped."""
        self._path = tree.path(RECORD)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.parent.chmod(0o755)
        self._previous = self._adopt()

    def append(self, event: str, **keys: Value) -> None:
        """Write one line and wait until it is on the disk."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        line = json.dumps(
            {"at": at, "event": event, **keys, "prev": self._previous},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._previous = _link(line)

    def _adopt(self) -> str:
        if not self._path.exists():
            return ""
        content = self._path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            with self._path.open("r+b") as file:
                file.truncate(len(whole))
        lines = whole.decode("utf-8").splitlines()
        return _link(lines[-1]) if lines else ""


def read_record(path: Path) -> Iterator[Mapping[str, Value]]:
    """Give the lines of a record in order.

    Raises:
        TreeError: A line was changed, dropped or added: it does not follow from the one before.
    """
    previous = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            entry: dict[str, Value] = json.loads(line)
        except ValueError as error:
            raise TreeError(f"{path}: el renglón {number} no es un registro") from error
        if entry.get("prev") != previous:
            raise TreeError(f"{path}: el renglón {number} no sigue del anterior")
        previous = _link(line)
        yield entry


def _link(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8")).hexdigest()
