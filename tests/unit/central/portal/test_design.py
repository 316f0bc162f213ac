"""The page of the design system says what the style sheet says."""

from pathlib import Path

import pytest

from central import portal
from central.portal.design import Pair, contrast, pairs

TEMPLATES = Path(portal.__file__).parent / "templates" / "portal"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#767676", "#ffffff", 4.54)],
)
def test_the_contrast_is_that_of_the_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair.text}-on-{pair.ground}")
def test_every_text_can_be_read_on_its_ground(pair: Pair) -> None:
    assert pair.contrast >= 4.5


def test_no_page_makes_a_field_of_its_own_where_there_is_one() -> None:
    """A label with its mistake beside it is written once."""
    made_elsewhere = [
        page.name
        for page in TEMPLATES.glob("*.html")
        if page.name != "fields.html" and "{% macro text(" in page.read_text(encoding="utf-8")
    ]
    assert made_elsewhere == []
