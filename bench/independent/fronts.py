"""Anversos: five arrangements of the fields that a model prints, none of them training's."""

from __future__ import annotations

from numpy.random import Generator

from bench.independent import artwork, cells, likeness
from bench.independent.citizens import ABROAD, MODERN, Citizen, pick
from bench.independent.design import HEIGHT, WIDTH, Design
from bench.independent.sheets import Side
from domain.credential.fields import Model


def front(citizen: Citizen, design: Design, rng: Generator) -> Side:
    """Set the anverso of a citizen's credential."""
    side = Side(citizen, design)
    # Labels beside their values need the width that a second column would take.
    beside = design.labels != "above"
    choices = (_column, _ledger, _panel) if beside else (_column, _ledger, _strip, _twin, _panel)
    arrangement = choices[int(rng.integers(len(choices)))]
    arrangement(side, rng)
    return side


def _header(side: Side, rng: Generator, height: float) -> None:
    """Set the names of the country, the authority and the card across the top."""
    citizen, design = side.citizen, side.design
    old = citizen.model in (Model.C, Model.D)
    body = "INSTITUTO FEDERAL ELECTORAL" if old else "INSTITUTO NACIONAL ELECTORAL"
    lines = [body, "CREDENCIAL PARA VOTAR"]
    if citizen.model is Model.C or rng.random() < 0.15:
        lines.insert(1, "REGISTRO FEDERAL DE ELECTORES")
    if citizen.model in ABROAD:
        lines[-1] += pick(rng, (" DESDE EL EXTRANJERO", " EN EL EXTRANJERO"))
    if citizen.model is not Model.C and rng.random() < 0.8:
        lines.insert(0, "MÉXICO")
    dark = rng.random() < 0.35
    colour = "#fff" if dark else design.hsl(0, 60, float(rng.uniform(20, 34)))
    band = design.hsl(0, 55, 32, 0.9) if dark else "transparent"
    rows = "".join(
        f'<div style="font-size:{1.35 if line == "MÉXICO" else rng.uniform(0.8, 1.1):.2f}em;'
        f'font-weight:{int(rng.choice([400, 600, 700]))}">{design.heading(line)}</div>'
        for line in lines
    )
    emblem = (
        f'<svg viewBox="0 0 100 100" style="height:82%;flex:none" xmlns='
        f'"http://www.w3.org/2000/svg">{artwork.emblem_shape(rng, colour)}</svg>'
    )
    short = ""
    if rng.random() < 0.75:
        short = (
            f'<div style="font-size:2.3em;font-weight:800;letter-spacing:-.02em">'
            f"{'IFE' if old else 'INE'}</div>"
        )
    side_of_text = pick(rng, ("left", "center", "left"))
    order = [emblem, f'<div style="flex:1;text-align:{side_of_text}">{rows}</div>', short]
    if rng.random() < 0.35:
        order.reverse()
    side.place(
        0, 0, WIDTH, height,
        f'<div class="fit" style="display:flex;align-items:center;gap:18px;padding:6px 30px;'
        f"background:{band};color:{colour};font-family:'{design.title_face}';"
        f'font-size:{rng.uniform(17, 24):.1f}px;line-height:1.1">{"".join(order)}</div>',
    )  # fmt: skip


def _photo(
    side: Side, rng: Generator, left: float, top: float, width: float, height: float
) -> None:
    citizen, design = side.citizen, side.design
    grey = citizen.model is not Model.NEW and rng.random() < 0.55
    shade = pick(rng, ("#f2f2f0", "#e4e8ee", "#ffffff", "#d9dcd8"))
    picture = likeness.portrait(citizen, grey=grey, ground=shade, crop=float(rng.uniform(0, 0.8)))
    edge = pick(rng, ("none", f"1.5px solid {design.label_ink}", "2px solid #fff"))
    side.place(
        left, top, width, height,
        f'<div style="width:100%;height:100%;overflow:hidden;border:{edge};'
        f'border-radius:{pick(rng, ("0", "10px", "3px"))}">{picture}</div>',
    )  # fmt: skip


def _ghost(side: Side, rng: Generator, left: float, top: float) -> None:
    """Print the small second likeness that recent models carry, paler than the first."""
    if side.citizen.model is Model.C or rng.random() < 0.3:
        return
    width = float(rng.uniform(80, 140))
    picture = likeness.portrait(side.citizen, grey=True, ground="transparent", crop=0.5)
    side.place(
        left - width, top, width, width * 1.25,
        f'<div style="width:100%;height:100%;opacity:{rng.uniform(0.15, 0.42):.2f};'
        f'mix-blend-mode:multiply">{picture}</div>',
    )  # fmt: skip


