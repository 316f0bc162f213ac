"""Reversos: MRZ, symbols, hand and print, and the printed OCR number of model C."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from numpy.random import Generator

from bench.independent import likeness, symbols
from bench.independent.citizens import ABROAD, Citizen, digits, pick
from bench.independent.design import HEIGHT, WIDTH, Design
from bench.independent.sheets import Side
from domain.credential.fields import Model

_NOTES = (
    "Esta credencial es personal e intransferible.",
    "No es válida si presenta tachaduras o enmendaduras.",
    "El titular está obligado a notificar el cambio de domicilio en los 30 días siguientes.",
    "En caso de robo o extravío repórtela sin costo a cualquier módulo.",
    "Para más información acuda al módulo más cercano o consulte el portal.",
    "Firma del Secretario Ejecutivo",
)

Area = tuple[float, float, float, float]
"""Left, top, width, height on the sheet."""


def back(citizen: Citizen, design: Design, rng: Generator) -> Side:
    """Set the reverso of a citizen's credential."""
    side = Side(citizen, design)
    if citizen.model is Model.C:
        _back_of_c(side, rng)
        return side
    zone = _zone(side, rng)
    left = float(rng.uniform(24, 44))
    area = (left, float(rng.uniform(14, 40)), WIDTH - 2 * left, 0.0)
    area = (*area[:3], zone - area[1] - float(rng.uniform(10, 24)))
    if rng.random() < 0.55:
        area = _title(side, rng, area)
    if citizen.model in (Model.D, Model.E, Model.F):
        (_wide_code, _side_code)[int(rng.integers(2))](side, rng, area)
    else:
        (_row_of_codes, _codes_in_corner)[int(rng.integers(2))](side, rng, area)
    return side


def _title(side: Side, rng: Generator, area: Area) -> Area:
    old = side.citizen.model is Model.D
    words = "INSTITUTO FEDERAL ELECTORAL" if old else "INSTITUTO NACIONAL ELECTORAL"
    if side.citizen.model in ABROAD and rng.random() < 0.7:
        words = "CREDENCIAL PARA VOTAR DESDE EL EXTRANJERO"
    left, top, width, height = area
    size = float(rng.uniform(14, 20))
    side.place(
        left, top, width, size * 1.4,
        f"<div style=\"font-family:'{side.design.title_face}';font-size:{size:.1f}px;"
        f"color:{side.design.hsl(0, 55, 28)};text-align:{pick(rng, ('left', 'center', 'right'))};"
        f'white-space:nowrap">{side.design.heading(words)}</div>',
    )  # fmt: skip
    return (left, top + size * 1.6, width, height - size * 1.6)


def _zone(side: Side, rng: Generator) -> float:
    """Print the three lines; return where the zone begins."""
    citizen = side.citizen
    span = float(rng.uniform(690, 800))
    size = float(rng.uniform(34, 41))
    pitch = size * float(rng.uniform(1.1, 1.42))
    left = (WIDTH - span) / 2 + float(rng.uniform(-0.8, 0.8)) * max(0.0, (WIDTH - span) / 2 - 18)
    bottom = float(rng.uniform(16, 40))
    top = HEIGHT - bottom - 3 * pitch
    heavy = float(rng.choice([0, 0, 0.4, 0.8, 1.1]))
    rows = "".join(
        f'<div style="height:{pitch:.1f}px;line-height:{pitch:.1f}px"><span class="mrz" '
        f'data-mrz="1" '
        f'data-span="{span:.1f}">{escape(line)}</span></div>'
        for line in citizen.mrz
    )
    side.mrz = list(citizen.mrz)
    side.fields["cic"] = citizen.cic
    side.fields["numero_ocr"] = citizen.numero_ocr
    plate = rng.random()
    colour = f"rgba(255,255,255,{rng.uniform(0.3, 0.85):.2f})" if plate < 0.6 else "transparent"
    side.place(
        0, top - 10, WIDTH, HEIGHT - top + 10,
        f'<div style="width:100%;height:100%;padding:10px 0 0 {left:.1f}px;background:{colour};'
        f"font-size:{size:.1f}px;-webkit-text-stroke:{heavy:.1f}px currentColor;"
        f'white-space:nowrap">{rows}</div>',
    )  # fmt: skip
    return top - 10


