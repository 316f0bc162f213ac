"""The form with which the authority registers an aspirante or changes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from central.models import AccountKind, Process
from central.roster.admission import Admission, Mistake, Mistakes
from central.roster.admitted import Admitted
from central.roster.aspirantes import NewAspirante
from domain.threshold import PUBLISHED

FIELDS = (
    "office",
    "folio_solicitud",
    "name",
    "account_kind",
    "email",
    "scope_entidad",
    "scope_distrito",
    "scope_municipio",
    "threshold",
    "starts_at",
    "ends_at",
    "access_until",
)
_NUMBERS = ("scope_entidad", "scope_distrito", "scope_municipio")
_MOST_TEXT = 254

THRESHOLDS: Mapping[str, LazyString] = {
    "presidencia": _("Presidencia: 1 per cent of the Lista Nominal, in 17 entidades"),
    "senaduria": _("Senaduría: 2 per cent of the entidad, in half of its distritos"),
    "diputacion_federal": _(
        "Diputación federal: 2 per cent of the distrito, in half of its secciones"
    ),
    "revocacion_de_mandato": _("Revocación de mandato: 3 per cent, in 17 entidades"),
    "partido_nacional": _("New national party: 0.26 per cent of the Padrón"),
}
_SENTENCES: Mapping[Mistake, LazyString] = {
    Mistake.MISSING: _("This is needed. Fill it in."),
    Mistake.MALFORMED: _("This is not written as it should be. Look at the example."),
    Mistake.UNKNOWN: _("Choose one of the options."),
    Mistake.TAKEN: _("This folio is registered already. Open that request to change it."),
    Mistake.OUT_OF_RANGE: _("There is no such number. Use the number of the register."),
    Mistake.STAFF: _("This address belongs to somebody of the authority. Use another one."),
    Mistake.ORDER: _("The end comes before the beginning. Correct one of the two."),
    Mistake.PAST: _("This day has passed. Choose a later one, or leave it empty."),
    Mistake.EMPTY_REGISTER: _(
        "The register has nobody in this scope, so that the threshold cannot be counted. Check the "
        "scope, or import the register first."
    ),
}


@dataclass(frozen=True)
class AdmissionForm:
    """The texts as typed, what they say, and what is wrong, by field."""

    texts: Mapping[str, str]
    said: Admission
    mistakes: Mistakes
    letter: bool

    @classmethod
    def empty(cls) -> "AdmissionForm":
        """Give the form before anything was typed."""
        return cls(dict.fromkeys(FIELDS, ""), _said({}, {}, None), {}, letter=True)

    @classmethod
    def of(cls, one: Admitted) -> "AdmissionForm":
        """Fill the form with what was registered."""
        aspirante, user = one.aspirante, one.user
        zone = ZoneInfo(aspirante.process.time_zone)
        until = None if user is None else user.expires_at
        texts = {
            "office": f"{aspirante.process.code}:{aspirante.office.code}",
            "folio_solicitud": aspirante.folio_solicitud,
            "name": aspirante.name,
            "account_kind": "" if user is None else user.account_kind or "",
            "email": aspirante.email,
            "threshold": "",
            "starts_at": _typed(aspirante.starts_at, zone),
            "ends_at": _typed(aspirante.ends_at, zone),
            "access_until": "" if until is None else f"{until.astimezone(zone):%Y-%m-%d}",
        }
        for name in _NUMBERS:
            number = getattr(aspirante, name)
            texts[name] = "" if number is None else str(number)
        return cls(texts, _said(texts, {}, zone), {}, letter=False)

    @classmethod
    def parse(
        cls, form: Mapping[str, str], processes: Sequence[Process], *, folio: str | None = None
    ) -> "AdmissionForm":
        """Read the form as it was sent; `folio` is that of the request that is changed."""
        texts = {name: form.get(name, "").strip() for name in FIELDS}
        if folio is not None:
            texts["folio_solicitud"] = folio
        texts["folio_solicitud"] = texts["folio_solicitud"].upper()
        mistakes: Mistakes = {
            name: Mistake.MALFORMED for name, text in texts.items() if len(text) > _MOST_TEXT
        }
        code = texts["office"].partition(":")[0]
        zones = {process.code: ZoneInfo(process.time_zone) for process in processes}
        said = _said(texts, mistakes, zones.get(code))
        return cls(texts, said, mistakes, letter=form.get("letter") == "yes")


def sentences(mistakes: Mistakes) -> dict[str, LazyString]:
    """Give the sentence of each mistake; a mistake in the process is shown beside the office."""
    return {
        "office" if name == "process" else name: _SENTENCES[mistake]
        for name, mistake in mistakes.items()
    }


def threshold_names() -> list[tuple[str, LazyString | str]]:
    """Give the published thresholds with what each asks for."""
    return [(name, THRESHOLDS.get(name, name)) for name in PUBLISHED]


def _said(texts: Mapping[str, str], mistakes: Mistakes, zone: ZoneInfo | None) -> Admission:
    process, _colon, office = texts.get("office", "").partition(":")
    kind = texts.get("account_kind", "")
    if kind not in ("", *AccountKind):
        mistakes["account_kind"] = Mistake.UNKNOWN
        kind = ""
    numbers = {name: _number(texts, name, mistakes) for name in _NUMBERS}
    return Admission(
        process=process,
        request=NewAspirante(
            folio_solicitud=texts.get("folio_solicitud", ""),
            name=texts.get("name", ""),
            email=texts.get("email", "").lower(),
            office=office,
            scope_entidad=numbers["scope_entidad"],
            scope_distrito=numbers["scope_distrito"],
            scope_municipio=numbers["scope_municipio"],
            starts_at=_moment(texts, "starts_at", zone, mistakes),
            ends_at=_whole_minute(_moment(texts, "ends_at", zone, mistakes)),
        ),
        account_kind=AccountKind(kind) if kind else None,
        access_until=_end_of_day(texts, "access_until", zone, mistakes),
        threshold=texts.get("threshold") or None,
    )


def _number(texts: Mapping[str, str], name: str, mistakes: Mistakes) -> int | None:
    text = texts.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        mistakes[name] = Mistake.OUT_OF_RANGE
        return None
    return int(text)


def _moment(
    texts: Mapping[str, str], name: str, zone: ZoneInfo | None, mistakes: Mistakes
) -> datetime | None:
    text = texts.get(name, "")
    if not text or zone is None:
        return None
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone)
        moment.astimezone(UTC)  # as it is stored; the last years of the calendar have none
    except (ValueError, OverflowError):
        mistakes[name] = Mistake.MALFORMED
        return None
    return moment


def _whole_minute(moment: datetime | None) -> datetime | None:
    """Let the last minute count whole: what is shown to the minute is read back as it was."""
    return None if moment is None else moment + timedelta(minutes=1, microseconds=-1)


def _end_of_day(
    texts: Mapping[str, str], name: str, zone: ZoneInfo | None, mistakes: Mistakes
) -> datetime | None:
    moment = _moment(texts, name, zone, mistakes)
    if moment is None:
        return None
    try:
        tomorrow = moment.date() + timedelta(days=1)  # the last day counts whole
    except OverflowError:
        mistakes[name] = Mistake.MALFORMED
        return None
    return datetime.combine(tomorrow, time(), moment.tzinfo) - timedelta(microseconds=1)


def _typed(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"