def _grid(cells: list[str], columns: int, gap: float = 0.25) -> str:
    return (
        f'<div style="display:grid;grid-template-columns:repeat({columns},max-content);'
        f'column-gap:1.1em;row-gap:{gap:.2f}em">{"".join(cells)}</div>'
    )


def _stack(blocks: list[str], rng: Generator) -> str:
    spread = pick(rng, ("space-between", "space-evenly", "flex-start"))
    gap = rng.uniform(0.12, 0.42)
    inner = "".join(block for block in blocks if block)
    return (
        f'<div style="display:flex;flex-direction:column;height:100%;justify-content:{spread};'
        f'gap:{gap:.2f}em">{inner}</div>'
    )


def _block(side: Side, left: float, top: float, width: float, height: float, inner: str) -> None:
    size = side.design.size
    side.place(
        left, top, width, height, f'<div class="fit" style="font-size:{size:.1f}px">{inner}</div>'
    )


def _mirrored(side: Side, left: float, width: float) -> float:
    """Return `left`, or its mirror image on model C, whose photo is at the right."""
    return WIDTH - left - width if side.citizen.model is Model.C else left


def _column(side: Side, rng: Generator) -> None:
    """Photo beside one column of rows."""
    head = float(rng.uniform(74, 110))
    _header(side, rng, head)
    width = float(rng.uniform(205, 265))
    height = min(width * rng.uniform(1.2, 1.35), HEIGHT - head - 40)
    left = float(rng.uniform(18, 36))
    _photo(side, rng, _mirrored(side, left, width), head + rng.uniform(8, 40), width, height)
    if side.citizen.model is Model.C:
        _hand(side, _mirrored(side, left, width), HEIGHT - 96, width, 80)
    start = left + width + rng.uniform(16, 30)
    room = WIDTH - start - rng.uniform(16, 30)
    _ghost(side, rng, WIDTH - 20, HEIGHT * 0.45)
    name = (
        f'<div class="row" style="justify-content:space-between">{cells.name(side, rng)}'
        f"<div>{''.join(cells.about(side, rng))}</div></div>"
    )
    keys = (
        [cells.clave(side), f'<div class="row">{cells.curp(side)}{cells.registro(side)}</div>']
        if rng.random() < 0.6
        else [cells.clave(side), cells.curp(side), cells.registro(side)]
    )
    small = cells.short_values(side, rng)
    columns = 3 if len(small) <= 3 else int(rng.choice([2, 3]))
    if side.design.labels != "above":
        columns = min(columns, 2)
    blocks = [name, cells.address(side, rng), *keys, _grid(small, columns)]
    top = head + 6
    _block(side, _mirrored(side, start, room), top, room, HEIGHT - top - 18, _stack(blocks, rng))


def _ledger(side: Side, rng: Generator) -> None:
    """A list of label and value in two columns, the photo small."""
    head = float(rng.uniform(64, 96))
    _header(side, rng, head)
    width = float(rng.uniform(185, 225))
    left = float(rng.uniform(22, 40))
    top = head + rng.uniform(12, 70)
    _photo(side, rng, _mirrored(side, left, width), top, width, width * 1.28)
    _hand(side, _mirrored(side, left, width), top + width * 1.28 + 10, width, 74)
    start = left + width + rng.uniform(18, 30)
    room = WIDTH - start - 20
    beside = side.design.labels != "above"
    parted = rng.random() < 0.6
    if parted:
        name = cells.name(side, rng, parted=True)
    else:
        name = f'<div style="grid-column:1/-1">{cells.name(side, rng)}</div>'
    address = cells.address(side, rng)
    if address:
        address = f'<div style="grid-column:1/-1">{address}</div>'
    small = cells.short_values(side, rng)
    pairs = "".join(
        [*cells.about(side, rng), cells.clave(side), cells.curp(side), cells.registro(side), *small]
    )
    inner = (
        f'<div style="display:grid;grid-template-columns:repeat({1 if beside else 2},'
        f"max-content);column-gap:1.2em;"
        f'row-gap:{rng.uniform(0.06, 0.22):.2f}em;align-items:start">{name}{address}{pairs}</div>'
    )
    _block(side, _mirrored(side, start, room), head + 8, room, HEIGHT - head - 22, inner)