def _put(side: Side, symbol: symbols.Symbol, area: Area, *, plate: bool = True) -> None:
    left, top, width, height = area
    ground = "background:#fff;padding:4px;" if plate else ""
    side.place(left, top, width, height, side.symbol(symbol, f"{ground}width:100%;height:100%"))


def _service(side: Side, rng: Generator, left: float, top: float, size: float) -> None:
    """Print the small QR that opens a page of the authority: here, of a reserved name."""
    address = f"https://{pick(rng, ('qr', 'www', 'c'))}.ejemplo.invalid/{side.citizen.cic}"
    level = pick(rng, ("L", "M"))
    _put(side, symbols.qr(address, level=level, colour=side.design.ink), (left, top, size, size))


def _linear(side: Side, rng: Generator, area: Area) -> None:
    # Whether it carries the CIC is not published; sometimes its digits are printed below.
    content = side.citizen.cic if rng.random() < 0.5 else digits(rng, int(rng.choice([10, 12, 13])))
    left, top, width, height = area
    code = symbols.code128(content, colour=side.design.ink)
    if rng.random() < 0.3 and height > 60:
        _put(side, code, (left, top, width, height - 20), plate=False)
        side.place(
            left, top + height - 19, width, 18,
            f'<div style="font-size:16px;letter-spacing:.15em;text-align:center">{content}</div>',
        )  # fmt: skip
    else:
        _put(side, code, area, plate=bool(rng.random() < 0.5))


def _hand(side: Side, rng: Generator, area: Area) -> None:
    left, top, width, height = area
    side.place(left, top, width, height - 18, likeness.signature(side.citizen, "#151a33"))
    side.place(
        left, top + height - 18, width, 16,
        f'<div style="border-top:1px solid;font-size:11px;text-align:center;white-space:nowrap">'
        f"{pick(rng, ('FIRMA', 'Firma del ciudadano', 'FIRMA DEL TITULAR'))}</div>",
    )  # fmt: skip


def _print(side: Side, area: Area) -> None:
    left, top, width, height = area
    side.place(left, top, width, height, likeness.fingerprint(side.citizen, "#2a2a30"))


def _notes(side: Side, rng: Generator, area: Area, count: int) -> None:
    left, top, width, height = area
    chosen = [_NOTES[int(i)] for i in rng.permutation(len(_NOTES))[:count]]
    size = float(rng.uniform(10, 14))
    side.place(
        left, top, width, height,
        f'<div class="fit" style="font-size:{size:.1f}px;line-height:1.25;overflow:hidden">'
        f"{''.join(f'<p>{note}</p>' for note in chosen)}</div>",
    )  # fmt: skip


