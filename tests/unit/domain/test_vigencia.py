"""Until when a credential is valid."""

from __future__ import annotations

from datetime import date

import pytest

from domain.credential.vigencia import is_over, last_year


class TestVigencia:
    @pytest.mark.parametrize(
        ("printed", "year"), [("2024-2034", 2034), ("2026", 2026), ("2019 2029", 2029), ("", None)]
    )
    def test_is_the_last_year_printed(self, printed: str, year: int | None) -> None:
        assert last_year(printed) == year

    def test_lasts_until_the_end_of_its_year(self) -> None:
        assert not is_over(2026, date(2026, 12, 31))
        assert is_over(2026, date(2027, 1, 1))

    def test_lasts_longer_where_the_authority_extended_it(self) -> None:
        assert not is_over(2023, date(2024, 6, 2), extended_from=2023)
        assert is_over(2022, date(2024, 6, 2), extended_from=2023)
