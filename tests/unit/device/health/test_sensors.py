"""What the sensors of some boards say."""

from pathlib import Path

from device.health.sensors import read_gauges
from tests.unit.device.health.trees import COMPUTE_MODULE, DAMAGED, RASPBERRY_PI_4, plant
from wire.gauges import Gauge


def gauges(root: Path, tree: dict[str, str]) -> dict[Gauge, int]:
    found = read_gauges(plant(root, tree), root)
    assert 0 <= found.pop(Gauge.DISK_USED_PERCENT) <= 100
    return found


class TestABoardWithItsFirmwaresFile:
    def test_tells_heat_supply_and_work(self, tmp_path: Path) -> None:
        assert gauges(tmp_path, RASPBERRY_PI_4) == {
            Gauge.TEMPERATURE_MC: 61_342,
            Gauge.UNDERVOLTAGE: 1,
            Gauge.UNDERVOLTAGE_SEEN: 1,
            Gauge.THROTTLED: 1,
            Gauge.THROTTLED_SEEN: 1,
            Gauge.DISK_ERRORS: 2,
            Gauge.UPTIME_S: 86_400,
            Gauge.LOAD_PERCENT: 50,
            Gauge.MEMORY_AVAILABLE_PERCENT: 25,
        }

    def test_tells_what_was_from_what_is(self, tmp_path: Path) -> None:
        throttled = {"sys/devices/platform/soc/soc:firmware/get_throttled": "50000"}
        found = gauges(tmp_path, throttled)
        assert (found[Gauge.UNDERVOLTAGE], found[Gauge.UNDERVOLTAGE_SEEN]) == (0, 1)
        assert (found[Gauge.THROTTLED], found[Gauge.THROTTLED_SEEN]) == (0, 1)


class TestABoardWithFlashThatTellsItsWear:
    def test_tells_the_worse_part_and_the_battery_that_is_its_own(self, tmp_path: Path) -> None:
        assert gauges(tmp_path, COMPUTE_MODULE) == {
            Gauge.TEMPERATURE_MC: 45_000,
            Gauge.UNDERVOLTAGE: 1,
            Gauge.DISK_WEAR_PERCENT: 40,
            Gauge.DISK_PRE_EOL: 1,
            Gauge.BATTERY_PERCENT: 37,
            Gauge.ON_BATTERY: 1,
        }

    def test_worn_beyond_all_of_its_life_is_said_as_such(self, tmp_path: Path) -> None:
        tree = {"sys/block/mmcblk0/device/life_time": "0x0b 0x01"}
        assert gauges(tmp_path, tree) == {Gauge.DISK_WEAR_PERCENT: 110}


class TestWhatIsNotThere:
    def test_is_left_out(self, tmp_path: Path) -> None:
        assert gauges(tmp_path, {}) == {}

    def test_and_what_cannot_be_read_is_too(self, tmp_path: Path) -> None:
        assert gauges(tmp_path, DAMAGED) == {}

    def test_is_left_out_for_a_partition_as_well(self, tmp_path: Path) -> None:
        assert read_gauges(tmp_path, tmp_path / "nothing") == {}


class TestThisMachine:
    def test_answers_whatever_it_has(self, tmp_path: Path) -> None:
        found = read_gauges(Path("/"), tmp_path)
        assert found[Gauge.UPTIME_S] > 0
        assert 0 < found[Gauge.MEMORY_AVAILABLE_PERCENT] <= 100
