"""The measurement of the finding counts what it says it counts."""

import numpy as np
import pytest

from bench.finding import iou, is_told, judge
from device.inference.base import Model, Quad, Side
from device.inference.reading import Reading

SQUARE = np.array([[100.0, 100.0], [260.0, 100.0], [260.0, 200.0], [100.0, 200.0]])
TRUTH = {"found": True, "corners": SQUARE.tolist(), "model": "G", "side": "back"}


def reading(corners: np.ndarray) -> Reading:
    return Reading(True, (), quad=Quad.of(corners), side=Side.BACK, model=Model.G)


def test_overlap_is_that_of_the_quads() -> None:
    assert iou(SQUARE, SQUARE) == pytest.approx(1)
    assert iou(SQUARE, SQUARE + np.array([80.0, 0.0])) == pytest.approx(1 / 3)
    assert iou(SQUARE, SQUARE + np.array([500.0, 0.0])) == 0


def test_a_quad_the_other_way_up_is_well_placed_and_wrongly_turned() -> None:
    seen = judge(TRUTH, reading(np.roll(SQUARE, 2, axis=0)))
    assert seen.iou == pytest.approx(1)
    assert seen.error == pytest.approx(0)
    assert seen.turned == 2


@pytest.mark.parametrize(
    ("model", "side", "header", "vigencia", "told"),
    [
        ("G", "front", "INSTITUTO NACIONAL ELECTORAL", "2026 - 2036", False),
        ("G", "front", "INSTITUTO NACIONAL ELECTORAL", "2024 - 2034", True),
        ("E", "back", "", "28", False),
        ("E", "back", "", "25", True),
        ("H", "back", "CREDENCIAL PARA VOTAR DESDE EL EXTRANJERO", "31", True),
        ("new", "back", "", "36", True),
        ("C", "back", "", "", True),
    ],
)
def test_a_model_is_told_only_by_what_is_printed(
    model: str, side: str, header: str, vigencia: str, told: bool
) -> None:
    truth = {"model": model, "side": side, "header": header, "vigencia": vigencia}
    assert is_told(truth) is told
