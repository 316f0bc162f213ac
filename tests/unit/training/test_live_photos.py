"""Photographs of invented people: the same for the same seed, each kind with its own fault."""

from __future__ import annotations

import numpy as np
import pytest

from training.live_photos import KINDS, Kind, live_photo
from training.render.portrait import invent_face

FACE = invent_face(5, "M", 40.0)
SIZE = (240, 320)


def draw(kind: Kind, seed: int = 1) -> np.ndarray:
    return live_photo(kind, FACE, np.random.default_rng(seed), size=SIZE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_gives_the_same_photograph_of_the_size_asked_for(kind: Kind) -> None:
    first, again = draw(kind), draw(kind)
    assert first.shape == (*SIZE, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, draw(kind, seed=2))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "good"])
def test_no_fault_looks_like_a_good_photograph(kind: Kind) -> None:
    apart = np.abs(draw(kind).astype(int) - draw("good").astype(int)).mean()
    assert apart > 0.2


def test_light_is_what_its_name_says() -> None:
    dark, good, bright = (draw(kind).mean() for kind in ("dark", "good", "bright"))
    assert dark < 0.4 * good < good < bright


@pytest.mark.parametrize(("kind", "is_grey"), [("grey_print", True), ("print", False)])
def test_only_a_grey_print_shows_a_person_without_colour(kind: Kind, is_grey: bool) -> None:
    middle = draw(kind)[80:160, 130:190].astype(int)
    colour = float(np.median(middle.max(axis=2) - middle.min(axis=2)))
    assert (colour < 12) is is_grey
