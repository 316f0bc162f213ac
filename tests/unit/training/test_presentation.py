"""Instruments keep the card where it is, and their textures meet the sensor as they do in life."""

import cv2
import numpy as np
import pytest

from device.inference import attack_views
from device.inference.base import Quad
from training.camera import photograph
from training.camera.geometry import homography_of
from training.camera.presentation import PRESENTATIONS, Presentation, present
from training.camera.presentation.sampling import Footprint, display, footprint, halftone
from training.camera.presentation.screen import LAYOUTS, Layout, cell
from training.people import invent_person
from training.presentation_attack.looks import other_print
from training.presentation_attack.scenes import COVER, cover_of, held_up
from training.presentation_attack.spectra import PIECE
from training.presentation_attack.views import (
    CARD_HEIGHT,
    CORNER_HEIGHT,
    CORNER_WIDTH,
    CORNERS_AT,
    PLACES,
    target,
    views,
)
from training.render import RenderedCard, render_card

SIZE = (600, 800)


@pytest.fixture(scope="module")
def card() -> RenderedCard:
    rng = np.random.default_rng(8)
    return render_card(invent_person(rng, model="E"), "front", "E", rng)


def flat(px_per_mm: float, *, width: int = 240, height: int = 160, blur: float = 0.0) -> Footprint:
    """Where the pixels of an upright picture lie."""
    homography = np.diag([px_per_mm / 15, px_per_mm / 15, 1.0])
    return footprint(homography, (0, 0, width, height), 15.0, blur)


class TestPresent:
    @pytest.mark.parametrize("name", PRESENTATIONS)
    def test_the_corners_are_those_of_the_card_and_not_of_what_surrounds_it(
        self, card: RenderedCard, name: Presentation
    ) -> None:
        words = [(segment.text, segment.box) for segment in card.segments]
        shot = photograph(
            card.image,
            card.mask,
            np.random.default_rng(3),
            difficulty="easy",
            size=SIZE,
            presentation=name,
            texts=words,
        )
        height, width = card.image.shape[:2]
        outline = np.array(
            [[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]]
        )
        mapped = cv2.perspectiveTransform(outline[None], shot.homography)[0]
        assert np.abs(mapped - shot.corners).max() < 0.05
        # Words are where the truth says: dark ink lies within their boxes.
        seen = cv2.warpPerspective(
            shot.image, shot.homography, (width, height), flags=cv2.WARP_INVERSE_MAP
        )
        grey = cv2.GaussianBlur(cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), (0, 0), 3).astype(float)
        true = cv2.GaussianBlur(cv2.cvtColor(card.image, cv2.COLOR_RGB2GRAY), (0, 0), 3)
        assert np.corrcoef(grey.ravel(), true.ravel().astype(float))[0, 1] > 0.4

    @pytest.mark.parametrize("name", PRESENTATIONS)
    def test_the_same_seed_shows_the_same(self, card: RenderedCard, name: Presentation) -> None:
        first, second = (
            present(card.image, card.mask, name, np.random.default_rng(5)) for _ in range(2)
        )
        assert np.array_equal(first.image, second.image)
        assert first.origin == second.origin

    def test_a_screen_gives_its_own_light_and_paper_does_not(self, card: RenderedCard) -> None:
        rng = np.random.default_rng(2)
        assert present(card.image, card.mask, "screen", rng).glow is not None
        assert present(card.image, card.mask, "paper_print", rng).glow is None


class TestHalftone:
    def test_dots_cover_as_much_as_the_tone_asks(self) -> None:
        where = flat(40)
        for tone in (40, 128, 210):
            covered = halftone(
                np.full(where.x.shape, tone, np.uint8),
                where,
                lines_per_mm=5,
                angle=0.4,
                dot="round",
                offset=(0.3, 0.1),
            )
            assert abs(float(covered.mean()) - tone / 255) < 0.03

    def test_near_dots_are_seen_and_far_ones_run_into_a_tone(self) -> None:
        near, far = (
            halftone(
                np.full(where.x.shape, 128, np.uint8),
                where,
                lines_per_mm=5,
                angle=0.4,
                dot="round",
                offset=(0.0, 0.0),
            ).std()
            for where in (flat(30), flat(6, blur=0.8))
        )
        assert near > 10 * far


