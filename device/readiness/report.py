"""The report of an acceptance: what was found, signed by the station, and a page to print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from device import bootstrap, selftest
from device.clock import SystemClock
from device.config import Config
from device.durable import write_whole
from device.errors import StationError
from device.gate import GateError, is_test_card
from device.inference.base import InferenceError
from device.queue.assembly import Versions, open_spool
from device.queue.enrolment import EnrolmentStore
from device.queue.standing import Standing
from device.selftest import Finding

CARDS = 3
# What the kiosk's page and the centre call the checks of the self-test.
_NAMES = {
    "cámara": "camera",
    "modelos": "models",
    "rostros": "faces",
    "disco": "disk",
    "cola": "queue",
    "alta": "enrolment",
    "reloj": "clock",
    "impresora": "printer",
    "lector": "scanner",
    "lámpara": "lamps",
}


class Acceptance:
    """The steps that were done, kept on the disk: a cut of the power is one of them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "steps.json"

    def done(self) -> dict[str, str]:
        """Give `ok` or a code for each step that was done, by name."""
        try:
            kept: dict[str, str] = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept

    def note(self, name: str, code: str) -> None:
        """Keep what came of a step, whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, json.dumps(self.done() | {name: code}).encode("ascii"))

    def next_card(self) -> int | None:
        """Give the number of the next card to read; None when all were read."""
        done = self.done()
        left = [n for n in range(1, CARDS + 1) if done.get(f"card_{n}") != "ok"]
        return left[0] if left else None


def read_card(config: Config, *, today: date | None = None) -> None:
    """Take a picture of the test card and read it; nothing of it is kept or sealed.

    Raises:
        StationError: No picture, or `gate.test_card`: not read as it is printed.
        InferenceError: The reader cannot be used.
    """
    camera = bootstrap.open_camera(config.camera, SystemClock())
    try:
        frame = camera.capture(timeout_s=config.camera.timeout_s)
    finally:
        camera.close()
    reader = bootstrap.open_reader(config.inference, choice=bootstrap.variants_file(config))
    if not is_test_card(reader.read(frame.image, today=today).mrz):
        raise GateError("the test card was not read", code="gate.test_card")


def outcome(error: StationError | InferenceError) -> str:
    """Give the code that a step keeps of a failure."""
    return error.code


def findings_of(config: Config, steps: Mapping[str, str]) -> tuple[list[Finding], dict[str, str]]:
    """Examine the station; give the rows to print, and the same as codes by name."""
    rows = selftest.examine(config)
    codes = {_NAMES[row.subject]: row.code for row in rows}
    for name, title in (
        *((f"card_{n}", f"tarjeta {n}") for n in range(1, CARDS + 1)),
        ("power_cut", "corte de luz"),
    ):
        code = steps.get(name, f"{name.split('_')[0]}.not_done")
        text = "bien" if code == "ok" else f"[{code}]"
        rows.append(Finding(title, code == "ok", text, code))
        codes[name] = code
    return rows, codes


def sign_report(config: Config, versions: Versions, codes: dict[str, str]) -> str:
    """Sign the findings with the station's key; the next hello brings them to the centre.

    Raises:
        NotEnrolledError, KeyFileError, SpoolError: There is nothing to sign with.
    """
    spool = open_spool(config)
    try:
        token = Standing(config, spool, SystemClock(), versions).readiness(codes)
        EnrolmentStore(spool.database).set("readiness", token)
    finally:
        spool.close()
    return token
