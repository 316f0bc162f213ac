"""The design system on one page: tokens, type and components, as the style sheet has them now.

Whoever makes a new page looks here first: what exists is used again. The tokens are read from the
style sheet and the contrasts computed from them, so that the page cannot say anything else.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from domain.apoyo import State

bp = Blueprint("design", __name__, url_prefix="/design")

_STYLE_SHEET = Path(__file__).parent / "static" / "acopio.css"
_TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")
# Which text stands on which ground; WCAG 2.2 AA asks 4.5 of text.
_PAIRS = (
    ("ink", "paper"),
    ("ink", "surface"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("brand", "surface"),
    ("brand-deep", "brand-soft"),
    ("accent", "paper"),
    ("ok", "ok-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("info", "info-soft"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A text colour on a ground: their tokens, their values, and the contrast 1…21."""

    text: str
    ground: str
    text_value: str
    ground_value: str
    contrast: float


@bp.get("")
def show() -> ResponseReturnValue:
    """Show every component once."""
    return render_template(
        "portal/design.html",
        pairs=pairs(),
        states=tuple(State),
        form={
            "texts": {"name": "Aurora", "phone": "55 12", "kind": "g"},
            "errors": {"phone": "Escribe diez dígitos."},
        },
    )


@cache
def pairs() -> tuple[Pair, ...]:
    """Give each text with its ground, as the style sheet defines them."""
    tokens = dict(_TOKEN.findall(_STYLE_SHEET.read_text(encoding="utf-8")))
    return tuple(
        Pair(text, ground, tokens[text], tokens[ground], contrast(tokens[text], tokens[ground]))
        for text, ground in _PAIRS
    )


def contrast(one: str, other: str) -> float:
    """Compute the contrast of two colours written as `#rrggbb`.

    Source: WCAG 2.2, definitions of contrast ratio and relative luminance.
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
