"""What the station said against what the centre has."""

import pytest

from bench.station_vm.ledger import account, said_lines


class TestAccount:
    def test_holds_when_every_folio_said_arrived_once_with_its_receipt(self) -> None:
        result = account(["A", "B"], [("B", 1), ("A", 1)])
        assert result.holds
        assert (result.said, result.arrived, result.untold) == (2, 2, 0)

    def test_counts_a_record_that_a_cut_kept_from_being_said(self) -> None:
        result = account(["A"], [("A", 1), ("B", 1)])
        assert result.holds
        assert result.untold == 1

    def test_names_what_was_said_and_is_not_there(self) -> None:
        result = account(["A", "B"], [("A", 1), ("C", 1)])
        assert not result.holds
        assert result.lost == ("B",)
        assert result.untold == 1

    def test_names_what_is_there_twice(self) -> None:
        result = account(["A"], [("A", 1), ("A", 1)])
        assert not result.holds
        assert result.doubled == ("A",)

    @pytest.mark.parametrize("receipts", [0, 2])
    def test_names_what_has_not_exactly_one_receipt(self, receipts: int) -> None:
        result = account(["A"], [("A", receipts)])
        assert not result.holds
        assert result.without_receipt == ("A",)

    def test_refuses_a_station_that_says_a_folio_twice(self) -> None:
        with pytest.raises(ValueError, match="said twice: A"):
            account(["A", "A"], [("A", 1)])


class TestSaidLines:
    def test_leaves_out_a_line_that_the_cut_tore(self) -> None:
        assert said_lines("A-1\nA-2\nA-") == ["A-1", "A-2"]

    def test_is_empty_before_the_first_word(self) -> None:
        assert said_lines("") == []
