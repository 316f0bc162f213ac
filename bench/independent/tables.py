"""What is behind a card: desks, cloths, papers and things, set by the browser as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator

from bench.independent import lexicon, typefaces
from bench.independent.citizens import digits, pick
from bench.independent.press import Image, Press

WIDTH, HEIGHT = 900, 680


@dataclass(frozen=True)
class Table:
    """What is behind a card, and how wide it is."""

    image: Image
    width_mm: float


@lru_cache(maxsize=64)
def print_table(press: Press, seed: int, number: int) -> Table:
    """Print one of the tables of a run; it is kept, for the browser is slow at textures."""
    rng = np.random.default_rng([seed, 74, number])
    kinds = (_wood, _cloth, _plain, _stone, _wood, _papers, _woven)
    body = kinds[number % len(kinds)](rng)
    things = "".join(_thing(rng) for _ in range(int(rng.poisson(1.6))))
    html = (
        "<!doctype html><meta charset=utf-8><style>*{margin:0;box-sizing:border-box}"
        f"#sheet{{position:relative;width:{WIDTH}px;height:{HEIGHT}px;overflow:hidden}}"
        ".all{position:absolute;inset:0;width:100%;height:100%}</style>"
        f'<div id="sheet">{body}{things}</div>'
    )
    # Half the pixels of a card are enough for what nobody reads.
    image = press.print(html, WIDTH, HEIGHT, fineness=0.6).image
    return Table(image, float(rng.uniform(230, 380)))


def _hsl(rng: Generator, light: tuple[float, float], saturation: tuple[float, float]) -> str:
    return (
        f"hsl({rng.uniform(0, 360):.0f} {rng.uniform(*saturation):.0f}% {rng.uniform(*light):.0f}%)"
    )


def _turbulence(rng: Generator, frequency: str, octaves: int, matrix: str, ground: str) -> str:
    return (
        f'<svg class="all" xmlns="http://www.w3.org/2000/svg"><filter id="n" x="0" y="0" width="1" '
        f'height="1"><feTurbulence type="fractalNoise" baseFrequency="{frequency}" '
        f'numOctaves="{octaves}" seed="{int(rng.integers(9999))}"/><feColorMatrix '
        f'values="{matrix}"/>'
        f'</filter><rect width="100%" height="100%" fill="{ground}"/>'
        f'<rect width="100%" height="100%" filter="url(#n)"/></svg>'
    )


def _wood(rng: Generator) -> str:
    hue, light = rng.uniform(18, 40), rng.uniform(18, 66)
    ground = f"hsl({hue:.0f} {rng.uniform(20, 55):.0f}% {light:.0f}%)"
    grain = (
        f"{rng.uniform(0.002, 0.006):.4f} {rng.uniform(0.05, 0.16):.3f}",
        f"{rng.uniform(0.05, 0.16):.3f} {rng.uniform(0.002, 0.006):.4f}",
    )[int(rng.integers(2))]
    dark = rng.uniform(0.4, 1.3)
    matrix = f"0 0 0 0 .1 0 0 0 0 .05 0 0 0 0 .02 {dark:.2f} 0 0 0 {-0.35 * dark:.2f}"
    seams = ""
    if rng.random() < 0.5:
        step = rng.uniform(90, 260)
        seams = (
            f'<div class="all" style="background:repeating-linear-gradient('
            f"{pick(rng, ('0deg', '90deg'))},rgba(0,0,0,.45) 0 3px,transparent 3px {step:.0f}px)"
            '"></div>'
        )
    return _turbulence(rng, grain, 4, matrix, ground) + seams


def _stone(rng: Generator) -> str:
    ground = f"hsl({rng.uniform(0, 360):.0f} {rng.uniform(0, 14):.0f}% {rng.uniform(25, 85):.0f}%)"
    scale = rng.uniform(0.02, 0.5)
    return _turbulence(
        rng, f"{scale:.3f}", 3, "0 0 0 0 .1 0 0 0 0 .1 0 0 0 0 .1 0 2.2 0 0 -1", ground
    )


def _plain(rng: Generator) -> str:
    first, second = _hsl(rng, (6, 92), (0, 40)), _hsl(rng, (6, 92), (0, 25))
    angle, last = int(rng.integers(360)), first if rng.random() < 0.6 else second
    gradient = f"linear-gradient({angle}deg,{first} 30%,{last})"
    return f'<div class="all" style="background:{gradient}"></div>'


def _cloth(rng: Generator) -> str:
    """A printed tablecloth: checks, stripes or dots."""
    one, two = _hsl(rng, (25, 90), (20, 80)), _hsl(rng, (20, 95), (10, 80))
    step = rng.uniform(18, 90)
    kinds = (
        (
            f"repeating-linear-gradient(0deg,{one} 0 {step:.0f}px,transparent 0 {2 * step:.0f}px),"
            f"repeating-linear-gradient(90deg,{one} 0 {step:.0f}px,{two} 0 {2 * step:.0f}px)"
        ),
        (
            f"repeating-linear-gradient({int(rng.integers(180))}deg,{one} 0 {step:.0f}px,{two} 0 "
            f"{step * rng.uniform(1.3, 3):.0f}px)"
        ),
        (
            f"radial-gradient(circle,{one} {step * 0.3:.0f}px,transparent {step * 0.32:.0f}px) 0 0/"
            f"{step:.0f}px {step:.0f}px,linear-gradient({two},{two})"
        ),
    )
    return (
        f'<div class="all" style="background:{kinds[int(rng.integers(3))]};opacity:.95"></div>'
        + _turbulence(rng, ".6", 2, "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 .5 0 0 0 -.12", "transparent")
    )


def _woven(rng: Generator) -> str:
    ground = _hsl(rng, (15, 75), (5, 45))
    return (
        _turbulence(rng, ".9 .2", 2, "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 .9 0 0 0 -.25", ground)
        + '<div class="all" style="background:repeating-linear-gradient(45deg,rgba(0,0,0,'
        ".12) 0 2px,"
        "transparent 2px 5px),repeating-linear-gradient(-45deg,rgba(255,255,255,.08) 0 2px,"
        'transparent 2px 6px)"></div>'
    )


def _papers(rng: Generator) -> str:
    return _wood(rng) + "".join(_letter(rng) for _ in range(int(rng.integers(2, 4))))


def _thing(rng: Generator) -> str:
    kinds: tuple[Callable[[Generator], str], ...] = (_letter, _pen, _cup, _phone, _keys, _bank_card)
    return kinds[int(rng.integers(len(kinds)))](rng)


def _at(rng: Generator, width: float, height: float, style: str, inner: str = "") -> str:
    return (
        f'<div style="position:absolute;left:{rng.uniform(-0.2, 0.9) * WIDTH:.0f}px;'
        f"top:{rng.uniform(-0.2, 0.9) * HEIGHT:.0f}px;width:{width:.0f}px;height:{height:.0f}px;"
        f"transform:rotate({rng.uniform(0, 360):.0f}deg);box-shadow:2px 4px 12px rgba(0,0,0,.4);"
        f'overflow:hidden;{style}">{inner}</div>'
    )


def words(rng: Generator, count: int) -> str:
    """Return that many words of an office's prose."""
    pool = (
        "por medio de la presente se hace constar que el solicitante con domicilio en acredita "
        "conforme al artículo 34 del reglamento municipal vigente la entrega del expediente número "
        "relativo a su petición ante esta dirección general para los efectos a que haya lugar"
    ).split()
    return " ".join(pick(rng, pool) for _ in range(count))


