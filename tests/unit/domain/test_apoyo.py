"""States that add up, and thresholds that decide by one apoyo."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.apoyo import Partition, SituacionRegistral, State
from domain.errors import PartitionError, ThresholdError
from domain.threshold import PUBLISHED, DispersionRule, Threshold, Unit, progress

# A public cut of November 2023; for the presidency nobody is out of scope.
PUBLISHED_CUT = {
    State.LISTA_NOMINAL: 57_121,
    State.DUPLICADO: 803,
    State.PADRON: 279,
    State.BAJA: 73,
    State.NO_ENCONTRADO: 19,
    State.FUERA_DE_AMBITO: 0,
    State.INCONSISTENCIA: 8_362,
    State.EN_PROCESAMIENTO: 892,
    State.EN_MESA_DE_CONTROL: 3_840,
}


class TestPartition:
    def test_reproduces_the_published_cut(self) -> None:
        partition = Partition(PUBLISHED_CUT, 71_389)
        assert partition[State.LISTA_NOMINAL] == 57_121
        assert partition.decided == 71_389 - 892 - 3_840

    @pytest.mark.parametrize("enviados", [71_388, 71_390, 0])
    def test_refuses_states_that_do_not_add_up(self, enviados: int) -> None:
        with pytest.raises(PartitionError):
            Partition(PUBLISHED_CUT, enviados)

    def test_refuses_a_negative_count_that_would_hide_another(self) -> None:
        with pytest.raises(PartitionError):
            Partition({State.BAJA: -1, State.PADRON: 2}, 1)

    @given(st.lists(st.sampled_from(State)))
    def test_counts_each_apoyo_once(self, states: list[State]) -> None:
        partition = Partition.of(states)
        assert partition.enviados == len(states) == sum(partition.counts.values())
        assert set(partition.counts) == set(State)

    def test_has_nine_states_and_the_register_five_answers(self) -> None:
        assert len(State) == 9
        assert len(SituacionRegistral) == 5


class TestThreshold:
    def test_asks_the_published_number_of_a_new_party(self) -> None:
        assert PUBLISHED["partido_nacional"].required(98_472_789) == 256_030

    @pytest.mark.parametrize(
        ("office", "percentage", "unit", "per_unit"),
        [
            ("presidencia", "1/100", Unit.ENTIDAD, "1/100"),
            ("senaduria", "2/100", Unit.DISTRITO, "1/100"),
            ("diputacion_federal", "2/100", Unit.SECCION, "1/100"),
            ("revocacion_de_mandato", "3/100", Unit.ENTIDAD, "3/100"),
        ],
    )
    def test_knows_the_published_rules(
        self, office: str, percentage: str, unit: Unit, per_unit: str
    ) -> None:
        threshold = PUBLISHED[office]
        assert threshold.percentage == Fraction(percentage)
        assert threshold.dispersion is not None
        assert threshold.dispersion.unit is unit
        assert threshold.dispersion.percentage == Fraction(per_unit)

    def test_spreads_over_seventeen_entities_or_half_of_the_units(self) -> None:
        presidencia, diputacion = PUBLISHED["presidencia"], PUBLISHED["diputacion_federal"]
        assert presidencia.dispersion is not None
        assert diputacion.dispersion is not None
        assert presidencia.dispersion.units_required(32) == 17
        assert diputacion.dispersion.units_required(227) == 114

    def test_rounds_up_to_a_whole_citizen(self) -> None:
        assert Threshold(Fraction(1, 100)).required(100) == 1
        assert Threshold(Fraction(1, 100)).required(101) == 2

    @pytest.mark.parametrize("percentage", [Fraction(0), Fraction(-1), Fraction(2)])
    def test_refuses_a_share_that_is_none(self, percentage: Fraction) -> None:
        with pytest.raises(ThresholdError):
            Threshold(percentage)

    def test_refuses_two_ways_to_count_units(self) -> None:
        with pytest.raises(ThresholdError):
            DispersionRule(Unit.ENTIDAD, Fraction(1, 100), 17, Fraction(1, 2))
        with pytest.raises(ThresholdError):
            DispersionRule(Unit.ENTIDAD, Fraction(1, 100))


class TestProgress:
    THRESHOLD = Threshold(
        Fraction(1, 100),
        dispersion=DispersionRule(Unit.ENTIDAD, Fraction(1, 100), minimum_units=2),
    )
    BASE: ClassVar[dict[str, int]] = {"01": 1_000, "02": 2_000, "03": 500}

    def test_one_apoyo_decides_the_total(self) -> None:
        short = progress(self.THRESHOLD, 3_500, 34, base_by_unit=self.BASE)
        assert (short.required, short.missing, short.is_met) == (35, 1, False)

    def test_one_apoyo_decides_a_unit(self) -> None:
        counted = {"01": 15, "02": 19}
        short = progress(self.THRESHOLD, 3_500, 35, base_by_unit=self.BASE, valid_by_unit=counted)
        assert short.missing_by_unit == (("02", 1), ("03", 5))
        assert (short.units_reached, short.units_required, short.is_met) == (1, 2, False)
        met = progress(
            self.THRESHOLD, 3_500, 35, base_by_unit=self.BASE, valid_by_unit={**counted, "02": 20}
        )
        assert met.is_met

    def test_an_empty_unit_is_left_out(self) -> None:
        reached = progress(self.THRESHOLD, 10, 1, base_by_unit={"01": 0})
        assert reached.units_reached == 0

    def test_refuses_to_guess_the_lists_of_the_units(self) -> None:
        with pytest.raises(ThresholdError):
            progress(self.THRESHOLD, 3_500, 35)
        with pytest.raises(ThresholdError):
            self.THRESHOLD.required(0)
