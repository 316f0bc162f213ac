"""Two lamps tell plastic, paper and screens apart; where they light nothing, nothing is said."""

import numpy as np
import pytest

from device.inference.base import Quad
from device.inference.lamp_pair import compare, lamp_pair_score
from training.camera.lamps import LampShots, lamp_pair
from training.camera.presentation import Presentation
from training.people import invent_person
from training.render import RenderedCard, render_card

SEEDS = range(3)


@pytest.fixture(scope="module")
def card() -> RenderedCard:
    rng = np.random.default_rng(4)
    return render_card(invent_person(rng, model="G"), "front", "G", rng)


def pair(card: RenderedCard, seed: int, name: Presentation, room: float = 0.25) -> LampShots:
    return lamp_pair(
        card.image, card.mask, np.random.default_rng(seed), presentation=name, room=room
    )


class TestLampPairScore:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_suspects_no_plastic_whose_highlight_moves(self, card: RenderedCard, seed: int) -> None:
        shots = pair(card, seed, "original")
        assert not lamp_pair_score(shots.left, shots.right, Quad.of(shots.corners)).detected

    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("name", ["photocopy_grey", "photocopy_colour"])
    def test_suspects_plain_paper_on_which_nothing_moves(
        self, card: RenderedCard, seed: int, name: Presentation
    ) -> None:
        shots = pair(card, seed, name)
        found = lamp_pair_score(shots.left, shots.right, Quad.of(shots.corners))
        assert (found.detected, found.kind) == (True, "print")

    @pytest.mark.parametrize("seed", SEEDS)
    def test_suspects_a_screen_that_no_lamp_changes(self, card: RenderedCard, seed: int) -> None:
        shots = pair(card, seed, "screen")
        found = lamp_pair_score(shots.left, shots.right, Quad.of(shots.corners))
        assert (found.detected, found.kind) == (True, "screen")

    def test_says_nothing_where_the_lamps_changed_nothing(self, card: RenderedCard) -> None:
        shots = pair(card, 1, "photocopy_grey")
        found = lamp_pair_score(shots.left, shots.left, Quad.of(shots.corners))
        assert (found.score, found.kind) == (0.0, None)

    def test_the_order_of_the_lamps_does_not_matter(self, card: RenderedCard) -> None:
        shots = pair(card, 2, "original")
        quad = Quad.of(shots.corners)
        one, other = compare(shots.left, shots.right, quad), compare(shots.right, shots.left, quad)
        assert one.response == pytest.approx(other.response, abs=0.1)
        assert one.highlight == pytest.approx(other.highlight, rel=0.2)
