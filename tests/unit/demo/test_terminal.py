"""The table at the end of the demo."""

from demo.terminal import table


class TestTable:
    def test_sets_numbers_right_and_words_left(self) -> None:
        lines = table(["nombre", "ms"], [["uno", "7"], ["dos", "1,234"]]).splitlines()
        assert lines == ["nombre     ms", "──────  ─────", "uno         7", "dos     1,234"]

    def test_without_rows_has_its_headings(self) -> None:
        assert table(["folio"], []).splitlines()[0] == "folio"
