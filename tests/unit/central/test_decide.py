"""The rules of verification: exactly one state for every record."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.models.records import ReviewState
from central.models.settings import ReviewSelection, ReviewSettings
from central.register.base import Answer, Place
from central.verification.decide import (
    Bracket,
    Facts,
    Period,
    PeriodVerdict,
    Risk,
    Scope,
    decide,
    in_sample,
    judge_period,
)
from domain.apoyo import SituacionRegistral, State
from wire.packet import ClockClass

START = datetime(2026, 11, 1, tzinfo=UTC)
PERIOD = Period(START, START + timedelta(days=30), START + timedelta(days=31))
HOME = Place(9, 5, 15, 1000)
IN_LISTA = Answer(SituacionRegistral.LISTA_NOMINAL, HOME, None, 1)
NO_SAMPLE = ReviewSettings(sample_permille=0)


def bracket(
    received_day: float, claimed_day: float, after_day: float | None = None, clock: str = "anchored"
) -> Bracket:
    return Bracket(
        after=None if after_day is None else START + timedelta(days=after_day),
        received_at=START + timedelta(days=received_day),
        claimed_at=START + timedelta(days=claimed_day),
        clock_class=clock,
    )


def facts(**changes: object) -> Facts:
    values: dict[str, object] = {
        "link": b"l" * 32,
        "answer": IN_LISTA,
        "scope": Scope(),
        "period": PERIOD,
        "bracket": bracket(10, 10, 9),
        "risk": Risk(),
        **changes,
    }
    return Facts(**values)  # type: ignore[arg-type]  # a test's own shorthand


class TestPeriod:
    @pytest.mark.parametrize(
        ("given_bracket", "verdict"),
        [
            (bracket(10, 10, 9), PeriodVerdict.INSIDE),
            (bracket(10, -5, 9, "unknown"), PeriodVerdict.INSIDE),  # the bracket alone decides
            (bracket(30.5, 29, 28), PeriodVerdict.INSIDE),  # delivered in the grace
            (bracket(30.5, 30.2, 28), PeriodVerdict.AFTER_END),
            (bracket(30.5, 29, 30.1), PeriodVerdict.AFTER_END),
            (bracket(30.5, 29, 28, "unknown"), PeriodVerdict.UNSURE),
            (bracket(31.5, 29, 28), PeriodVerdict.DELIVERED_LATE),
            (bracket(-1, -1), PeriodVerdict.BEFORE_START),
            (bracket(1, -1), PeriodVerdict.BEFORE_START),
            (bracket(1, 0.5), PeriodVerdict.INSIDE),
            (bracket(1, 5), PeriodVerdict.UNSURE),  # after its own reception: no clock to believe
        ],
    )
    def test_the_bracket_decides_and_the_clock_only_where_it_is_believed(
        self, given_bracket: Bracket, verdict: PeriodVerdict
    ) -> None:
        assert judge_period(PERIOD, given_bracket) is verdict


class TestDecide:
    @pytest.mark.parametrize(
        ("situacion", "state"),
        [
            (SituacionRegistral.PADRON, State.PADRON),
            (SituacionRegistral.BAJAS, State.BAJA),
            (SituacionRegistral.DATOS_NO_ENCONTRADOS, State.NO_ENCONTRADO),
        ],
    )
    def test_whoever_is_not_in_lista_nominal_is_decided_by_the_register(
        self, situacion: SituacionRegistral, state: State
    ) -> None:
        answer = Answer(situacion, HOME, None, 1)
        decision = decide(facts(answer=answer, duplicate="duplicate.same_aspirante"), NO_SAMPLE)
        assert (decision.state, decision.valid) == (state, False)

    @pytest.mark.parametrize(
        ("scope", "state"),
        [
            (Scope(), State.LISTA_NOMINAL),
            (Scope(entidad=9), State.LISTA_NOMINAL),
            (Scope(entidad=9, distrito=6), State.FUERA_DE_AMBITO),
            (Scope(entidad=20), State.FUERA_DE_AMBITO),
            (Scope(entidad=9, municipio=15), State.LISTA_NOMINAL),
        ],
    )
    def test_the_scope_is_that_of_the_register(self, scope: Scope, state: State) -> None:
        assert decide(facts(scope=scope), NO_SAMPLE).state is state

    def test_valid_only_with_register_and_review(self) -> None:
        assert decide(facts(), NO_SAMPLE).valid is None
        assert decide(facts(review_state=ReviewState.APPROVED), NO_SAMPLE).valid is True
        trusting = ReviewSettings(sample_permille=0, unselected_is_valid=True)
        assert decide(facts(), trusting).valid is True

    def test_what_the_review_rejected_stays_rejected(self) -> None:
        decision = decide(
            facts(review_state=ReviewState.REJECTED, review_labels=["foto"]), NO_SAMPLE
        )
        assert (decision.state, decision.reasons) == (State.INCONSISTENCIA, ("foto",))

    @pytest.mark.parametrize(
        ("risk", "reasons"),
        [
            (Risk(attack_permille=500), ("attack.score",)),
            (Risk(attack_permille=499), ()),
            (Risk(checks=("mrz_names",)), ("check.mrz_names",)),
            (Risk(flags=("typed",)), ("flag.typed",)),
        ],
    )
    def test_risk_leads_to_the_mesa_de_control(self, risk: Risk, reasons: tuple[str, ...]) -> None:
        decision = decide(facts(risk=risk), NO_SAMPLE)
        assert decision.reasons == reasons
        assert (decision.state is State.EN_MESA_DE_CONTROL) == bool(reasons)

    def test_patterns_choose_which_checks_are_looked_at(self) -> None:
        review = ReviewSettings(sample_permille=0, checks=("mrz_*",))
        assert decide(facts(risk=Risk(checks=("vigencia.expired",))), review).reasons == ()

    def test_everything_is_looked_at_where_the_process_says_so(self) -> None:
        decision = decide(facts(), ReviewSettings(select=ReviewSelection.ALL))
        assert decision.review_state is ReviewState.PENDING

    @given(
        situacion=st.sampled_from(list(SituacionRegistral)),
        review_state=st.sampled_from(list(ReviewState)),
        attack=st.none() | st.integers(0, 1000),
        duplicate=st.none() | st.just("duplicate.same_aspirante"),
        clock=st.sampled_from([clock.value for clock in ClockClass]),
        days=st.tuples(st.floats(-5, 40), st.floats(-5, 40), st.none() | st.floats(-5, 40)),
    )
    def test_valid_is_true_only_in_lista_nominal_and_null_only_while_open(
        self,
        situacion: SituacionRegistral,
        review_state: ReviewState,
        attack: int | None,
        duplicate: str | None,
        clock: str,
        days: tuple[float, float, float | None],
    ) -> None:
        decision = decide(
            facts(
                answer=Answer(situacion, HOME, None, 1),
                review_state=review_state,
                risk=Risk(attack_permille=attack),
                duplicate=duplicate,
                bracket=bracket(days[0], days[1], days[2], clock),
            ),
            ReviewSettings(sample_permille=100),
        )
        if decision.valid is True:
            assert decision.state is State.LISTA_NOMINAL
            assert review_state is ReviewState.APPROVED
        if decision.valid is None:
            assert decision.state in (State.LISTA_NOMINAL, State.EN_MESA_DE_CONTROL)
        assert decision.state is not State.EN_PROCESAMIENTO


def test_the_sample_is_of_its_size_and_always_the_same() -> None:
    links = [n.to_bytes(32, "big") for n in range(4000)]
    chosen = [link for link in links if in_sample(link, 100)]
    assert 300 < len(chosen) < 500
    assert chosen == [link for link in links if in_sample(link, 100)]
    assert not any(in_sample(link, 0) for link in links)
    assert all(in_sample(link, 1000) for link in links)