def _stacked(side: Side, rng: Generator, area: Area) -> None:
    """Print the PDF417; its modules stay a fifth of a millimetre wide or more."""
    left, top, width, height = area
    columns = int(max(3, min(16, (width / 2.0 - 69) // 17)))
    content = rng.bytes(int(rng.integers(110, 300)))
    while True:
        symbol = symbols.pdf417(content, columns=columns, colour=side.design.ink)
        high = min(height, width / symbol.shape * float(rng.uniform(0.95, 1.25)))
        # A row is three modules: below six units it could not be printed.
        if high >= width / symbol.shape * 0.6 or len(content) < 60:
            break
        content = content[: int(len(content) * 0.85)]
    _put(side, symbol, (left, top, width, high), plate=bool(rng.random() < 0.7))


def _wide_code(side: Side, rng: Generator, area: Area) -> None:
    """PDF417 across the top, the rest in a row below it."""
    left, top, width, height = area
    share = float(rng.uniform(0.42, 0.5))
    service = rng.random() < 0.5
    size = height * share * 0.9
    _stacked(side, rng, (left, top, width - (size + 20 if service else 0), height * share))
    if service:
        _service(side, rng, left + width - size, top, size)
    low = top + height * share + 12
    rest = height * (1 - share) - 12
    parts: list[tuple[float, Callable[[Area], None]]] = [
        (2.6, lambda a: _hand(side, rng, a)),
        (1.0, lambda a: _print(side, a)),
        (3.0, lambda a: _linear(side, rng, (a[0], a[1], a[2], min(a[3], rng.uniform(46, 90))))),
    ]
    if not service:
        parts.append((1.0, lambda a: _service(side, rng, a[0], a[1], min(a[2], a[3]))))
    _in_a_row(parts, (left, low, width, rest), rng)


def _side_code(side: Side, rng: Generator, area: Area) -> None:
    """PDF417 at one half, hand, print and linear code at the other."""
    left, top, width, height = area
    half = width * float(rng.uniform(0.5, 0.58))
    flip = rng.random() < 0.5
    code_left = left + (width - half if flip else 0)
    other_left = left + (0 if flip else half + 18)
    other = width - half - 18
    bar = float(rng.uniform(44, 70))
    _stacked(side, rng, (code_left, top, half, height - bar - 14))
    _linear(side, rng, (code_left, top + height - bar, half, bar))
    size = float(rng.uniform(105, 135))
    _service(side, rng, other_left + other - size, top, size)
    _print(side, (other_left, top, min(other - size - 14, 110), size))
    _hand(side, rng, (other_left, top + size + 8, other, max(50.0, height - size - 8)))


def _in_a_row(
    parts: list[tuple[float, Callable[[Area], None]]], area: Area, rng: Generator
) -> None:
    left, top, width, height = area
    order = [parts[int(i)] for i in rng.permutation(len(parts))]
    gap = 18.0
    unit = (width - gap * (len(order) - 1)) / sum(share for share, _ in order)
    for share, draw in order:
        draw((left, top, share * unit, height))
        left += share * unit + gap


def _dense(side: Side, rng: Generator, area: Area) -> None:
    left, top, width, height = area
    size = min(width, height)
    # A module of a dense code is a quarter of a millimetre or more.
    most = int(min(620, (size / 2.4 - 17) ** 2 / 9.5))
    content = rng.bytes(int(rng.integers(max(60, most // 2), max(90, most))))
    symbol = symbols.qr(content, level="L", colour=side.design.ink)
    _put(side, symbol, (left + (width - size) * float(rng.uniform(0, 1)), top, size, size))


def _photo(side: Side, area: Area) -> None:
    left, top, width, height = area
    high = min(height, width * 1.28)
    picture = likeness.portrait(side.citizen, grey=False, ground="#e8ecf2", crop=0.3)
    side.place(left, top, high / 1.28, high, picture)


def _row_of_codes(side: Side, rng: Generator, area: Area) -> None:
    """Two dense codes, a small one and a linear one side by side; a photo on the newest."""
    left, top, width, height = area
    bar = float(rng.uniform(44, 62))
    above = rng.random() < 0.5
    bar_top = top if above else top + height - bar
    rest_top = top + bar + 12 if above else top
    rest = height - bar - 12
    share = float(rng.uniform(0.45, 0.9))
    bar_left = left + width * (1 - share) * float(rng.choice([0, 0.5, 1]))
    _linear(side, rng, (bar_left, bar_top, width * share, bar))
    parts: list[tuple[float, Callable[[Area], None]]] = [
        (1.3, lambda a: _dense(side, rng, a)),
        (1.3, lambda a: _dense(side, rng, a)),
        (0.7, lambda a: _service(side, rng, a[0], a[1], min(a[2], a[3], 130))),
    ]
    if side.citizen.model is Model.NEW:
        parts[1] = (1.1, lambda a: _photo(side, a))
    if rng.random() < 0.5:
        parts.append((0.9, lambda a: _notes(side, rng, a, 3)))
    _in_a_row(parts, (left, rest_top, width, rest), rng)


def _codes_in_corner(side: Side, rng: Generator, area: Area) -> None:
    """Dense codes at one end, notes and a linear code over a small code at the other."""
    left, top, width, height = area
    pair = min(height * 2 + 16, width * 0.66)
    flip = rng.random() < 0.5
    start = left + (width - pair if flip else 0)
    size = (pair - 16) / 2
    _dense(side, rng, (start, top, size, min(size, height)))
    second = (start + size + 16, top, size, min(size, height))
    if side.citizen.model is Model.NEW:
        _photo(side, second)
    else:
        _dense(side, rng, second)
    other = left if flip else left + pair + 18
    room = width - pair - 18
    bar = float(rng.uniform(44, 70))
    _linear(side, rng, (other, top, room, bar))
    small = min(float(rng.uniform(96, 120)), height - bar - 14)
    _service(side, rng, other + room - small, top + height - small, small)
    _notes(side, rng, (other, top + bar + 10, room - small - 12, height - bar - 12), 2)


def _back_of_c(side: Side, rng: Generator) -> None:
    design, citizen = side.design, side.citizen
    size = float(rng.uniform(30, 42))
    face = design.mrz_face if rng.random() < 0.6 else "JetBrains Mono"
    at_top = rng.random() < 0.4
    y = 26 if at_top else HEIGHT - size * 1.3 - 26
    tracking = float(rng.uniform(0.02, 0.3))
    number = side.value("numero_ocr", citizen.numero_ocr, style="letter-spacing:inherit")
    x = float(rng.uniform(30, 300))
    side.place(
        x, y, WIDTH - x - 20, size * 1.3,
        f"<div style=\"font-family:'{face}';font-size:{size:.1f}px;"
        f"letter-spacing:{tracking:.2f}em\">"
        f"{number}</div>",
    )  # fmt: skip
    top = size * 1.3 + 40 if at_top else 26.0
    height = HEIGHT - size * 1.3 - 70
    band = height / 3
    left, width = 34.0, WIDTH - 68.0
    rows: list[Callable[[float], None]] = [
        lambda t: _stacked(side, rng, (left, t, width * 0.62, band - 16)),
        lambda t: _in_a_row(
            [
                (2.4, lambda a: _hand(side, rng, a)),
                (0.9, lambda a: _print(side, a)),
                (2.0, lambda a: _notes(side, rng, a, 4)),
            ],
            (left, t, width, band - 14),
            rng,
        ),
        lambda t: _ballots(side, rng, (left, t, width, band - 14)),
    ]
    for index, row in enumerate(rng.permutation(3)):
        rows[int(row)](top + index * band)
        if int(row) == 0:
            bar = (left + width * 0.66, top + index * band, width * 0.34, min(band - 20, 80.0))
            _linear(side, rng, bar)


def _ballots(side: Side, rng: Generator, area: Area) -> None:
    """Print the boxes in which a vote used to be marked."""
    left, top, width, height = area
    line = side.design.label_ink
    years = "".join(
        f'<div style="border:1px solid {line};width:{height * 0.7:.0f}px;'
        f"height:{height * 0.7:.0f}px;"
        f'font-size:11px;padding:2px">{9 + i:02d}</div>'
        for i in range(int(rng.integers(5, 9)))
    )
    side.place(
        left, top, width, height,
        f'<div style="font-size:12px">ELECCIONES FEDERALES</div>'
        f'<div style="display:flex;gap:8px;margin-top:4px">{years}</div>',
    )  # fmt: skip
