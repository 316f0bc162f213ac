"""A reason is never withheld, and every code of verification has its sentence."""

import ast
import inspect
import re
from collections.abc import Iterator

import pytest

from central.intake import receive
from central.models.settings import ReviewSettings
from central.portal.reasons import CHOICES, explain, explain_code
from central.reports.record_filter import state_of_reason
from central.review.contest import CODE_OF_STATE
from central.verification import captured, decide, duplicates, verifier
from domain.apoyo import OPEN_STATES, State

_CODE = re.compile(
    r"(?:duplicate|scope|period|station|attack|review|record|envelope|void)\.[a-z_]+"
)
# Codes of the log and of a lease: they are not reasons of a record.
_NOT_REASONS = {
    "record.verified", "record.unsound", "record.given_up", "record.failed", "record.never_ends",
    "review.approved",
}  # fmt: skip


def _codes_in_the_source() -> Iterator[str]:
    for module in (captured, decide, duplicates, receive, verifier):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Constant(value=str(text)) if _CODE.fullmatch(text):
                    yield text


_CODES = sorted({*_codes_in_the_source(), *ReviewSettings().labels} - _NOT_REASONS)


class TestExplain:
    @pytest.mark.parametrize("code", _CODES)
    def test_knows_every_code_that_the_centre_writes(self, code: str) -> None:
        (found,) = explain(State.INCONSISTENCIA, [code])
        unknown = explain(State.INCONSISTENCIA, ["something.else"])[0]
        assert found.code == code
        assert found.sentence is not unknown.sentence

    @pytest.mark.parametrize("code", _CODES)
    def test_whatever_rejects_has_its_ground(self, code: str) -> None:
        waits = state_of_reason(code) in OPEN_STATES
        assert bool(explain_code(code).ground) is not waits

    @pytest.mark.parametrize("code", _CODES)
    def test_each_can_be_chosen_in_the_search(self, code: str) -> None:
        assert code in CHOICES or any(code.startswith(one) for one in CHOICES if one[-1] == ".")

    @pytest.mark.parametrize("code", CODE_OF_STATE.values())
    def test_what_the_register_says_has_a_code_in_an_inconformidad(self, code: str) -> None:
        assert explain_code(code).ground

    def test_a_code_nobody_knows_is_shown_as_it_is(self) -> None:
        (found,) = explain(State.INCONSISTENCIA, ["something.else"])
        assert found.code == "something.else"
        assert found.ground == ""

    @pytest.mark.parametrize("state", [State.PADRON, State.BAJA, State.NO_ENCONTRADO])
    def test_an_answer_of_the_register_explains_itself(self, state: State) -> None:
        (found,) = explain(state, [])
        assert found.ground

    def test_a_record_that_counts_needs_no_reason(self) -> None:
        assert explain(State.LISTA_NOMINAL, []) == ()
