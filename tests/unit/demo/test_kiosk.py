"""How the demo reads the kiosk's page of confirmation, and what its auxiliar types."""

from demo.kiosk import corrections, read_confirmation
from demo.score import Score, score

PAGE = """
<meta name="csrf-token" content="x">
<input type="hidden" name="csrf_token" value="x">
<input id="field-nombres" name="field.nombres" value="BEGO&Ntilde;A">
<input id="field-curp" name="field.curp" value="">
<textarea name="field.domicilio" rows="3">C MORELOS 5
CENTRO 01000</textarea>
"""


def test_reads_every_field_of_the_page_and_no_other_input() -> None:
    assert read_confirmation(PAGE) == {
        "nombres": "BEGOÑA",
        "curp": "",
        "domicilio": "C MORELOS 5\nCENTRO 01000",
    }


def test_types_what_the_register_is_asked_with_and_was_read_otherwise() -> None:
    printed = {"nombres": "BEGOÑA", "clave_elector": "RIGHT", "curp": "OTHER"}
    read = {"nombres": "BEGOÑA", "clave_elector": "WR0NG", "curp": ""}
    assert corrections(read, printed) == {"clave_elector": "RIGHT"}


def test_counts_right_unread_and_wrong_fields() -> None:
    printed = {"nombres": "BEGOÑA", "clave_elector": "RIGHT", "curp": "OTHER"}
    read = {"nombres": "BEGOÑA", "clave_elector": "WR0NG", "curp": "", "sexo": "M"}
    assert score(read, printed) == Score(correct=1, abstained=1, wrong=1)
