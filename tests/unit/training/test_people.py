"""Invented citizens agree with the rules of the field."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.credential.checks import cross_checks
from domain.credential.clave_elector import parse_clave_elector
from domain.credential.curp import parse_curp
from domain.credential.mrz import parse_mrz
from training.people import MODELS, NAME_LIMIT, Person, invent_person

SEEDS = st.integers(0, 2**32 - 1)


def _printed(person: Person) -> dict[str, str | list[str]]:
    return {
        "nombres": person.nombres,
        "apellido_paterno": person.apellido_paterno,
        "apellido_materno": person.apellido_materno,
        "clave_elector": person.clave_elector,
        "curp": person.curp,
        "anio_registro": person.anio_registro,
        "seccion": person.seccion,
        "vigencia": person.printed_vigencia,
        "fecha_nacimiento": person.fecha_nacimiento,
        "sexo": person.sexo,
        "numero_ocr": person.numero_ocr,
        "cic": person.cic,
    }


class TestInventPerson:
    @settings(max_examples=150, deadline=None)
    @given(SEEDS, st.sampled_from(MODELS))
    def test_every_printed_value_agrees_with_the_others(self, seed: int, model: str) -> None:
        person = invent_person(np.random.default_rng(seed), model=model)
        codes = cross_checks(_printed(person), list(person.mrz) or None, today=dt.date(2009, 1, 1))
        assert codes == ()

    @settings(max_examples=60, deadline=None)
    @given(SEEDS, st.sampled_from(MODELS))
    def test_keys_parse_and_share_birth_and_sex(self, seed: int, model: str) -> None:
        person = invent_person(np.random.default_rng(seed), model=model)
        curp, clave = parse_curp(person.curp), parse_clave_elector(person.clave_elector)
        assert curp.born_on == person.born_on
        assert clave.birth == f"{person.born_on:%y%m%d}"
        assert curp.sex == clave.sex == person.sexo

    @settings(max_examples=60, deadline=None)
    @given(SEEDS, st.sampled_from([model for model in MODELS if model != "C"]))
    def test_the_mrz_parses_and_repeats_the_printed_numbers(self, seed: int, model: str) -> None:
        person = invent_person(np.random.default_rng(seed), model=model)
        mrz = parse_mrz(person.mrz)
        assert (mrz.cic, mrz.numero_ocr) == (person.cic, person.seccion + person.identificador)
        assert mrz.numero_emision == person.anio_registro[-2:]
        assert mrz.expires == f"{person.vigencia[2:]}1231"

    @pytest.mark.parametrize("model", MODELS)
    def test_names_stay_within_what_the_model_prints(self, model: str) -> None:
        rng = np.random.default_rng(4)
        for _ in range(200):
            assert len(invent_person(rng, model=model).full_name) <= NAME_LIMIT[model]

    def test_model_c_has_no_mrz(self) -> None:
        assert invent_person(np.random.default_rng(0), model="C").mrz == ()

    def test_the_same_seed_invents_the_same_person(self) -> None:
        first, second = (invent_person(np.random.default_rng(11)) for _ in range(2))
        assert first == second

    def test_names_with_enye_accents_particles_and_one_surname_all_occur(self) -> None:
        rng = np.random.default_rng(1)
        people = [invent_person(rng) for _ in range(600)]
        assert any("Ñ" in person.full_name for person in people)
        assert any("Í" in person.full_name for person in people)
        assert any(person.apellido_paterno.startswith("DE LA ") for person in people)
        assert any(not person.apellido_materno for person in people)
