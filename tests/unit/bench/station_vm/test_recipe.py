"""The recipe of the emulated station's disk."""

from bench.station_vm.recipe import STATION, pinned, requirements_for, sources_for
from device.config import parse_config
from tests.guards.tree import ROOT


def test_sources_keep_their_address_and_change_their_suite() -> None:
    ours = "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n"
    assert sources_for(ours, "bookworm") == ours.replace("bookworm", "trixie")


def test_takes_of_a_lock_what_holds_for_the_station_and_not_for_this_python() -> None:
    lock = (
        "numpy==2.4 ; python_full_version < '3.12' \\\n    --hash=sha256:aa\n"
        "numpy==2.5 ; python_full_version >= '3.12' \\\n    --hash=sha256:bb \\\n"
        "    --hash=sha256:cc\n"
        "colorama==0.4 ; sys_platform == 'win32' \\\n    --hash=sha256:dd\n"
    )
    assert requirements_for(lock) == ["numpy==2.5 --hash=sha256:bb --hash=sha256:cc"]


def test_every_line_of_the_stations_lock_has_its_hashes() -> None:
    lock = (ROOT / "requirements" / "station.txt").read_text(encoding="utf-8")
    camera = (ROOT / "bench" / "station_vm" / "picamera2.txt").read_text(encoding="utf-8")
    chosen = requirements_for(f"{lock}\n{camera}")
    assert all("--hash=sha256:" in line for line in chosen)
    assert {"picamera2==0.3.38", "flask==3.1.3"} <= {line.split(" ")[0] for line in chosen}


def test_the_settings_are_those_of_a_station_in_production() -> None:
    config = parse_config(STATION)
    assert config.station.environment == "production"
    assert config.camera.driver == "picamera2"


def test_a_wheel_is_asked_for_by_its_name_version_and_digest() -> None:
    wheels = {"flask_wtf-1.3.0-py3-none-any.whl": "aa", "acopio-0.1.0-py3-none-any.whl": "bb"}
    assert pinned(wheels) == [
        "acopio==0.1.0 --hash=sha256:bb",
        "flask_wtf==1.3.0 --hash=sha256:aa",
    ]
