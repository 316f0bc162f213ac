"""Cards of the independent set as Chromium prints them: their truth is what stands on them."""

from collections.abc import Iterator

import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import Browser

from bench.independent.cards import Card, print_card
from bench.independent.citizens import ABROAD, MODERN, Citizen, invent_citizen
from bench.independent.design import HEIGHT, WIDTH, invent_design
from bench.independent.frames import independent_frame, negative_frame
from bench.independent.press import Press, running_press
from domain.credential.checks import cross_checks
from domain.credential.fields import MODELS_WITH_MRZ, Model
from domain.credential.mrz import failed_checks

GEOGRAPHY = {"estado", "municipio", "localidad"}


@pytest.fixture(scope="module")
def press(browser: Browser) -> Iterator[Press]:
    with running_press(browser) as press:
        yield press


def _printed(press: Press, model: Model, side: str, seed: int) -> tuple[Citizen, Card]:
    rng = np.random.default_rng([seed, list(Model).index(model)])
    citizen = invent_citizen(rng, model)
    return citizen, print_card(press, citizen, side, invent_design(rng), rng)


def _lines(card: Card) -> list[tuple[str, tuple[float, float, float, float]]]:
    return [(name, box) for name, box in card.boxes if name != "barcode"]


@pytest.mark.parametrize("model", Model)
def test_both_sides_of_a_card_agree_by_the_rules(press: Press, model: Model) -> None:
    citizen, front = _printed(press, model, "front", 5)
    _, back = _printed(press, model, "back", 5)
    assert cross_checks(front.fields | back.fields, back.mrz or None) == ()
    assert front.fields["clave_elector"] == citizen.clave_elector
    if model in MODELS_WITH_MRZ:
        assert not failed_checks(back.mrz)
    else:
        assert back.mrz == []
    assert back.fields["numero_ocr"] == citizen.numero_ocr


@pytest.mark.parametrize("model", Model)
def test_a_front_prints_the_fields_that_its_model_has(press: Press, model: Model) -> None:
    names = set(_printed(press, model, "front", 6)[1].fields)
    assert {"nombres", "clave_elector", "curp", "anio_registro", "seccion", "vigencia"} <= names
    assert (names >= GEOGRAPHY) == (model not in MODERN)
    assert ("emision" in names) == (model not in MODERN)
    assert ("fecha_nacimiento" in names) == (model is not Model.C)
    if model is Model.C:
        assert "domicilio" in names
    assert model in ABROAD or "cic" not in names


@pytest.mark.parametrize("side", ["front", "back"])
@pytest.mark.parametrize("model", Model)
def test_values_stand_on_the_card_and_apart(press: Press, model: Model, side: str) -> None:
    for seed in (7, 8):
        lines = _lines(_printed(press, model, side, seed)[1])
        for index, (name, (x0, y0, x1, y1)) in enumerate(lines):
            assert x0 >= 0, name
            assert x1 <= WIDTH, name
            assert y0 >= -2, name
            assert y1 <= HEIGHT + 2, name
            for other, (u0, v0, u1, v1) in lines[index + 1 :]:
                # Lines are set solid: their boxes may touch, their letters do not.
                across, down = min(x1, u1) - max(x0, u0), min(y1, v1) - max(y0, v0)
                assert across <= 1 or down <= 0.4 * (y1 - y0), (name, other)


@pytest.mark.parametrize("model", Model)
def test_the_symbols_of_a_back_say_what_the_truth_says(press: Press, model: Model) -> None:
    card = _printed(press, model, "back", 9)[1]
    read = {code.bytes for code in zxingcpp.read_barcodes(card.image)}
    texts = [str(code["text"]).encode() for code in card.barcodes if "text" in code]
    assert {code["format"] for code in card.barcodes} >= {"Code128"}
    assert set(texts) <= read
    assert len(read) == len(card.barcodes)


def test_the_same_seed_gives_the_same_frame(press: Press) -> None:
    first = independent_frame(press, 3, 4, difficulty="hard", size=(1280, 720))
    again = independent_frame(press, 3, 4, difficulty="hard", size=(1280, 720))
    assert first.shot.jpeg == again.shot.jpeg
    assert first.truth("a") == again.truth("a")


def test_a_line_of_truth_has_the_keys_that_reading_is_scored_by(press: Press) -> None:
    truth = independent_frame(press, 3, 1, difficulty="easy", size=(1280, 720)).truth("x.jpg")
    assert {"frame", "found", "corners", "model", "side", "fields", "mrz", "barcodes"} <= set(truth)
    assert set(truth["boxes"]) >= set(truth["fields"]) - {"cic", "numero_ocr"}
    assert truth["card_size"] == [WIDTH, HEIGHT]


def test_a_negative_is_a_picture_of_something_else(press: Press) -> None:
    jpeg, kind = negative_frame(press, 3, 0, difficulty="easy")
    assert jpeg[:2] == b"\xff\xd8"
    assert kind != "table"
    assert negative_frame(press, 3, 5, difficulty="easy")[1] == "table"
