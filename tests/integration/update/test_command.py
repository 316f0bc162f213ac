"""`acopio-station update` as a technician and the units of a station run it, with the real gate."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from device.clock import SystemClock
from device.health.notes import GAUGES, SCREENS, NoteBoard
from device.inference.tflite import DEFAULT_MODELS
from device.update import selector
from tests.releases import COMPATIBLE, KEYS, NOW_MS, write_keys, write_release
from tests.stations import Centre, enrol_directly, station_config
from wire.bundle import BundleKind

ROOT = Path(__file__).resolve().parents[3]
CARD = ROOT / "device" / "test_card.jpg"
APP = {"app": b"application" * 1000}
FOREVER_MS = NOW_MS * 2


class Station:
    """A station's folders and settings, and its command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        pictures = folder / "pictures"
        pictures.mkdir()
        (pictures / "0.jpg").write_bytes(CARD.read_bytes())
        (folder / "run").mkdir()
        for slot in "ab":
            (folder / "update" / "slots" / slot).mkdir(parents=True)
        selector.write(folder / "update" / "slots", {"default": "a"})
        self.restart()
        enrol_directly(station_config(folder / "data"), Centre())
        self.config = folder / "station.toml"
        self.config.write_text(
            f'[station]\ndata = "{folder}/data"\nrun = "{folder}/run"\nenvironment = "demo"\n'
            f'[camera]\ndriver = "replay"\nfolder = "{pictures}"\n'
            f'[inference]\nmodels = "{folder}/update/models/current"\n'
            "[queue]\nminimum_free_bytes = 0\nballast_bytes = 0\n"
            f'[update]\nslots = "folder"\nfolder = "{folder}/update"\nrequests = "{folder}/asked"\n'
            f'compatible = "{COMPATIBLE}"\nkeys = "{write_keys(folder / "keys.pem")}"\n'
        )

    def restart(self) -> str:
        """Switch off and on."""
        return selector.choose(self.folder / "update" / "slots")

    def update(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command."""
        return subprocess.run(
            [sys.executable, "-m", "device", "update", *arguments, "--config", str(self.config)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @property
    def state(self) -> dict[str, object]:
        """What the journal says."""
        found = json.loads((self.folder / "update" / "state.json").read_text())
        assert isinstance(found, dict)
        return found


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path)


class TestAnUpdateFromAStick:
    def test_is_tried_after_a_restart_and_kept_by_the_gate(self, station: Station) -> None:
        bundle = write_release(station.folder / "stick", APP, 3, expires_ms=FOREVER_MS)
        assert station.update("--confirm").stdout == "No hay ninguna versión a prueba.\n"
        done = station.update("--from", str(bundle))
        assert done.stdout == "Versión 1.3 lista; la estación se reinicia para probarla.\n"
        assert (station.folder / "asked" / "reboot").exists()
        assert station.restart() == "b"
        done = station.update("--confirm")
        assert done.stdout == "La versión nueva funciona y se queda.\n", done.stderr
        assert station.restart() == "b"
        assert "versión 1.3 (número 3) en la ranura b" in station.update("--status").stdout
        done = station.update("--from", str(bundle))
        assert done.returncode == 1
        assert "[bundle.older]" in done.stderr
        assert "ya tiene esa versión" in done.stderr
        assert "Traceback" not in done.stderr

    def test_waits_while_somebody_works_at_the_station(self, station: Station) -> None:
        bundle = write_release(station.folder / "stick", APP, 3, expires_ms=FOREVER_MS)
        board = NoteBoard(station.folder / "run", SystemClock())
        board.write(SCREENS, {"signed_in": 1})
        assert "[wait.visit]" in station.update("--from", str(bundle)).stdout
        assert not (station.folder / "asked").exists()
        board.write(SCREENS, {"signed_in": 0})
        board.write(GAUGES, {"battery_percent": 49})
        assert "[wait.power]" in station.update("--from", str(bundle)).stdout
        board.write(GAUGES, {"battery_percent": 50})
        assert "se reinicia" in station.update("--from", str(bundle)).stdout

    def test_returns_when_the_camera_is_gone_and_says_so(self, station: Station) -> None:
        bundle = write_release(station.folder / "stick", APP, 3, expires_ms=FOREVER_MS)
        station.update("--confirm")
        station.update("--from", str(bundle))
        station.restart()
        (station.folder / "pictures" / "0.jpg").unlink()
        done = station.update("--confirm")
        assert "se vuelve a la anterior" in done.stdout
        assert "gate.failed check=camera" in done.stderr
        assert station.restart() == "a"
        result = station.state["result"]
        assert isinstance(result, dict)
        assert result["state"] == "returned"
        assert result["code"].startswith("camera.")

    @pytest.mark.parametrize(
        ("damage", "code"),
        [
            ("signed by one", "bundle.signatures"),
            ("cut", "bundle.truncated"),
            ("flipped", "bundle.hash"),
            ("other board", "bundle.compatible"),
            ("missing", "update.unreadable"),
        ],
    )
    def test_is_refused_with_a_code_and_what_to_do(
        self, station: Station, damage: str, code: str
    ) -> None:
        path = station.folder / "stick"
        signers = KEYS[:1] if damage == "signed by one" else KEYS[:2]
        compatible = "acopio-other" if damage == "other board" else COMPATIBLE
        write_release(path, APP, 3, signers=signers, compatible=compatible, expires_ms=FOREVER_MS)
        data = path.read_bytes()
        if damage == "cut":
            path.write_bytes(data[:-9])
        elif damage == "flipped":
            path.write_bytes(data[:-1] + b"?")
        elif damage == "missing":
            path.unlink()
        done = station.update("--from", str(path))
        assert done.returncode == 1
        assert done.stderr.startswith(f"No se pudo [{code}]")
        assert done.stderr.count("\n") == 1
        assert not (station.folder / "asked").exists()


class TestAStationThatTakesNone:
    def test_says_so_and_its_timer_does_not_fail(self, station: Station) -> None:
        text = station.config.read_text().replace('slots = "folder"', 'slots = "none"')
        station.config.write_text(text)
        done = station.update("--once")
        assert (done.returncode, done.stderr) == (0, "")
        refused = station.update("--from", "any")
        assert refused.stderr.startswith("No se pudo [update.off]")


class TestReleasedNetworks:
    def test_are_used_once_they_have_read_the_test_card(self, station: Station) -> None:
        files = {
            path.name: path.read_bytes() for path in DEFAULT_MODELS.parent.glob("models/*.tflite")
        }
        listed = DEFAULT_MODELS.read_bytes()
        assert files
        bundle = write_release(
            station.folder / "stick",
            {"models.toml": listed.replace(b'"models/', b'"'), **files},
            7,
            kind=BundleKind.MODELS,
            expires_ms=FOREVER_MS,
        )
        station.update("--confirm")
        current = station.folder / "update" / "models" / "current"
        assert current.resolve() == DEFAULT_MODELS.parent
        done = station.update("--from", str(bundle))
        assert done.returncode == 0, done.stderr
        assert current.resolve().name.startswith("7-")
        assert (station.folder / "asked" / "kiosk").exists()

    def test_that_cannot_read_it_change_nothing(self, station: Station) -> None:
        station.update("--confirm")
        bundle = write_release(
            station.folder / "stick",
            {"models.toml": b"# none\n"},
            7,
            kind=BundleKind.MODELS,
            expires_ms=FOREVER_MS,
        )
        done = station.update("--from", str(bundle))
        assert done.returncode == 1
        current = station.folder / "update" / "models" / "current"
        assert current.resolve() == DEFAULT_MODELS.parent
        assert "failed" in station.state
