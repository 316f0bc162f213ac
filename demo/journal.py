"""What a demo has done so far, on disk: one that was killed goes on where it stopped."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from demo.cast import Visit
from demo.kiosk import Guarded
from demo.places import Ports
from demo.score import Score


class Journal:
    """Lines of JSON, each durable before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, seed: int, ports: Ports, relay_port: int) -> None:
        """Write that centre and station are prepared, and with what."""
        self._write({"seed": seed, "ports": asdict(ports), "relay_port": relay_port})

    def prepared(self, seed: int) -> tuple[Ports, int] | None:
        """Give the ports of an unfinished demo of this seed, the relay's last; None for none."""
        lines = self._lines()
        if not lines or lines[0].get("seed") != seed or "finished" in lines[-1]:
            return None
        return Ports(**lines[0]["ports"]), int(lines[0]["relay_port"])

    def note(self, guarded: Guarded) -> None:
        """Write a visit that ended with *guardado*."""
        fields = asdict(guarded)
        fields["visit"] = guarded.visit.number
        self._write({"guarded": fields})

    def note_untold(self, visit: Visit) -> None:
        """Write a visit that was sealed while the kiosk died."""
        self._write({"untold": visit.number})

    def finish(self) -> None:
        """Write that everything was brought, and proved."""
        self._write({"finished": True})

    def guarded(self, visits: Sequence[Visit]) -> list[Guarded]:
        """Give the visits that ended with *guardado*."""
        by_number = {visit.number: visit for visit in visits}
        found = []
        for line in self._lines():
            if fields := line.get("guarded"):
                fields["visit"] = by_number[fields["visit"]]
                fields["score"] = Score(**fields["score"])
                fields["typed"] = tuple(fields["typed"])
                fields["reasons"] = tuple(fields["reasons"])
                found.append(Guarded(**fields))
        return found

    def untold(self, visits: Sequence[Visit]) -> list[Visit]:
        """Give the visits that were sealed while the kiosk died."""
        numbers = {line["untold"] for line in self._lines() if "untold" in line}
        return [visit for visit in visits if visit.number in numbers]

    def _lines(self) -> list[dict[str, Any]]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except OSError:
            return []
        # A last line without its end was being written when the demo was killed.
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def _write(self, line: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