def _letter(rng: Generator) -> str:
    face = pick(rng, typefaces.SERIF + typefaces.SANS)
    size = rng.uniform(8, 15)
    text = "".join(
        f"<p style='margin-bottom:{size:.0f}px'>{words(rng, int(rng.integers(20, 60)))}.</p>"
        for _ in range(6)
    )
    title = f"<b style='font-size:1.3em'>{pick(rng, lexicon.SETTLEMENTS)} {digits(rng, 4)}</b><br>"
    return _at(
        rng, rng.uniform(300, 560), rng.uniform(380, 700),
        f"background:hsl(48 20% {rng.uniform(86, 99):.0f}%);padding:30px;"
        f"font:{size:.0f}px '{face}';"
        "color:#222",
        title + text,
    )  # fmt: skip


def _pen(rng: Generator) -> str:
    colour = _hsl(rng, (10, 60), (10, 80))
    return _at(
        rng, rng.uniform(300, 420), 20,
        f"border-radius:10px;background:linear-gradient({colour},#fff8 30%,{colour} 60%,#000a)",
    )  # fmt: skip


def _cup(rng: Generator) -> str:
    size = rng.uniform(160, 240)
    return _at(
        rng, size, size,
        f"border-radius:50%;background:radial-gradient(circle,#2a1608 52%,#e8e4dc 56% 62%,"
        f"{_hsl(rng, (50, 95), (5, 50))} 64%)",
    )  # fmt: skip


def _phone(rng: Generator) -> str:
    return _at(
        rng, 210, 430,
        "border-radius:28px;background:#0c0d10;border:5px solid #2b2d33",
        f'<div style="position:absolute;inset:8px;border-radius:20px;background:linear-gradient('
        f'{int(rng.integers(360))}deg,{_hsl(rng, (8, 40), (10, 60))},#0a0a0c)"></div>',
    )  # fmt: skip


def _keys(rng: Generator) -> str:
    rows = "".join(
        "<div style='display:flex;gap:5px;margin:5px'>"
        + "".join(
            f"<div style='width:34px;height:34px;border-radius:5px;background:#26282d;color:#ccc;"
            f"font:12px Inter;padding:4px'>{chr(int(rng.integers(65, 91)))}</div>"
            for _ in range(12)
        )
        + "</div>"
        for _ in range(4)
    )
    return _at(rng, 480, 180, "background:#15161a;border-radius:10px;padding:4px", rows)


def _bank_card(rng: Generator) -> str:
    number = " ".join(digits(rng, 4) for _ in range(4))
    return _at(
        rng, 257, 162,
        f"border-radius:10px;background:linear-gradient(120deg,{_hsl(rng, (20, 60), (30, 80))},"
        f"{_hsl(rng, (20, 60), (30, 80))});color:#eee;font:18px 'PT Mono';padding:80px 14px",
        number,
    )  # fmt: skip
