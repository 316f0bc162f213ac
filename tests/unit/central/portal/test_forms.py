"""The form of Consulta de registros: texts into a filter, mistakes beside their field."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from central.portal.forms import RecordFilterForm
from central.reports.record_filter import RecordFilter
from domain.apoyo import SituacionRegistral, State


@pytest.fixture(autouse=True)
def _translations() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


FILTERS = st.builds(
    RecordFilter,
    received_from=st.none() | st.dates(date(2017, 1, 1), date(2017, 6, 1)),
    received_to=st.none() | st.dates(date(2017, 6, 1), date(2027, 1, 1)),
    id_auxiliar=st.sampled_from(["", "AUX01"]),
    nombres=st.sampled_from(["", "ÍÑIGO", "María José"]),
    situacion=st.none() | st.sampled_from(list(SituacionRegistral)),
    valid=st.none() | st.booleans(),
    state=st.none() | st.sampled_from(list(State)),
    reason=st.sampled_from(["", "check.", "fotocopia"]),
)


class TestParse:
    @given(FILTERS)
    def test_a_saved_filter_fills_the_form_that_gives_it_again(self, wanted: RecordFilter) -> None:
        form = RecordFilterForm.of(wanted)
        assert RecordFilterForm.parse(form.texts) == form

    @given(FILTERS)
    def test_an_address_carries_everything_but_the_names(self, wanted: RecordFilter) -> None:
        form = RecordFilterForm.of(wanted)
        assert wanted.nombres == "" or wanted.nombres not in "&".join(form.address.values())
        assert RecordFilterForm.of_address(form.address, wanted).wanted == wanted
        without = RecordFilterForm.of_address({**form.address, "nombres": "ANA"}, None).wanted
        assert without == replace(wanted, nombres="", apellido_paterno="", apellido_materno="")

    def test_nothing_typed_asks_for_nothing(self) -> None:
        form = RecordFilterForm.parse({})
        assert form.is_empty
        assert form.wanted == RecordFilter()

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("received_from", "23/11/2026"),
            ("received_to", "2026-02-30"),
            ("situacion", "Otra"),
            ("valid", "maybe"),
            ("nombres", "X" * 101),
        ],
    )
    def test_a_mistake_is_named_and_asks_for_nothing(self, name: str, text: str) -> None:
        form = RecordFilterForm.parse({name: text, "id_auxiliar": "AUX01"})
        assert list(form.errors) == [name]
        assert form.wanted == RecordFilter()
        assert form.texts["id_auxiliar"] == "AUX01"

    def test_the_last_day_comes_not_before_the_first(self) -> None:
        form = RecordFilterForm.parse({"received_from": "2026-11-02", "received_to": "2026-11-01"})
        assert list(form.errors) == ["received_to"]
