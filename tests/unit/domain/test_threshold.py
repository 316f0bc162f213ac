"""Thresholds to the last unit: the published figures, and what always holds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import ThresholdError
from domain.threshold import (
    PUBLISHED,
    BaseList,
    DispersionRule,
    Threshold,
    Unit,
    progress,
)

# Office, what was published as required, and the lists that give it: first and last.
FIGURES = [
    ("presidencia", 866_593, 86_659_201, 86_659_300),  # 2018
    ("presidencia", 961_405, 96_140_401, 96_140_500),  # 2024
    ("revocacion_de_mandato", 2_758_227, 91_940_867, 91_940_900),
    ("partido_nacional", 256_030, 98_472_789, 98_473_076),
    ("diputacion_federal", 5_976, 298_751, 298_800),
    ("diputacion_federal", 6_471, 323_501, 323_550),
]


class TestPublishedFigures:
    @pytest.mark.parametrize(("office", "required", "first", "last"), FIGURES)
    def test_are_reproduced_to_the_last_citizen(
        self, office: str, required: int, first: int, last: int
    ) -> None:
        threshold = PUBLISHED[office]
        assert threshold.required(first) == threshold.required(last) == required
        assert threshold.required(last + 1) == required + 1

    def test_the_list_of_the_new_party_is_the_published_one(self) -> None:
        assert PUBLISHED["partido_nacional"].base is BaseList.PADRON
        assert PUBLISHED["partido_nacional"].required(98_472_789) == 256_030

    @pytest.mark.parametrize(
        ("sections", "needed"), [(227, 114), (228, 114), (235, 118), (236, 118), (229, 115)]
    )
    def test_half_of_the_sections_of_a_district(self, sections: int, needed: int) -> None:
        # Published for 2021: 114 to 118 sections.
        rule = PUBLISHED["diputacion_federal"].dispersion
        assert rule is not None
        assert rule.unit is Unit.SECCION
        assert rule.units_required(sections) == needed

    @pytest.mark.parametrize(
        ("office", "unit", "units", "needed", "share"),
        [
            ("presidencia", Unit.ENTIDAD, 32, 17, Fraction(1, 100)),
            ("senaduria", Unit.DISTRITO, 8, 4, Fraction(1, 100)),
            ("senaduria", Unit.DISTRITO, 41, 21, Fraction(1, 100)),
            ("revocacion_de_mandato", Unit.ENTIDAD, 32, 17, Fraction(3, 100)),
            ("gubernatura_guerrero", Unit.MUNICIPIO, 81, 41, Fraction(3, 100)),
            ("gubernatura_quintana_roo", Unit.DISTRITO, 15, 15, Fraction(3, 100)),
        ],
    )
    def test_the_rule_of_dispersion(
        self, office: str, unit: Unit, units: int, needed: int, share: Fraction
    ) -> None:
        rule = PUBLISHED[office].dispersion
        assert rule is not None
        assert (rule.unit, rule.units_required(units), rule.percentage) == (unit, needed, share)

    def test_councils_of_hidalgo_ask_for_a_share_of_the_padron_alone(self) -> None:
        threshold = PUBLISHED["ayuntamiento_hidalgo"]
        assert (threshold.base, threshold.dispersion) == (BaseList.PADRON, None)
        assert threshold.required(10_001) == 301


class TestProgress:
    PRESIDENCY = PUBLISHED["presidencia"]

    @pytest.mark.parametrize(
        ("valid", "units", "is_met"),
        [(866_593, 17, True), (866_592, 17, False), (866_593, 16, False)],
    )
    def test_one_citizen_or_one_entidad_decides(self, valid: int, units: int, is_met: bool) -> None:
        bases = {f"{n:02d}": 2_708_103 for n in range(1, 33)}
        reached = {f"{n:02d}": 27_082 for n in range(1, units + 1)}
        found = progress(
            self.PRESIDENCY,
            86_659_288,
            valid,
            base_by_unit=bases,
            valid_by_unit={**reached, "32": 27_081},
        )
        assert found.units_reached == units
        assert found.is_met is is_met
        assert found.missing_by_unit[0] == ("32", 1)

    @given(
        st.dictionaries(st.integers(1, 32), st.integers(0, 10**7), min_size=1),
        st.dictionaries(st.integers(1, 40), st.integers(0, 10**6)),
    )
    def test_every_unit_with_citizens_is_reached_or_misses_something(
        self, bases: dict[int, int], valid: dict[int, int]
    ) -> None:
        found = progress(
            self.PRESIDENCY,
            100,
            sum(valid.values()),
            base_by_unit={f"{n:02d}": base for n, base in bases.items()},
            valid_by_unit={f"{n:02d}": count for n, count in valid.items()},
        )
        with_citizens = sum(1 for base in bases.values() if base)
        assert found.units_reached + len(found.missing_by_unit) == with_citizens
        assert [unit.code for unit in found.units] == sorted(unit.code for unit in found.units)
        assert all(missing > 0 for _unit, missing in found.missing_by_unit)

    @pytest.mark.parametrize("percentage", [Fraction(0), Fraction(101, 100), Fraction(-1)])
    def test_a_share_outside_0_to_1_is_refused(self, percentage: Fraction) -> None:
        with pytest.raises(ThresholdError):
            Threshold(percentage)
        with pytest.raises(ThresholdError):
            DispersionRule(Unit.ENTIDAD, percentage, minimum_units=1)

    def test_contradictory_rules_and_empty_lists_are_refused(self) -> None:
        share = Fraction(1, 100)
        for units, part in ((None, None), (3, Fraction(1, 2)), (0, None), (None, Fraction(3, 2))):
            with pytest.raises(ThresholdError):
                DispersionRule(Unit.ENTIDAD, share, minimum_units=units, minimum_share=part)
        with pytest.raises(ThresholdError):
            self.PRESIDENCY.required(0)
        with pytest.raises(ThresholdError):
            progress(self.PRESIDENCY, 100, 1)
