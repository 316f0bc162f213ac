"""What a station measures of itself: the names of `Health.gauges`, each with its unit.

A name is never given another meaning. The centre keeps and shows names that it does not know.
"""

from enum import StrEnum


class Gauge(StrEnum):
    """One whole number; what cannot be measured is left out, never zero."""

    TEMPERATURE_MC = "temperature_mc"  # hottest sensor of the processor, thousandths of a °C
    UNDERVOLTAGE = "undervoltage"  # 1: the supply is too weak at this moment
    UNDERVOLTAGE_SEEN = "undervoltage_seen"  # 1: it was, since the start
    THROTTLED = "throttled"  # 1: the processor is slowed down, by heat or by the supply
    THROTTLED_SEEN = "throttled_seen"  # 1: it was, since the start
    DISK_USED_PERCENT = "disk_used_percent"  # of the partition of the spool
    DISK_WEAR_PERCENT = "disk_wear_percent"  # of the life that the maker states, in steps of 10
    DISK_PRE_EOL = "disk_pre_eol"  # spare blocks: 1 normal, 2 most are used, 3 nearly none left
    DISK_ERRORS = "disk_errors"  # that the file systems have counted, ever
    BATTERY_PERCENT = "battery_percent"
    ON_BATTERY = "on_battery"  # 1: mains is off
    UPTIME_S = "uptime_s"
    LOAD_PERCENT = "load_percent"  # mean of one minute, of all processors together
    MEMORY_AVAILABLE_PERCENT = "memory_available_percent"
    KIOSK_AGE_S = "kiosk_age_s"  # since the screens last said how they are
    SIGNED_IN = "signed_in"  # 1: an auxiliar works here
    CAMERA_RUNNING = "camera_running"  # 1: pictures arrive
    CAMERA_RESTARTS = "camera_restarts"  # since the screens were started
    PREVIEWS_PER_10S = "previews_per_10s"  # while somebody looks, else 0
