"""The words for states and answers. Official terms stay as the authority writes them."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from central.accounts.permissions import Role
from central.models import ReviewState
from domain.apoyo import State
from domain.threshold import Unit


@dataclass(frozen=True, slots=True)
class StateLabel:
    """A state of the partition: its name in a table, what it means, and its tone in a badge."""

    name: LazyString
    meaning: LazyString
    tone: str


STATES = {
    State.LISTA_NOMINAL: StateLabel(
        _("In Lista Nominal"),
        _("Found in the Lista Nominal, and nothing stands against them so far."),
        "ok",
    ),
    State.DUPLICADO: StateLabel(
        _("Duplicate"),
        _("The same citizen gave support before; only one apoyo counts."),
        "bad",
    ),
    State.PADRON: StateLabel(
        _("In Padrón, not in Lista Nominal"),
        _("Registered, but without a right to be in the Lista Nominal today."),
        "bad",
    ),
    State.BAJA: StateLabel(
        _("Removed from the register"), _("The register removed this citizen."), "bad"
    ),
    State.NO_ENCONTRADO: StateLabel(
        _("Data not found"), _("The register has nobody with the data captured."), "bad"
    ),
    State.FUERA_DE_AMBITO: StateLabel(
        _("Outside the geographic scope"),
        _("The citizen is registered outside the territory of this office."),
        "bad",
    ),
    State.INCONSISTENCIA: StateLabel(
        _("With inconsistencies"),
        _("The images or the data do not meet the requirements."),
        "bad",
    ),
    State.EN_PROCESAMIENTO: StateLabel(
        _("Being processed"), _("Received; the register has not answered yet."), "info"
    ),
    State.EN_MESA_DE_CONTROL: StateLabel(
        _("At the mesa de control"), _("People are looking at the images."), "warn"
    ),
}


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """A unit of a dispersion: its name, several of it, and what they are asked to do."""

    name: LazyString
    names: LazyString
    reaching: LazyString


UNITS = {
    Unit.ENTIDAD: UnitLabel(_("Entidad"), _("Entidades"), _("Entidades that reach their share")),
    Unit.DISTRITO: UnitLabel(_("Distrito"), _("Distritos"), _("Distritos that reach their share")),
    Unit.MUNICIPIO: UnitLabel(
        _("Municipio"), _("Municipios"), _("Municipios that reach their share")
    ),
    Unit.SECCION: UnitLabel(_("Sección"), _("Secciones"), _("Secciones that reach their share")),
}

REVIEW_STATES = {
    ReviewState.NOT_ASKED: _("Not asked for"),
    ReviewState.PENDING: _("Waiting for a reviewer"),
    ReviewState.APPROVED: _("Images accepted"),
    ReviewState.REJECTED: _("Images not accepted"),
}

ROLE_NAMES = {
    Role.ADMIN: _("Administrator"),
    Role.AUTHORITY: _("Authority"),
    Role.REVIEWER: _("Reviewer"),
    Role.ADJUDICATOR: _("Adjudicator"),
    Role.AUDITOR: _("Auditor"),
    Role.TECHNICIAN: _("Technician"),
    Role.ASPIRANTE: _("Aspirante"),
    Role.OBSERVER: _("Observer"),
}
