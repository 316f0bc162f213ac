"""What a process decides for itself, read from its settings with every key known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from central.errors import ConfigError
from wire.errors import ShapeError
from wire.policy import Acceptance
from wire.shape import Limits, decode, encode

_CODE = r"[a-z0-9][a-z0-9_.]{0,63}"


class Presented(StrEnum):
    """Which instant makes an apoyo the first one, where a citizen gave several."""

    RECEIVED = "received"  # official practice: the authority's reception
    CAPTURED = "captured"


class ReviewSelection(StrEnum):
    """Which records the mesa de control sees."""

    ALL = "all"
    RISK = "risk"  # those over a limit, and a sample of the rest


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """When the images of a record go to the mesa de control."""

    select: ReviewSelection = ReviewSelection.RISK
    # A presentation-attack score from here on is looked at.
    attack_permille: Annotated[int, Limits(low=0, high=1000, unit="1/1000")] = 500
    # A record with one of these cross-check codes is looked at; a code ends in `*` for a family.
    checks: Annotated[tuple[str, ...], Limits(most=64)] = ("*",)
    # The same for the flags that the station set (typed fields, manual framing, poor quality).
    flags: Annotated[tuple[str, ...], Limits(most=64)] = ("*",)
    # Share of the remaining records that is looked at anyway.
    sample_permille: Annotated[int, Limits(low=0, high=1000, unit="1/1000")] = 50
    # Whether a record that was not selected is *Válido* by the register alone.
    unselected_is_valid: bool = False
    # What a reviewer may find wrong with images: the official list, as codes.
    labels: Annotated[tuple[str, ...], Limits(pattern=_CODE, most=64)] = (
        "credencial_no_valida",
        "foto_no_valida",
        "firma_no_valida",
        "sin_firma",
        "fotocopia",
        "simulacion",
        "otra",
    )


@dataclass(frozen=True, slots=True)
class HearingSettings:
    """Until when and how much an aspirante may contest: garantía de audiencia."""

    # A rejection is contested until so long after the last moment to deliver, and never less than
    # this after the rejection itself.
    days: Annotated[int, Limits(low=1, high=365, unit="days")] = 10
    # Records in one inconformidad; the number of inconformidades is not bounded.
    most_records: Annotated[int, Limits(low=1, high=10_000)] = 1_000


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """What stations may and must do; sent to them in the policy."""

    models: Annotated[tuple[str, ...], Limits(pattern=r"C|D|E|F|G|H|new", most=7)] = (
        "C",
        "D",
        "E",
        "F",
        "G",
        "H",
        "new",
    )
    live_photo_required: bool = True
    typed_data_allowed: bool = False
    attempts_before_fallback: Annotated[int, Limits(low=1, high=20)] = 3
    notice: Annotated[str, Limits(pattern=r"[!-~]{1,64}")] = "1"
    notice_text: Annotated[str, Limits(most=20_000)] = ""
    acceptance: Acceptance | None = None
    purge_after_s: Annotated[int, Limits(low=0, high=90 * 86_400, unit="s")] = 0
    hello_every_s: Annotated[int, Limits(low=5, high=86_400, unit="s")] = 300
    policy_every_s: Annotated[int, Limits(low=5, high=86_400, unit="s")] = 900
    allowed: bool = True
    # Whom to call or write, on every station and slip.
    help_phone: Annotated[str, Limits(most=40)] = ""
    help_mail: Annotated[str, Limits(pattern=r"([^@\s]+@[^@\s]+)?", most=254)] = ""
    # Where a citizen sees what became of their apoyo; the slip's QR leads there.
    citizen_page: Annotated[str, Limits(pattern=r"(https://[^\s#]+)?", most=200)] = ""


@dataclass(frozen=True, slots=True)
class AuxiliarSettings:
    """Who may capture in the process."""

    # Each auxiliar gives a clave de elector, and only those that the register has in the Lista
    # Nominal are invited. False: no clave is asked for, and everybody is invited at once.
    register_check: bool = True


@dataclass(frozen=True, slots=True)
class StationSettings:
    """What a station has to show before it captures."""

    # A station that enrols is not active until its readiness report came in, all green, or a
    # person let it capture. Those that are enrolled already go on.
    acceptance_required: bool = False


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """All settings of a process; an absent one has its default."""

    presented: Presented = Presented.RECEIVED
    review: ReviewSettings = dataclasses.field(default_factory=ReviewSettings)
    hearing: HearingSettings = dataclasses.field(default_factory=HearingSettings)
    capture: CaptureSettings = dataclasses.field(default_factory=CaptureSettings)
    auxiliares: AuxiliarSettings = dataclasses.field(default_factory=AuxiliarSettings)
    stations: StationSettings = dataclasses.field(default_factory=StationSettings)


def read_settings(stored: Mapping[str, Any]) -> ProcessSettings:
    """Read the settings of a process.

    Raises:
        ConfigError: A setting is unknown or out of its range; its path is named.
    """
    try:
        return decode(ProcessSettings, stored)
    except ShapeError as error:
        raise ConfigError(f"settings of the process: {error}", code="config.process") from error


def write_settings(settings: ProcessSettings) -> dict[str, Any]:
    """Give the settings as they are stored."""
    stored: dict[str, Any] = encode(settings)
    return stored
