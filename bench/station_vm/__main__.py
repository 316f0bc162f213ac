"""`make station-vm` and `make station-vm-short`: a whole station in an emulator.

Builds a Debian disk with the station on it, boots it in plain emulation, enrols it at a centre on
this machine, brings citizens through its screens, and cuts its power at random. The exit status is
0 only if every check held and every record said to be kept is at the centre exactly once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.station_vm import cuts, station
from bench.station_vm.build import ROOT, BuildError, build
from bench.station_vm.host import Host, wait_for
from bench.station_vm.ledger import account
from bench.station_vm.machine import Files, Machine, MachineError, tail
from bench.station_vm.scenes import lay_out
from demo import scenes
from demo.cast import Visit, invent_visits
from demo.centre import SetupError
from demo.kiosk import KioskGoneError, KioskRefusedError
from demo.processes import ProcessFailedError, end_on_signals

_SEED = 7
_SHORT_VISITS, _FULL_VISITS = 1, 3


def main() -> int:
    """Run one form; give the exit status."""
    parser = argparse.ArgumentParser(prog="bench.station_vm", description=__doc__)
    parser.add_argument("--short", action="store_true", help="one visit and one power cut")
    parser.add_argument("--cuts", type=int, default=100, metavar="N", help="power cuts (100)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the cuts (1)")
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "station-vm", metavar="DIR")
    parser.add_argument("--keep-disk", action="store_true", help="take the disk built before")
    options = parser.parse_args()
    end_on_signals()
    show = _Show()
    try:
        return _Run(options, show).run()
    except (BuildError, MachineError, SetupError, ProcessFailedError) as error:
        show(f"✗ {error}")
    except (KioskGoneError, KioskRefusedError) as error:
        show(f"✗ el quiosco: {error}")
    except KeyboardInterrupt:
        show("Interrumpida.")
    console = options.work / "machine" / "console.log"
    for line in tail(console):
        print(f"  {line}")
    return 1


class _Show:
    """Says what happens, with the time since the start."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"[{time.monotonic() - self._began:6.0f} s] {text}", flush=True)


class _Run:
    def __init__(self, options: argparse.Namespace, show: Callable[[str], None]) -> None:
        self._options = options
        self._show = show
        self._work: Path = options.work
        self._found: dict[str, Any] = {}

    def run(self) -> int:
        visits = invent_visits(_SEED, _SHORT_VISITS if self._options.short else _FULL_VISITS)
        frames = scenes.frames_folder(self._work / "frames", _SEED)
        scenes.take_all(frames, visits, lambda _done, _total: None)
        files = self._files()
        host = Host(self._work, visits, self._show)
        try:
            self._station(files, host, frames, visits)
        finally:
            host.stop()
        report = self._work / "report.json"
        report.write_text(json.dumps(self._found, indent=2, ensure_ascii=False), encoding="utf-8")
        self._show(f"{report}: {'todo se cumplió' if self._found['holds'] else 'NO se cumplió'}")
        return 0 if self._found["holds"] else 1

    def _files(self) -> Files:
        work = self._work
        built = Files(work / "station.img", work / "vmlinuz", work / "initrd.img")
        if not (self._options.keep_disk and built.disk.exists()):
            built = build(work, self._show)
        # A disk of this run: the one that was built stays as it is.
        mine = work / "run.img"
        mine.unlink(missing_ok=True)
        subprocess.run(["cp", "--sparse=always", str(built.disk), str(mine)], check=True)
        return Files(mine, built.kernel, built.initrd)

    def _station(self, files: Files, host: Host, frames: Path, visits: list[Visit]) -> None:
        folder = self._work / "machine"
        (folder / "guardado.txt").unlink(missing_ok=True)
        port = host.ports.kiosk
        machine = Machine(files, folder, {port: station.SCREEN_PORT})
        try:
            self._found["boot_s"] = round(machine.wait_until_up())
            self._show(f"arrancó en {self._found['boot_s']} s; se enrola")
            lay_out(machine, frames, visits)
            station.enrol(machine, host)
            station.wait_until_active(machine)
            self._show("todas las unidades corren")
            said = [self._visit(machine, port, frames, visits[0])]
            if not self._options.short:
                said += [self._visit(machine, port, frames, one) for one in visits[1:]]
                self._checks(machine)
            self._wait_for_receipts(host, said)
            machine.guardado.write_text("".join(f"{folio}\n" for folio in said), "ascii")
            cuts.seal_instead(machine)
            machine.shut_down()
            count = 1 if self._options.short else self._options.cuts
            self._show(f"{count} cortes de corriente")
            done = cuts.cut_at_random(files, folder, count, self._options.seed, self._tell)
            self._found["cuts"] = [asdict(one) for one in done]
            machine = Machine(files, folder, {port: station.SCREEN_PORT})
            machine.wait_until_up()
            machine.run("systemctl", "stop", "acopio-kiosk.service", timeout_s=300)
            result = cuts.settle(machine, host)
        except (KioskGoneError, KioskRefusedError):
            # Why, only its own journal knows, and that ends with the machine.
            self._show(machine.run("journalctl", "-u", "acopio-kiosk", "-n", "40", "-o", "cat"))
            raise
        finally:
            machine.cut()
        self._found["account"] = asdict(result)
        self._found["untold"] = result.untold
        self._found["holds"] = result.holds
        self._show(
            f"{len(done)} cortes: {result.said} dichos, {result.arrived} en la sede, "
            f"{len(result.lost)} perdidos, {len(result.doubled)} dobles, "
            f"{len(result.without_receipt)} sin un solo acuse"
        )

    def _visit(self, machine: Machine, port: int, frames: Path, visit: Visit) -> str:
        guarded = station.bring_visit(machine, port, frames, visit)
        self._found.setdefault("visits", []).append(
            {
                "folio": guarded.folio,
                "model": visit.model,
                "visit_s": round(guarded.visit_ms / 1000),
                "seal_ms": guarded.seal_ms,
                "typed": guarded.typed,
                "attempts": guarded.attempts,
                "reasons": guarded.reasons,
                "read": asdict(guarded.score),
            }
        )
        self._show(f"guardado {guarded.folio} ({guarded.visit_ms // 1000} s, {visit.model})")
        return guarded.folio

    def _wait_for_receipts(self, host: Host, said: list[str]) -> None:
        wait_for(
            "los acuses",
            lambda: account(said, host.arrived()).holds,
            timeout_s=300,
        )
        self._show("entregado, con su acuse")

    def _checks(self, machine: Machine) -> None:
        self._found["exposure"] = station.exposures(machine)
        station.kill_delivery(machine)
        self._show("la entrega, muerta, volvió")
        dog = station.hang_kiosk(machine)
        self._found["watchdog"] = asdict(dog)
        self._show(f"el quiosco detenido volvió en {dog.seconds:.0f} s ({dog.result})")

    def _tell(self, number: int, cut: cuts.Cut) -> None:
        self._show(f"corte {number}: tras {cut.on_s:.0f} s, {cut.said} guardados")


if __name__ == "__main__":
    sys.exit(main())
