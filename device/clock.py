"""The station's clocks, and how far its wall clock is to be believed."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from device.errors import StationError
from domain.clock import Clock
from wire.packet import ClockClass

_MAX_ERROR_MS = 5_000
_MAX_ANCHOR_AGE_MS = 7 * 86_400_000
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_RTC = Path("/sys/class/rtc/rtc0")


class SystemClock:
    """The clocks of the kernel."""

    def now(self) -> datetime:
        """Return the present in UTC, aware."""
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        """Return milliseconds since boot, sleep included; never goes back."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """One signed time of the centre, and the moment of this boot at which it arrived."""

    id: str
    time_ms: int
    mono_ms: int
    boot_id: str


def read_boot_id() -> str:
    """Return the kernel's name of this boot, 32 hexadecimal digits.

    Raises:
        StationError: The kernel does not say, as where `/proc` is not mounted.
    """
    try:
        return _BOOT_ID.read_text("ascii").strip().replace("-", "")
    except OSError as error:
        raise StationError("the kernel names no boot: no /proc?", code="clock.boot") from error


def has_rtc() -> bool:
    """Tell whether a hardware clock keeps time while the station is off."""
    return _RTC.exists()


def classify(
    *, wall_ms: int, mono_ms: int, boot_id: str, anchor: Anchor | None, rtc: bool
) -> ClockClass:
    """Say how far `wall_ms` is to be believed.

    Anchored in this boot, it must agree with the anchor plus the time since to 5 s. Before the
    first anchor of a boot, a hardware clock is believed for 7 days. A clock behind its anchor is
    unknown.
    """
    if anchor is None:
        return ClockClass.UNKNOWN
    if anchor.boot_id == boot_id:
        expected_ms = anchor.time_ms + (mono_ms - anchor.mono_ms)
        close = abs(wall_ms - expected_ms) <= _MAX_ERROR_MS
        return ClockClass.ANCHORED if close else ClockClass.UNKNOWN
    if wall_ms < anchor.time_ms:
        return ClockClass.UNKNOWN
    recent = wall_ms - anchor.time_ms <= _MAX_ANCHOR_AGE_MS
    return ClockClass.RTC if rtc and recent else ClockClass.UNVERIFIED


def sureness(clock: Clock, anchor: Anchor | None) -> ClockClass:
    """Say how far this machine's clock is to be believed at this moment."""
    return classify(
        wall_ms=to_ms(clock.now()),
        mono_ms=clock.monotonic_ms(),
        boot_id=read_boot_id(),
        anchor=anchor,
        rtc=has_rtc(),
    )


def from_ms(at_ms: int) -> datetime:
    """Return the aware moment, in UTC, of milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def to_ms(moment: datetime) -> int:
    """Return milliseconds since 1970 of an aware moment."""
    return int(moment.timestamp() * 1000)
