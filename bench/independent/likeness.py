"""Drawn people in SVG: a face, a signature and a fingerprint, fixed by one seed."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from bench.independent import typefaces
from bench.independent.citizens import Citizen, pick

_SKINS = ("#f0cfae", "#e3b78f", "#cf9c72", "#b98459", "#a06c45", "#855534", "#e8c3a0", "#c48f66")
_HAIRS = ("#15110f", "#1d1512", "#2a1c14", "#3b2618", "#50331f", "#0e0d0f")
_CLOTHES = ("#20324f", "#5b2333", "#e9e6df", "#3d3d40", "#245244", "#8a7a60", "#7a94b0", "#111318")


def portrait(citizen: Citizen, *, grey: bool, ground: str, crop: float = 0.0) -> str:
    """Return the picture of a citizen as SVG that fills its place.

    `crop` from 0 to 1 brings the face nearer.
    """
    rng = np.random.default_rng([citizen.likeness, 11])
    skin, hair = pick(rng, _SKINS), pick(rng, _HAIRS)
    if citizen.age > 48 + rng.normal(0, 6):
        hair = pick(rng, ("#6f6a66", "#8d8883", "#b5b0aa", "#4b4642"))
    woman = citizen.sexo == "M"
    face_width, face_height = rng.uniform(58, 72), rng.uniform(80, 92)
    jaw = rng.uniform(0.6, 0.85)
    parts = [_behind(rng, hair, woman, face_width), _body(rng, skin)]
    parts.append(
        f'<path d="{_outline(face_width, face_height, jaw)}" fill="url(#skin)"/>'
        f'<path d="{_outline(face_width, face_height, jaw)}" fill="url(#side)"/>'
    )
    parts.append(_features(rng, skin, hair, face_width))
    if citizen.age > 45:
        parts.append(_lines(citizen.age))
    if not woman and rng.random() < 0.45:
        parts.append(_beard(rng, hair, face_width))
    parts.append(_fringe(rng, hair, woman, face_width))
    if rng.random() < 0.1:
        parts.append(_glasses(rng))
    margin = 26 * crop
    box = f"{margin:.0f} {margin * 0.9:.0f} {240 - 2 * margin:.0f} {300 - 2.3 * margin:.0f}"
    look = "filter:grayscale(1) contrast(1.08)" if grey else "filter:saturate(.85)"
    identity = f"{citizen.likeness % 9973}"
    svg = (
        f'<svg viewBox="{box}" preserveAspectRatio="xMidYMin slice" style="width:100%;height:100%;'
        f'display:block;{look}" xmlns="http://www.w3.org/2000/svg"><defs>'
        f'<radialGradient id="skin" cx=".45" cy=".4" r=".75"><stop offset="0" stop-color="{skin}"/>'
        f'<stop offset="1" stop-color="{_darker(skin, 0.78)}"/></radialGradient>'
        f'<linearGradient id="side"><stop offset=".55" stop-color="#000" stop-opacity="0"/>'
        f'<stop offset="1" stop-color="#301" stop-opacity=".28"/></linearGradient>'
        f'<filter id="grain" x="0" y="0" width="1" height="1"><feTurbulence baseFrequency=".8" '
        f'numOctaves="2" seed="{identity}"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 '
        f".45 0 0 0 0 .4 "
        f'0 0 0 .9 -.35"/></filter></defs><rect width="240" height="300" fill="{ground}"/>'
        f'{"".join(parts)}<rect width="240" height="300" filter="url(#grain)" opacity=".25"/></svg>'
    )
    # Two pictures on one page must not share the names of their gradients.
    for name in ("skin", "side", "grain"):
        svg = svg.replace(f'"{name}"', f'"{name}{identity}"').replace(
            f"#{name})", f"#{name}{identity})"
        )
    return svg


def _darker(colour: str, share: float) -> str:
    parts = [int(int(colour[i : i + 2], 16) * share) for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _outline(width: float, height: float, jaw: float) -> str:
    left, right, top, chin = 120 - width, 120 + width, 62.0, 62 + 2 * height
    low = width * jaw
    return (
        f"M{left:.0f} 130C{left - 2:.0f} {top - 8:.0f} {right + 2:.0f} {top - 8:.0f} "
        f"{right:.0f} 130"
        f"C{right + 1:.0f} 180 {120 + low:.0f} {chin - 22:.0f} 120 {chin:.0f}"
        f"C{120 - low:.0f} {chin - 22:.0f} {left - 1:.0f} 180 {left:.0f} 130Z"
    )


def _body(rng: Generator, skin: str) -> str:
    cloth = pick(rng, _CLOTHES)
    collar = (
        f'<path d="M86 262L120 288L154 262L164 300H76Z" fill="{pick(rng, _CLOTHES)}"/>'
        if rng.random() < 0.5
        else ""
    )
    slope = rng.uniform(252, 270)
    return (
        f'<path d="M88 205h64v60q-32 22 -64 0Z" fill="{_darker(skin, 0.72)}"/>'
        f'<path d="M-10 300Q8 {slope:.0f} 84 250Q120 278 156 250Q232 {slope:.0f} 250 300Z" '
        f'fill="{cloth}"/>{collar}'
    )


def _behind(rng: Generator, hair: str, woman: bool, width: float) -> str:
    ears = (
        f'<ellipse cx="{120 - width:.0f}" cy="142" rx="9" ry="17" fill="url(#skin)"/>'
        f'<ellipse cx="{120 + width:.0f}" cy="142" rx="9" ry="17" fill="url(#skin)"/>'
    )
    if not woman or rng.random() < 0.25:
        return ears
    low = rng.uniform(190, 300)
    return (
        f'<path d="M{112 - width:.0f} 110C{96 - width:.0f} 30 {144 + width:.0f} 30 '
        f"{128 + width:.0f} 110"
        f"L{136 + width:.0f} {low:.0f}Q120 {low - 40:.0f} {104 - width:.0f} {low:.0f}Z"
        f'" fill="{hair}"/>{ears}'
    )


def _fringe(rng: Generator, hair: str, woman: bool, width: float) -> str:
    if not woman and rng.random() < 0.12:
        return ""
    top = 62 - rng.uniform(18, 34)
    line = rng.uniform(76, 98)
    part = rng.uniform(80, 160)
    strands = "".join(
        f'<path d="M{x:.0f} {top + 12:.0f}q{rng.normal(0, 8):.0f} 14 {rng.normal(0, 12):.0f} 30" '
        f'stroke="rgba(255,240,220,.10)" fill="none" stroke-width="2"/>'
        for x in rng.uniform(120 - width, 120 + width, 12)
    )
    return (
        f'<path d="M{118 - width:.0f} 138C{104 - width:.0f} {top:.0f} {136 + width:.0f} {top:.0f} '
        f"{122 + width:.0f} 138C{120 + width:.0f} {line + 12:.0f} {part + 26:.0f} {line:.0f} "
        f"{part:.0f} {line - 6:.0f}C{part - 30:.0f} {line + 4:.0f} {122 - width:.0f} "
        f"{line + 8:.0f} "
        f'{118 - width:.0f} 138Z" fill="{hair}"/>{strands}'
    )


def _features(rng: Generator, skin: str, hair: str, width: float) -> str:
    gap, level = width * rng.uniform(0.42, 0.5), rng.uniform(134, 142)
    open_, wide = rng.uniform(4.5, 7), rng.uniform(11, 14)
    iris = pick(rng, ("#2b1a10", "#3a2415", "#4a3018", "#54603a"))
    brow_y, brow_w = level - rng.uniform(15, 21), rng.uniform(3, 6.5)
    parts = []
    for side in (-1, 1):
        x = 120 + side * gap
        parts.append(
            f'<path d="M{x - wide:.1f} {level:.1f}Q{x:.1f} {level - 2 * open_:.1f} {x + wide:.1f} '
            f'{level:.1f}Q{x:.1f} {level + 1.6 * open_:.1f} {x - wide:.1f} {level:.1f}Z" '
            f'fill="#f3ece6" stroke="{_darker(skin, 0.45)}" stroke-width="1.4"/>'
            f'<circle cx="{x:.1f}" cy="{level - 1:.1f}" r="{open_ * 0.92:.1f}" fill="{iris}"/>'
            f'<circle cx="{x:.1f}" cy="{level - 1:.1f}" r="{open_ * 0.42:.1f}" fill="#050404"/>'
            f'<circle cx="{x + 2:.1f}" cy="{level - 3:.1f}" r="1.3" fill="#fff"/>'
            f'<path d="M{x - wide - 3:.1f} {brow_y + 3:.1f}Q{x:.1f} {brow_y - 6:.1f} '
            f"{x + wide + 3:.1f} "
            f'{brow_y + 3:.1f}" fill="none" stroke="{hair}" stroke-width="{brow_w:.1f}" '
            f'stroke-opacity=".85"/>'
        )
    nose, mouth = rng.uniform(174, 184), rng.uniform(203, 212)
    spread, lip = rng.uniform(9, 15), rng.uniform(17, 26)
    tone = pick(rng, ("#9c5a4c", "#a8574f", "#8a4a3f", "#b5645a"))
    parts.append(
        f'<path d="M{118:.0f} {level:.0f}Q{112 - spread * 0.3:.0f} {nose - 10:.0f} '
        f"{120 - spread:.0f} "
        f'{nose:.0f}Q120 {nose + 9:.0f} {120 + spread:.0f} {nose:.0f}" fill="none" '
        f'stroke="{_darker(skin, 0.6)}" stroke-width="2.4" stroke-linecap="round"/>'
        f'<path d="M{120 - lip:.0f} {mouth:.0f}Q{108:.0f} {mouth - 6:.0f} 120 {mouth - 3:.0f}'
        f"Q132 {mouth - 6:.0f} {120 + lip:.0f} {mouth:.0f}Q120 {mouth + rng.uniform(8, 13):.0f} "
        f'{120 - lip:.0f} {mouth:.0f}Z" fill="{tone}"/>'
        f'<path d="M{120 - lip:.0f} {mouth:.0f}Q120 {mouth + 3:.0f} {120 + lip:.0f} {mouth:.0f}" '
        f'fill="none" stroke="{_darker(tone, 0.6)}" stroke-width="1.5"/>'
    )
    return "".join(parts)


def _lines(age: int) -> str:
    strength = min(0.4, (age - 40) / 90)
    return (
        f'<g fill="none" stroke="#40200f" stroke-opacity="{strength:.2f}" stroke-width="1.6">'
        f'<path d="M96 186Q88 200 92 212M144 186Q152 200 148 212M92 104Q120 98 148 104'
        f'M96 113Q120 108 146 113"/></g>'
    )


def _beard(rng: Generator, hair: str, width: float) -> str:
    if rng.random() < 0.5:
        return (
            f'<path d="M98 200Q108 188 120 193Q132 188 142 200Q132 198 120 199Q108 198 98 200Z" '
            f'fill="{hair}" fill-opacity=".9"/>'
        )
    low = 120 - width * 0.86
    return (
        f'<path d="M{low:.0f} 165Q{low + 8:.0f} 232 120 240Q{240 - low - 8:.0f} 232 '
        f"{240 - low:.0f} 165"
        f'Q150 205 142 196Q120 188 98 196Q90 205 {low:.0f} 165Z" fill="{hair}" '
        f'fill-opacity="{rng.uniform(0.35, 0.8):.2f}"/>'
    )


def _glasses(rng: Generator) -> str:
    radius = rng.uniform(17, 22)
    return (
        f'<g fill="rgba(255,255,255,.12)" stroke="#1a1a1e" '
        f'stroke-width="{rng.uniform(1.5, 4):.1f}">'
        f'<rect x="{90 - radius:.0f}" y="{138 - radius * 0.8:.0f}" width="{2 * radius:.0f}" '
        f'height="{1.6 * radius:.0f}" rx="9"/><rect x="{150 - radius:.0f}" '
        f'y="{138 - radius * 0.8:.0f}" width="{2 * radius:.0f}" '
        f'height="{1.6 * radius:.0f}" rx="9"/>'
        f'<path d="M{90 + radius:.0f} 136h{60 - 2 * radius:.0f}"/></g>'
    )


def signature(citizen: Citizen, colour: str) -> str:
    """Return a signature as SVG: letters of a hand, or a mere flourish."""
    rng = np.random.default_rng([citizen.likeness, 12])
    count = int(rng.integers(7, 15))
    x = np.linspace(12, 185, count) + rng.normal(0, 9, count)
    y = 42 + rng.normal(0, 15, count)
    data = f"M{x[0]:.0f} {y[0]:.0f}"
    for i in range(1, count):
        bend_x, bend_y = x[i - 1] + rng.normal(12, 10), y[i] + rng.normal(0, 24)
        data += f"Q{bend_x:.0f} {bend_y:.0f} {x[i]:.0f} {y[i]:.0f}"
    text = ""
    if rng.random() < 0.55:
        name = citizen.nombres.split()[0].capitalize()
        face = pick(rng, typefaces.HAND)
        text = (
            f'<text x="20" y="56" font-family="{face}" font-size="44" fill="{colour}">{name}</text>'
        )
        base, bend, end = 62 + rng.uniform(0, 8), rng.normal(0, 18), rng.normal(-6, 6)
        data = f"M20 {base:.0f}q80 {bend:.0f} 165 {end:.0f}"
    return (
        f'<svg viewBox="0 0 200 84" style="width:100%;height:100%" '
        f'xmlns="http://www.w3.org/2000/svg">{text}<path d="{data}" fill="none" stroke="{colour}" '
        f'stroke-width="{rng.uniform(1.2, 2.4):.1f}" stroke-linecap="round"/></svg>'
    )


def fingerprint(citizen: Citizen, colour: str) -> str:
    """Return the print of a finger as SVG: ridges around a core, broken here and there."""
    rng = np.random.default_rng([citizen.likeness, 13])
    turn = np.linspace(0, 2 * np.pi, 60)
    cx, cy = 50 + rng.normal(0, 3), 58 + rng.normal(0, 4)
    arcs = []
    for index in range(1, 20):
        radius = 2.6 * index
        bend = (
            1 + 0.07 * np.sin(2 * turn + index * 0.2) + 0.05 * np.sin(3 * turn + rng.uniform(0, 1))
        )
        x, y = cx + radius * bend * np.cos(turn), cy + radius * 1.22 * bend * np.sin(turn)
        points = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
        arcs.append(
            f'<path d="M{points}" stroke-dasharray="{rng.uniform(9, 40):.0f} '
            f'{rng.uniform(1, 5):.0f}"/>'
        )
    return (
        f'<svg viewBox="0 0 100 120" style="width:100%;height:100%" '
        f'xmlns="http://www.w3.org/2000/svg"><clipPath id="tip"><ellipse cx="50" cy="60" rx="44" '
        f'ry="56"/></clipPath><g fill="none" stroke="{colour}" stroke-width="1.3" '
        f'clip-path="url(#tip)">{"".join(arcs)}</g></svg>'
    )
