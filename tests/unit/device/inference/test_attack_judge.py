"""What a reviewer is told of a card that a network suspects."""

import numpy as np
import pytest

from device.inference.attack_judge import decode, suspicion_of

KINDS = ("original", "photocopy", "screen", "print")
THRESHOLD = 2.0


def logits(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


class TestSuspicion:
    def test_kinds_of_attack_that_share_the_doubt_weigh_together(self) -> None:
        alone = suspicion_of(logits(1, 3, -40, -40))
        shared = suspicion_of(logits(1, 3, 3, 3))
        assert shared - alone == pytest.approx(np.log(3))

    def test_grows_as_the_card_looks_less_like_itself(self) -> None:
        assert suspicion_of(logits(4, 1, 1, 1)) < suspicion_of(logits(0, 1, 1, 1))


class TestDecode:
    def test_the_threshold_is_where_a_card_is_looked_at(self) -> None:
        at = decode(logits(0, THRESHOLD, -99, -99), KINDS, THRESHOLD)
        below = decode(logits(0, THRESHOLD - 0.01, -99, -99), KINDS, THRESHOLD)
        assert at.detected
        assert at.score == pytest.approx(0.5)
        assert not below.detected
        assert below.score < 0.5

    def test_names_the_likeliest_instrument_of_a_suspected_card(self) -> None:
        assert decode(logits(-3, 1, 6, 2), KINDS, THRESHOLD).kind == "screen"

    def test_names_no_instrument_of_a_card_that_is_not_suspected(self) -> None:
        # The likeliest kind of attack is still a screen; a reviewer must not read that.
        found = decode(logits(9, 1, 6, 2), KINDS, THRESHOLD)
        assert (found.detected, found.kind) == (False, None)

    def test_never_says_that_it_is_the_card_itself_that_was_suspected(self) -> None:
        found = decode(logits(5, 4.9, 4.9, 4.9), KINDS, 0.9)
        assert found.detected
        assert found.kind != "original"

    def test_more_suspicion_comes_first_in_the_order_of_the_desk(self) -> None:
        scores = [decode(logits(0, said, -9, -9), KINDS, THRESHOLD).score for said in range(-5, 9)]
        assert scores == sorted(scores)
        assert len(set(scores)) == len(scores)

    @pytest.mark.parametrize("said", [-1e6, 1e6])
    def test_a_network_beyond_all_bounds_gives_a_score_that_can_be_sent(self, said: float) -> None:
        found = decode(logits(0, said, said, said), KINDS, THRESHOLD)
        assert 0 <= found.score <= 1
        assert found.detected is (said > 0)
