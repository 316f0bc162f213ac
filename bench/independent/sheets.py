"""What both sides share: the page around a side, marked texts, and the style of the card's type."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from numpy.random import Generator

from bench.independent import artwork
from bench.independent.citizens import Citizen
from bench.independent.design import HEIGHT, WIDTH, Design
from bench.independent.symbols import Symbol


@dataclass
class Side:
    """A side being set: the HTML of its parts, and what they print."""

    citizen: Citizen
    design: Design
    parts: list[str] = field(default_factory=list)
    fields: dict[str, str | list[str]] = field(default_factory=dict)
    mrz: list[str] = field(default_factory=list)
    symbols: list[Symbol] = field(default_factory=list)

    def value(self, name: str, text: str, *, style: str = "") -> str:
        """Return a printed value, marked with its field; it joins the truth of the side."""
        if name == "domicilio":
            lines = self.fields.setdefault(name, [])
            assert isinstance(lines, list)
            lines.append(text)
        else:
            self.fields[name] = text
        return (
            f'<span class="value" style="{style}"><span data-field="{name}">{escape(text)}</span>'
            f"</span>"
        )

    def symbol(self, symbol: Symbol, style: str) -> str:
        """Return a symbol in a place of this style; it joins the truth of the side."""
        self.symbols.append(symbol)
        return f'<div data-code="{symbol.kind}" style="{style}">{symbol.svg}</div>'

    def place(self, left: float, top: float, width: float, height: float, inner: str) -> None:
        """Put HTML into a place of the sheet."""
        self.parts.append(
            f'<div style="position:absolute;left:{left:.1f}px;top:{top:.1f}px;width:{width:.1f}px;'
            f'height:{height:.1f}px">{inner}</div>'
        )


def page(side: Side, rng: Generator, *, wear: float) -> str:
    """Return the HTML of a side on its ground."""
    design = side.design
    devices = "".join(artwork.device(rng) for _ in range(int(rng.integers(0, 3))))
    over = rng.random() < 0.6
    return (
        f"<!doctype html><meta charset=utf-8><style>{_css(design)}</style>"
        f'<div id="sheet">{artwork.ground(design, rng)}'
        f"{'' if over else devices}{''.join(side.parts)}{devices if over else ''}"
        f"{artwork.wear(rng, wear)}</div>"
    )


def _css(design: Design) -> str:
    above = design.labels == "above"
    return (
        "*{margin:0;padding:0;box-sizing:border-box}"
        f"#sheet{{position:relative;width:{WIDTH}px;height:{HEIGHT}px;overflow:hidden;"
        f"background:#fff;color:{design.ink};line-height:1.12;"
        f"font-family:'{design.value_face}';font-variant-numeric:lining-nums}}"
        "svg.ground,svg.over{position:absolute;left:0;top:0}"
        ".fit{width:100%;height:100%;position:relative}"
        f".cell{{display:{'block' if above else 'flex'};align-items:baseline;gap:.4em;"
        "white-space:nowrap}"
        f".label{{display:{'block' if above else 'inline-block'};font-family:'{design.label_face}';"
        f"font-weight:{design.label_weight};font-size:{design.label_size:.3f}em;"
        f"color:{design.label_ink};line-height:1.15;white-space:nowrap}}"
        f".value{{display:{'block' if above else 'inline-block'};font-weight:{design.value_weight};"
        f"letter-spacing:{design.tracking:.3f}em;white-space:nowrap}}"
        ".value>span{white-space:pre}"
        ".boxed{border:1.6px solid currentColor;padding:.08em .35em;border-radius:.15em}"
        ".row{display:flex;align-items:flex-start;gap:1.1em}"
        f".mrz{{font-family:'{design.mrz_face}';white-space:pre;display:inline-block}}"
    )
