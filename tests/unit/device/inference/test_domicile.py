import pytest

from device.inference.domicile import likelihood


class TestLikelihood:
    @pytest.mark.parametrize(
        ("careful", "careless"),
        [
            ("CALZADA COLIBRÍ MZA 22 LTE 5", "CALZADA COLIBRÍ MZA 22 LTE5"),
            ("RET MINA 7 INT 3", "RET MINA 7INT 3"),
            ("VILLA DE ÁLVAREZ, COL", "VILLA DE ÁLVAREZ, COL."),
        ],
    )
    def test_expects_print_set_with_care(self, careful: str, careless: str) -> None:
        assert likelihood(careful) > likelihood(careless)

    @pytest.mark.parametrize("line", ["C 1A DE MAYO 12", "2DA PRIV B4", "TLAXCALA, TLAX.  Q. ROO."])
    def test_takes_ordinals_doors_and_abbreviations_as_they_are(self, line: str) -> None:
        assert likelihood(line) == 1
