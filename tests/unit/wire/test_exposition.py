"""The text format of Prometheus."""

import pytest

from wire.exposition import Metric, Sample, expose


class TestExpose:
    def test_writes_numbers_whole_and_labels_escaped(self) -> None:
        samples = [Sample(1_700_000_000_123, {"state": 'a"b\\c\nd'}), Sample(0.5)]
        assert expose([Metric("acopio_x", "One\nline.", samples)]) == (
            "# HELP acopio_x One\\nline.\n"
            "# TYPE acopio_x gauge\n"
            'acopio_x{state="a\\"b\\\\c\\nd"} 1700000000123\n'
            "acopio_x 0.5\n"
        )

    def test_leaves_out_what_has_no_sample(self) -> None:
        assert expose([Metric("acopio_x", "Nothing.", [])]) == ""

    @pytest.mark.parametrize("name", ["", "1x", "a b", "a{", "ñ"])
    def test_refuses_a_name_that_would_break_the_page(self, name: str) -> None:
        with pytest.raises(ValueError, match="not a name"):
            expose([Metric(name, "", [Sample(1)])])
