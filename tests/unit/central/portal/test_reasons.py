"""A reason is never withheld, and every code of verification has its sentence."""

import ast
import inspect
import re
from collections.abc import Iterator

import pytest

from central.portal.reasons import explain
from central.verification import captured, decide, duplicates, verifier
from domain.apoyo import State

_CODE = re.compile(r"(?:duplicate|scope|period|station|attack|review|record|envelope)\.[a-z_]+")
# Codes of the log and of a lease: they are not reasons of a record.
_NOT_REASONS = {
    "record.verified", "record.unsound", "record.given_up", "record.failed", "record.never_ends",
    "review.approved",
}  # fmt: skip


def _codes_in_the_source() -> Iterator[str]:
    for module in (captured, decide, duplicates, verifier):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            match node:
                case ast.Constant(value=str(text)) if _CODE.fullmatch(text):
                    yield text


class TestExplain:
    @pytest.mark.parametrize("code", sorted(set(_codes_in_the_source()) - _NOT_REASONS))
    def test_knows_every_code_of_verification(self, code: str) -> None:
        (found,) = explain(State.INCONSISTENCIA, [code])
        unknown = explain(State.INCONSISTENCIA, ["something.else"])[0]
        assert found.code == code
        assert found.sentence is not unknown.sentence

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