def _strip(side: Side, rng: Generator) -> None:
    """Name and domicile beside the photo, the rest in ruled cells over the whole width."""
    head = float(rng.uniform(70, 100))
    _header(side, rng, head)
    width = float(rng.uniform(180, 222))
    left = float(rng.uniform(18, 40))
    low = float(rng.uniform(165, 190))
    high = HEIGHT - low - head - 18
    _photo(side, rng, _mirrored(side, left, width), head + 6, width, high)
    start = left + width + 22
    room = WIDTH - start - 22
    _ghost(side, rng, WIDTH - 30, head + 30)
    name = (
        f'<div class="row" style="justify-content:space-between">{cells.name(side, rng)}'
        f"<div>{''.join(cells.about(side, rng))}</div></div>"
    )
    upper = _stack([name, cells.address(side, rng)], rng)
    _block(side, _mirrored(side, start, room), head + 6, room, high, upper)
    rule = side.design.hsl(int(rng.integers(3)), 40, 45, 0.7)
    edge = f"border:1.2px solid {rule};padding:.1em .45em;background:rgba(255,255,255,.3)"
    rows = [
        [cells.clave(side), cells.curp(side)],
        [cells.registro(side), *cells.short_values(side, rng)],
    ]
    inner = "".join(
        '<div style="display:flex;gap:.35em;margin-bottom:.35em">'
        + "".join(f'<div style="{edge}">{cell}</div>' for cell in row)
        + "</div>"
        for row in (rows if len(rows[1]) <= 5 else [rows[0], rows[1][:3], rows[1][3:]])
    )
    _block(side, left, HEIGHT - low, WIDTH - 2 * left, low - 12, inner)


def _twin(side: Side, rng: Generator) -> None:
    """A wide column of name and keys, and a narrow one of short values at the far edge."""
    head = float(rng.uniform(70, 104))
    _header(side, rng, head)
    width = float(rng.uniform(190, 235))
    left = float(rng.uniform(16, 34))
    _photo(side, rng, _mirrored(side, left, width), head + 14, width, width * rng.uniform(1.2, 1.3))
    _hand(side, _mirrored(side, left, width), HEIGHT - 100, width, 84)
    start = left + width + 20
    room = WIDTH - start - 20
    narrow = f'<div style="text-align:{pick(rng, ("left", "right"))}">' + _stack(
        [*cells.about(side, rng), *cells.short_values(side, rng)], rng
    ) + "</div>"  # fmt: skip
    wide = _stack(
        [
            cells.name(side, rng),
            cells.address(side, rng),
            cells.clave(side),
            cells.curp(side),
            cells.registro(side),
        ],
        rng,
    )
    inner = (
        '<div style="display:flex;gap:1em;height:100%;justify-content:space-between">'
        f'<div style="height:100%">{wide}</div>{narrow}</div>'
    )
    _block(side, _mirrored(side, start, room), head + 8, room, HEIGHT - head - 24, inner)


def _panel(side: Side, rng: Generator) -> None:
    """Text first on pale panels, the photo set low, the header narrow."""
    head = float(rng.uniform(58, 84))
    _header(side, rng, head)
    width = float(rng.uniform(200, 250))
    height = min(width * 1.3, HEIGHT - head - 120)
    left = float(rng.uniform(20, 34))
    _photo(side, rng, _mirrored(side, left, width), HEIGHT - height - 18, width, height)
    white = f"rgba(255,255,255,{rng.uniform(0.2, 0.6):.2f})"
    panel = f"background:{white};padding:.2em .5em;border-radius:8px"
    start = left + width + 16
    room = WIDTH - start - 18
    columns = 2 if side.design.labels != "above" else int(rng.choice([2, 3]))
    rest = [cells.registro(side), *cells.short_values(side, rng)]
    order = [
        (
            f'<div style="{panel}" class="row">{cells.name(side, rng)}<div>'
            f"{''.join(cells.about(side, rng))}</div>"
            "</div>"
        ),
        f'<div style="{panel}">{cells.clave(side)}{cells.curp(side)}</div>',
        cells.address(side, rng),
        f'<div style="{panel}">{_grid(rest, columns)}</div>',
    ]
    if rng.random() < 0.4:
        order[1], order[2] = order[2], order[1]
    _block(
        side, _mirrored(side, start, room), head + 8, room, HEIGHT - head - 22, _stack(order, rng)
    )


def _hand(side: Side, left: float, top: float, width: float, height: float) -> None:
    """Print the signature; on recent models it is in the codes of the back."""
    if side.citizen.model in MODERN or top + height > HEIGHT:
        return
    side.place(left, top, width, height, likeness.signature(side.citizen, side.design.ink))