class TestDisplay:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_pixels_change_the_light_of_no_channel_on_the_whole(self, layout: Layout) -> None:
        gains = display(cell(layout), flat(60), pitch_mm=0.1)
        assert np.allclose(gains.mean(axis=(0, 1)), 1, atol=0.1)

    def test_pixels_as_fine_as_the_sensors_fold_into_slow_bands(self) -> None:
        # 10.2 display pixels a millimetre under 10 of the sensor: 0.2 bands a millimetre.
        gains = display(cell("stripes"), flat(10, width=500), pitch_mm=1 / 10.2)
        row = gains[80, :, 0] - gains[80, :, 0].mean()
        strongest = int(np.abs(np.fft.rfft(row)).argmax())
        assert strongest / 500 * 10 == pytest.approx(0.2, abs=0.03)

    def test_a_lens_out_of_focus_leaves_no_bands(self) -> None:
        sharp, soft = (
            display(cell("stripes"), flat(10, blur=blur), pitch_mm=1 / 10.2).std()
            for blur in (0.2, 1.2)
        )
        assert soft < 0.1 * sharp


class TestViews:
    @pytest.mark.parametrize("size", [(600, 800), (50, 70), (1200, 1600)])
    def test_a_station_cuts_the_views_that_the_training_cut(self, size: tuple[int, int]) -> None:
        rng = np.random.default_rng(1)
        frame = rng.integers(0, 256, (*size, 3)).astype(np.uint8)
        corners = np.array([[0.2, 0.25], [0.8, 0.2], [0.85, 0.8], [0.18, 0.75]])
        corners *= (size[1], size[0])
        assert np.array_equal(views(frame, corners), attack_views.views(frame, Quad.of(corners)))

    def test_pieces_are_the_frames_own_pixels(self) -> None:
        frame = np.random.default_rng(1).integers(0, 256, (600, 800, 3)).astype(np.uint8)
        corners = np.array([[100.0, 100], [700, 100], [700, 478], [100, 478]])
        sheet = views(frame, corners)
        x, y = cv2.perspectiveTransform(
            np.array([[PLACES[0][0]]]),
            homography_of(corners, (1, 1)) @ np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]]),
        )[0, 0]
        left, top = round(float(x)) - PIECE // 2, round(float(y)) - PIECE // 2
        first = sheet[CARD_HEIGHT : CARD_HEIGHT + PIECE, :PIECE]
        assert np.array_equal(first, frame[top : top + PIECE, left : left + PIECE])

    def test_the_card_fills_its_view_but_for_the_surroundings(self) -> None:
        frame = np.zeros((600, 800, 3), np.uint8)
        corners = np.array([[100.0, 100], [700, 120], [690, 500], [110, 478]])
        cv2.fillConvexPoly(frame, np.rint(corners).astype(np.int32), (250, 250, 250))
        view = views(frame, corners)[:CARD_HEIGHT]
        (left, top), _, (right, bottom), _ = np.rint(target()).astype(int)
        assert view[top + 3 : bottom - 3, left + 3 : right - 3].min() > 200
        assert view[: top - 3].max() < 50
        assert view[:, : left - 3].max() < 50

    def test_all_four_corners_lie_as_the_upper_left_one(self) -> None:
        frame = np.zeros((600, 800, 3), np.uint8)
        cv2.rectangle(frame, (100, 100), (700, 478), (250, 250, 250), -1)
        corners = np.array([[100.0, 100], [700, 100], [700, 478], [100, 478]])
        strip = views(frame, corners)[CORNERS_AT:, :, 0].reshape(CORNER_HEIGHT, 4, CORNER_WIDTH)
        for number in range(4):
            corner = strip[:, number]
            assert corner[:10].max() < 50
            assert corner[:, :20].max() < 50
            assert corner[30:, 45:].min() > 200


class TestScenes:
    def test_a_paste_up_is_told_where_it_lies_and_a_print_is_not(self, card: RenderedCard) -> None:
        rng = np.random.default_rng(2)
        height, width = card.image.shape[:2]
        corners = np.array([[100.0, 100], [700, 100], [700, 478], [100, 478]])
        pasted = held_up(card.image, "pasted", rng, [])
        assert pasted.textured is not None
        pasted.textured[:] = 0
        pasted.textured[: height // 2, : width // 2] = 255
        upper_left = cover_of(pasted, corners, corners, "pasted")
        rows, columns = np.nonzero(upper_left > 127)
        assert rows.max() <= COVER[0] // 2
        assert columns.max() <= COVER[1] // 2
        assert (upper_left > 127).mean() == pytest.approx(0.25 / 1.2**2, abs=0.03)
        laminated = held_up(card.image, "laminated", rng, [])
        assert not cover_of(laminated, corners, corners, "laminated").any()

    def test_other_prints_of_a_card_keep_where_its_ink_is_dark(self, card: RenderedCard) -> None:
        """Another print is of the same card, or nobody would hold it up."""
        grey = card.image.mean(axis=2)
        dark, light = grey < 60, grey > 200
        for seed in range(6):
            printed = other_print(card.image, np.random.default_rng(seed)).mean(axis=2)
            assert printed[dark].mean() < printed[light].mean() - 40
            assert not np.array_equal(printed, grey)
