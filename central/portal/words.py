"""The words of the pages, for reports that are made where no page is shown."""

from flask_babel import gettext as _

from central.models import Stage
from central.models.partition import MOTIVO
from central.portal.auxiliar_texts import STAGES
from central.portal.formats import entidad_name
from central.portal.labels import STATES
from central.portal.reasons import explain_code
from domain.apoyo import State


class PortalWords:
    """What `central.reports.listings.Words` asks for, in the language of the present context."""

    def state(self, state: State) -> str:
        """Name a state of the partition."""
        return str(STATES[state].name)

    def cause(self, state: State, code: str) -> str:
        """Say why a record is in its state."""
        if code.startswith(MOTIVO):
            return str(_("Motivo de la baja: %(motivo)s.", motivo=code.removeprefix(MOTIVO)))
        return str(explain_code(code).sentence)

    def auxiliar_stage(self, stage: Stage) -> str:
        """Name a step in the life of an auxiliar."""
        return str(STAGES[stage].name)

    def entidad(self, number: int) -> str:
        """Name an entidad by the register's number."""
        return entidad_name(number)

    def unknown_place(self) -> str:
        """Say that the register has not said where."""
        return str(_("Not answered by the register"))

    def unknown(self) -> str:
        """Say that it is not known."""
        return str(_("Not known"))
