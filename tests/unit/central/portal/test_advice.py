"""What helps against a cause: every state and every official label has its advice and its link."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from central.portal.advice import advise
from central.portal.records import bp as records
from central.reports.medians import REJECTED_STATES
from central.reports.rejection_sources import Cause
from domain.apoyo import State


@pytest.fixture(autouse=True)
def _context() -> Iterator[None]:
    app = Flask("central")
    Babel(app)
    app.register_blueprint(records)
    with app.test_request_context("/"):
        yield


class TestAdvice:
    @pytest.mark.parametrize("state", REJECTED_STATES)
    def test_every_state_that_does_not_count_has_some(self, state: State) -> None:
        (advice,) = advise((Cause(state, "", 7),), folio="SOL1")
        assert str(advice.cause)
        assert str(advice.helps)
        assert advice.address == f"/records?folio_solicitud=SOL1&state={state.value}"

    @pytest.mark.parametrize(
        ("code", "says"),
        [
            ("Foto no válida", "live photo"),
            ("foto_no_valida", "live photo"),
            ("Sin firma", "sign before"),
            ("fotocopia", "original"),
            ("period.delivered_late", "end of each day"),
            ("something.new", "each one shows its reason"),
        ],
    )
    def test_labels_are_known_however_they_are_written(self, code: str, says: str) -> None:
        (advice,) = advise((Cause(State.INCONSISTENCIA, code, 1),), folio="SOL1")
        assert says in str(advice.helps)

    def test_a_motivo_is_named_and_leads_to_its_records(self) -> None:
        (advice,) = advise((Cause(State.BAJA, "motivo.Pérdida de vigencia", 3),), folio="SOL1")
        assert "Pérdida de vigencia" in str(advice.cause)
        assert "vigencia" in str(advice.helps)
        assert "motivo_baja=P%C3%A9rdida" in advice.address

    def test_three_matter_and_none_that_is_rare(self) -> None:
        counts = (50, 30, 10, 9)
        causes = tuple(Cause(State.INCONSISTENCIA, f"c{n}", n) for n in counts)
        assert [one.matters for one in advise(causes, folio="S")] == [True, True, True, False]
        rare = (Cause(State.PADRON, "", 97), Cause(State.BAJA, "", 3))
        assert [one.matters for one in advise(rare, folio="S")] == [True, False]
