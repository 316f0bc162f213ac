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
from training.presentation_attack.views import views
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
            np.array([[[0.13, 0.32]]]),
            homography_of(corners, (1, 1)) @ np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]]),
        )[0, 0]
        left, top = round(float(x)) - 32, round(float(y)) - 32
        assert np.array_equal(sheet[160:224, :64], frame[top : top + 64, left : left + 64])
