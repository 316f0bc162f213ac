"""Presentation attack instruments: whatever is held before the camera in place of a card."""

from collections.abc import Sequence

from numpy.random import Generator

from training.camera.presentation.copies import laminated, paper_print, photocopy
from training.camera.presentation.pasted import pasted
from training.camera.presentation.plastic import printed, worn
from training.camera.presentation.screen import screen
from training.camera.presentation.shown import (
    PRESENTATIONS,
    Image,
    Laid,
    Presentation,
    Shown,
    Surface,
    Text,
    itself,
    lay_shown,
)
from training.camera.presentation.template import template

__all__ = [
    "PRESENTATIONS",
    "Laid",
    "Presentation",
    "Shown",
    "Surface",
    "Text",
    "itself",
    "lay_shown",
    "present",
    "printed",
    "worn",
]


def present(
    card: Image,
    mask: Image,
    presentation: Presentation,
    rng: Generator,
    texts: Sequence[Text] = (),
) -> Shown:
    """Return the card, or what stands in for it; `texts` are its words and their boxes, if known.

    `paper_print` is a print with its border, `pasted` a true card with a part pasted over,
    `template` a filled template on plastic, `laminated` a print in a pouch.
    """
    match presentation:
        case "original":
            return itself(card, mask)
        case "photocopy_grey":
            return photocopy(card, mask, rng, grey=True)
        case "photocopy_colour":
            return photocopy(card, mask, rng, grey=False)
        case "screen":
            return screen(card, mask, rng)
        case "paper_print":
            return paper_print(card, mask, rng)
        case "pasted":
            return pasted(card, mask, rng, texts)
        case "template":
            return template(card, mask, rng, texts)
        case "laminated":
            return laminated(card, mask, rng)
