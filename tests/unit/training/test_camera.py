"""The simulated camera says where the card is, and spoils pictures only as far as asked."""

import cv2
import numpy as np
import pytest

from training.camera import LEVELS, degrade, photograph
from training.camera.geometry import distort, homography_of
from training.negatives import render_negative
from training.people import invent_person
from training.render import HEIGHT, WIDTH, RenderedCard, render_card

# Height and width of a frame that is quick to make.
SMALL = (480, 640)


@pytest.fixture(scope="module")
def card() -> RenderedCard:
    rng = np.random.default_rng(8)
    person = invent_person(rng, model="E")
    return render_card(person, "front", "E", rng)


class TestPhotograph:
    @pytest.mark.parametrize("seed", range(6))
    def test_rectifying_by_the_corners_brings_the_card_back(
        self, card: RenderedCard, seed: int
    ) -> None:
        shot = photograph(card.image, card.mask, np.random.default_rng(seed), difficulty="easy")
        flat = cv2.warpPerspective(
            shot.image, shot.homography, (WIDTH, HEIGHT), flags=cv2.WARP_INVERSE_MAP
        )
        seen = cv2.GaussianBlur(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), (0, 0), 4).ravel()
        true = cv2.GaussianBlur(cv2.cvtColor(card.image, cv2.COLOR_RGB2GRAY), (0, 0), 4).ravel()
        inside = cv2.erode(card.mask, np.ones((81, 81), np.uint8)).ravel() > 0
        assert np.corrcoef(seen[inside], true[inside])[0, 1] > 0.7

    @pytest.mark.parametrize("seed", range(6))
    def test_the_homography_takes_the_card_to_its_corners(
        self, card: RenderedCard, seed: int
    ) -> None:
        shot = photograph(
            card.image, card.mask, np.random.default_rng(seed), difficulty="hard", size=SMALL
        )
        outline = np.array(
            [[[-0.5, -0.5], [WIDTH - 0.5, -0.5], [WIDTH - 0.5, HEIGHT - 0.5], [-0.5, HEIGHT - 0.5]]]
        )
        mapped = cv2.perspectiveTransform(outline, shot.homography)[0]
        assert np.abs(mapped - shot.corners).max() < 0.05

    @pytest.mark.parametrize("seed", range(8))
    def test_easy_photographs_show_the_whole_card(self, card: RenderedCard, seed: int) -> None:
        shot = photograph(
            card.image, card.mask, np.random.default_rng(seed), difficulty="easy", size=(720, 960)
        )
        assert shot.image.shape == (720, 960, 3)
        assert (shot.corners > -8).all()
        assert (shot.corners < np.array([968, 728])).all()

    def test_every_level_is_repeatable(self, card: RenderedCard) -> None:
        for level in LEVELS:
            first, second = (
                photograph(
                    card.image, card.mask, np.random.default_rng(5), difficulty=level, size=SMALL
                )
                for _ in range(2)
            )
            assert np.array_equal(first.image, second.image)

    def test_a_grey_photocopy_has_lost_its_colours(self, card: RenderedCard) -> None:
        colour, copy = (
            photograph(
                card.image,
                card.mask,
                np.random.default_rng(3),
                difficulty="easy",
                presentation=kind,
            )
            for kind in ("photocopy_colour", "photocopy_grey")
        )

        def variety(image: np.ndarray) -> float:
            x0, y0 = colour.corners.min(axis=0).astype(int) + 60
            x1, y1 = colour.corners.max(axis=0).astype(int) - 60
            patch = image[y0:y1, x0:x1].astype(float)
            return float((patch[..., 0] - patch[..., 2]).std())

        assert variety(copy.image) < variety(colour.image)


class TestDistort:
    def test_corners_follow_the_bent_picture(self) -> None:
        image = np.zeros((480, 640, 3), np.uint8)
        corners = np.array([[100.0, 90.0], [520.0, 80.0], [530.0, 400.0], [90.0, 390.0]])
        for x, y in corners.astype(int):
            cv2.circle(image, (int(x), int(y)), 5, (255, 255, 255), -1, cv2.LINE_AA)
        bent, moved = distort(image, corners, 0.05)
        grey = bent[..., 0]
        for x, y in moved:
            window = grey[int(y) - 12 : int(y) + 13, int(x) - 12 : int(x) + 13]
            where = cv2.moments(window)
            assert abs(where["m10"] / where["m00"] - 12 - (x - int(x))) < 1
            assert abs(where["m01"] / where["m00"] - 12 - (y - int(y))) < 1

    def test_the_homography_of_an_upright_card_is_plain_scaling(self) -> None:
        corners = np.array([[-0.5, -0.5], [199.5, -0.5], [199.5, 99.5], [-0.5, 99.5]])
        assert np.allclose(homography_of(corners, (100, 200)), np.eye(3), atol=1e-6)


class TestDegrade:
    @pytest.mark.parametrize("shape", [(32, 300), (48, 900, 3), (810, 1284, 3)])
    def test_size_and_kind_are_kept(self, shape: tuple[int, ...]) -> None:
        crop = np.full(shape, 200, np.uint8)
        spoilt = degrade(crop, np.random.default_rng(1), 0.8)
        assert spoilt.shape == shape
        assert spoilt.dtype == np.uint8

    def test_more_strength_leaves_less_of_the_picture(self, card: RenderedCard) -> None:
        crop = card.image[200:300, 400:1000]
        weak, strong = (
            np.mean(
                [
                    np.abs(
                        degrade(crop, np.random.default_rng(s), amount).astype(int) - crop
                    ).mean()
                    for s in range(8)
                ]
            )
            for amount in (0.05, 1.0)
        )
        assert weak < strong


class TestNegatives:
    def test_picture_and_mask_agree(self) -> None:
        rng = np.random.default_rng(6)
        for _ in range(8):
            picture, mask = render_negative(rng)
            assert picture.shape[:2] == mask.shape
            assert mask.max() == 255


class TestHidden:
    def test_a_card_wholly_in_view_hides_nothing(self, card: RenderedCard) -> None:
        for seed in range(5):
            shot = photograph(
                card.image, card.mask, np.random.default_rng(seed), difficulty="easy", size=SMALL
            )
            if not shot.conditions["fingers"]:
                assert not shot.hides((100, 100, WIDTH - 100, HEIGHT - 100))

    def test_what_a_finger_covers_is_said_to_be_hidden(self, card: RenderedCard) -> None:
        held = 0
        for seed in range(8):
            shot = photograph(
                card.image, card.mask, np.random.default_rng(seed), difficulty="hard", size=SMALL
            )
            if shot.conditions["fingers"]:
                held += 1
                assert shot.hidden.max() > 200
        assert held
