"""Security printing in SVG: guilloche, rosettes, line screens, microtext, devices, emblems."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.independent.design import HEIGHT, WIDTH, Design


def polyline(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """Return the path data through these points."""
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))


def ground(design: Design, rng: Generator) -> str:
    """Return the printed ground of a side as SVG: tint, lines, rosettes, microtext, relief."""
    light = float(rng.uniform(84, 96))
    parts = [_tint(design, rng, light)]
    layers = [_waves, _rosettes, _lathe, _contour, _microtext, _pattern, _relief]
    strength = float(rng.uniform(0.25, 0.75))
    for index in rng.permutation(len(layers))[: int(rng.integers(3, 6))]:
        parts.append(layers[int(index)](design, rng, strength))
    return (
        f'<svg class="ground" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _tint(design: Design, rng: Generator, light: float) -> str:
    stops = []
    for index, place in enumerate((0, float(rng.uniform(25, 75)), 100)):
        colour = design.hsl(index, float(rng.uniform(15, 55)), light + float(rng.uniform(-3, 3)))
        stops.append(f'<stop offset="{place:.0f}%" stop-color="{colour}"/>')
    if rng.random() < 0.5:
        turn = int(rng.integers(0, 180))
        kind = f'<linearGradient id="t" gradientTransform="rotate({turn} .5 .5)">'
        end = "</linearGradient>"
    else:
        x, y = rng.uniform(10, 90, 2)
        kind = f'<radialGradient id="t" cx="{x:.0f}%" cy="{y:.0f}%" r="90%">'
        end = "</radialGradient>"
    return (
        f'<defs>{kind}{"".join(stops)}{end}</defs><rect width="100%" height="100%" fill="url(#t)"/>'
    )


def _stroke(design: Design, rng: Generator, strength: float) -> str:
    hue = int(rng.integers(3))
    colour = design.hsl(hue, float(rng.uniform(30, 75)), float(rng.uniform(48, 68)))
    return f'fill="none" stroke="{colour}" stroke-opacity="{strength:.2f}"'


def _waves(design: Design, rng: Generator, strength: float) -> str:
    x = np.linspace(-10, WIDTH + 10, 90)
    count = int(rng.integers(24, 70))
    phase, swing, period = rng.uniform(0, 6.3), rng.uniform(6, 46), rng.uniform(70, 420)
    drift = float(rng.uniform(0.02, 0.3))
    paths = []
    for index in range(count):
        y = index * (HEIGHT + 60) / count - 30
        line = y + swing * np.sin(x / period * 6.3 + phase + index * drift)
        line += 0.4 * swing * np.sin(x / period * 14 - phase + index * drift * 2)
        paths.append(polyline(x, line))
    width = float(rng.uniform(0.5, 1.1))
    return (
        f'<path d="{"".join(paths)}" {_stroke(design, rng, strength)} stroke-width="{width:.2f}"/>'
    )


def _rosettes(design: Design, rng: Generator, strength: float) -> str:
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        cx, cy = rng.uniform(80, WIDTH - 80), rng.uniform(80, HEIGHT - 80)
        radius = rng.uniform(70, 250)
        lobes = int(rng.integers(5, 15))
        turn = np.linspace(0, 2 * np.pi, 260)
        paths = []
        for index in range(int(rng.integers(8, 20))):
            size = radius * (0.25 + 0.75 * (index + 1) / 20)
            r = size * (1 + rng.uniform(0.1, 0.16) * np.sin(lobes * turn + index * 0.35))
            paths.append(polyline(cx + r * np.cos(turn), cy + r * np.sin(turn)))
        width = rng.uniform(0.5, 1.0)
        parts.append(
            f'<path d="{"".join(paths)}" {_stroke(design, rng, strength)} '
            f'stroke-width="{width:.2f}"/>'
        )
    return "".join(parts)


def _lathe(design: Design, rng: Generator, strength: float) -> str:
    """A spirograph figure: a point of a wheel that rolls within another."""
    turn = np.linspace(0, 2 * np.pi * 11, 1100)
    big, small = float(rng.uniform(120, 240)), float(rng.integers(3, 10)) / 11
    arm = float(rng.uniform(0.3, 0.9))
    x = big * ((1 - small) * np.cos(turn) + arm * small * np.cos((1 - small) / small * turn))
    y = big * ((1 - small) * np.sin(turn) - arm * small * np.sin((1 - small) / small * turn))
    place = polyline(rng.uniform(0, WIDTH) + x, rng.uniform(0, HEIGHT) + y)
    return f'<path d="{place}" {_stroke(design, rng, strength)} stroke-width="0.7"/>'


def _contour(design: Design, rng: Generator, strength: float) -> str:
    """Lines that swell around a point, as engraved grounds do."""
    cx, cy = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)
    y = np.linspace(-10, HEIGHT + 10, 70)
    push, reach = rng.uniform(20, 70), rng.uniform(90, 220)
    paths = []
    for x in np.arange(-20, WIDTH + 20, rng.uniform(8, 15)):
        bulge: NDArray[np.float64] = push * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / reach**2)
        paths.append(polyline(x + bulge * np.sign(x - cx), y))
    return f'<path d="{"".join(paths)}" {_stroke(design, rng, strength)} stroke-width="0.8"/>'


def _microtext(design: Design, rng: Generator, strength: float) -> str:
    word = str(rng.choice(["CREDENCIALPARAVOTAR", "REGISTROELECTORAL", "MEXICO", "INEMEXICO"])) * 9
    size = float(rng.uniform(3.2, 6))
    colour = design.hsl(int(rng.integers(3)), 45, 50)
    rows = []
    for y in np.arange(rng.uniform(6, 30), HEIGHT, rng.uniform(24, 110)):
        rows.append(f'<text x="{rng.uniform(-40, 0):.0f}" y="{y:.0f}">{word}</text>')
    return (
        f'<g font-family="{design.label_face}" font-size="{size:.1f}" fill="{colour}" '
        f'fill-opacity="{strength:.2f}">{"".join(rows)}</g>'
    )


def _pattern(design: Design, rng: Generator, strength: float) -> str:
    step = float(rng.uniform(7, 30))
    colour = design.hsl(int(rng.integers(3)), 50, 60)
    kinds = (
        f'<circle cx="{step / 2:.1f}" cy="{step / 2:.1f}" r="{step * 0.16:.1f}" fill="{colour}"/>',
        (
            f'<path d="M0 {step / 2:.1f}H{step:.1f}M{step / 2:.1f} 0V{step:.1f}" stroke="{colour}" '
            f'stroke-width=".7"/>'
        ),
        (
            f'<path d="M0 0L{step / 2:.1f} {step / 2:.1f}L{step:.1f} 0M0 {step:.1f}L{step / 2:.1f} '
            f'{step / 2:.1f}L{step:.1f} {step:.1f}" fill="none" stroke="{colour}" '
            f'stroke-width=".8"/>'
        ),
        (
            f'<path d="M0 {step * 0.7:.1f}q{step / 4:.1f} {-step / 2:.1f} {step / 2:.1f} '
            f"0t{step / 2:.1f}"
            f' 0" fill="none" stroke="{colour}" stroke-width=".8"/>'
        ),
    )
    turn = int(rng.integers(0, 90))
    return (
        f'<defs><pattern id="p" width="{step:.1f}" height="{step:.1f}" patternUnits='
        f'"userSpaceOnUse" patternTransform="rotate({turn})">{kinds[int(rng.integers(4))]}'
        f'</pattern></defs><rect width="100%" height="100%" fill="url(#p)" '
        f'fill-opacity="{strength * 0.8:.2f}"/>'
    )


def _relief(design: Design, rng: Generator, strength: float) -> str:
    """A large pale emblem or map-like shape under the text."""
    x, y = rng.uniform(0.3, 0.8) * WIDTH, rng.uniform(0.35, 0.75) * HEIGHT
    size = rng.uniform(180, 360)
    colour = design.hsl(int(rng.integers(3)), 45, 66, 0.35 * strength + 0.1)
    return (
        f'<g transform="translate({x - size / 2:.0f} {y - size / 2:.0f}) scale({size / 100:.2f})">'
        f"{emblem_shape(rng, colour)}</g>"
    )


def emblem_shape(rng: Generator, colour: str) -> str:
    """Return an invented emblem inside a square of 100, in one colour."""
    kind = int(rng.integers(4))
    if kind == 0:
        rays = "".join(
            f'<path d="M50 50L47 8L53 8Z" transform="rotate({turn} 50 50)"/>'
            for turn in range(0, 360, int(rng.choice([15, 20, 30])))
        )
        return f'<g fill="{colour}">{rays}<circle cx="50" cy="50" r="20"/></g>'
    if kind == 1:
        leaves = "".join(
            f'<ellipse cx="50" cy="16" rx="5" ry="12" transform="rotate({turn} 50 50)"/>'
            for turn in range(-150, 151, 25)
        )
        return (
            f'<g fill="{colour}">{leaves}<path d="M50 30L66 44L60 68H40L34 44Z"/>'
            f'<rect x="36" y="72" width="28" height="5"/></g>'
        )
    if kind == 2:
        return (
            f'<g fill="none" stroke="{colour}" stroke-width="5"><circle cx="50" cy="50" r="42"/>'
            f'<path d="M22 58l18 16l38-46"/></g>'
        )
    steps = "".join(
        f'<rect x="{10 + 8 * i}" y="{74 - 14 * i}" width="{80 - 16 * i}" height="10"/>'
        for i in range(5)
    )
    return f'<g fill="{colour}">{steps}</g>'


def device(rng: Generator) -> str:
    """Return a diffractive device: what it shows depends on the light, so it is half there."""
    size = float(rng.uniform(70, 210))
    turn = int(rng.integers(360))
    alpha = float(rng.uniform(0.08, 0.32))
    hues = ",".join(f"hsla({(turn + 40 * i) % 360},80%,62%,{alpha:.2f})" for i in range(10))
    radius = pick_radius(rng)
    mask = "repeating-conic-gradient(#000 0 4deg,#0008 4deg 7deg)"
    return (
        f'<div style="position:absolute;left:{rng.uniform(0, WIDTH - size):.0f}px;'
        f"top:{rng.uniform(60, HEIGHT - size):.0f}px;width:{size:.0f}px;"
        f"height:{size * rng.uniform(0.7, 1.1):.0f}px;border-radius:{radius};"
        f"background:conic-gradient(from {turn}deg,{hues});"
        f'-webkit-mask-image:{mask};mix-blend-mode:{"screen" if rng.random() < 0.5 else "normal"}">'
        f"</div>"
    )


def pick_radius(rng: Generator) -> str:
    """Draw the outline of a device."""
    return str(rng.choice(["50%", "8px", "50% 50% 50% 50%/60% 60% 40% 40%", "40px 4px"]))


def wear(rng: Generator, amount: float) -> str:
    """Return scratches, dirt and rubbed spots as an SVG above everything; amount is 0 to 1."""
    if amount <= 0:
        return ""
    parts = []
    for _ in range(int(rng.poisson(14 * amount))):
        x, y = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT)
        dx, dy = rng.normal(0, 110, 2)
        shade = "255,255,255" if rng.random() < 0.7 else "60,55,50"
        parts.append(
            f'<path d="M{x:.0f} {y:.0f}q{dx / 2 + rng.normal(0, 9):.0f} {dy / 2:.0f} {dx:.0f} '
            f'{dy:.0f}" fill="none" stroke="rgba({shade},{rng.uniform(0.15, 0.5):.2f})" '
            f'stroke-width="{rng.uniform(0.4, 1.5):.1f}"/>'
        )
    for _ in range(int(rng.poisson(5 * amount))):
        parts.append(
            f'<ellipse cx="{rng.uniform(0, WIDTH):.0f}" cy="{rng.uniform(0, HEIGHT):.0f}" '
            f'rx="{rng.uniform(2, 30):.0f}" ry="{rng.uniform(2, 18):.0f}" '
            f'fill="rgba(95,80,60,{rng.uniform(0.03, 0.14):.2f})" filter="url(#soft)"/>'
        )
    fade = float(rng.uniform(0, 0.16)) * amount
    return (
        f'<svg class="over" width="{WIDTH}" height="{HEIGHT}" xmlns="http://www.w3.org/2000/svg">'
        f'<defs><filter id="soft"><feGaussianBlur stdDeviation="3"/></filter></defs>'
        f'<rect width="100%" height="100%" fill="rgba(250,244,225,{fade:.2f})"/>'
        f"{''.join(parts)}</svg>"
    )
