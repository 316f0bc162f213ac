"""Reverso: MRZ, codes, signature and fingerprint, or the printed OCR number of model C."""

from collections.abc import Callable

import cv2
from numpy.random import Generator

from training.people import Person
from training.render.canvas import HEIGHT, WIDTH, Box, Canvas, Ink, fit, text_width
from training.render.marks import Barcode, fingerprint, linear, pdf417, qr, signature
from training.render.portrait import draw_portrait, invent_face
from training.render.security import hologram
from training.render.style import Style

_SMALL_PRINT = (
    "DOCUMENTO PERSONAL E INTRANSFERIBLE",
    "SIN VALOR SI MUESTRA RASPADURAS",
    "EL TITULAR DEBE AVISAR SU CAMBIO DE DOMICILIO",
    "CONSERVE ESTA CREDENCIAL EN BUEN ESTADO",
    "EN CASO DE EXTRAVIO LLAME AL CENTRO DE ATENCION",
    "REGISTRO FEDERAL DE ELECTORES",
    "SECRETARIO EJECUTIVO",
    "PROHIBIDA SU REPRODUCCION",
    "VERIFIQUE LA VIGENCIA EN LINEA",
)


def print_back(canvas: Canvas, person: Person, style: Style, rng: Generator) -> list[Barcode]:
    """Print the reverso over the ground that the canvas already carries; return its barcodes."""
    if person.model == "C":
        return _back_of_c(canvas, person, style, rng)
    top = _mrz(canvas, person, style, rng)
    area = (
        int(rng.uniform(34, 66)),
        int(rng.uniform(26, 60)),
        WIDTH - int(rng.uniform(34, 66)),
        top - int(rng.uniform(28, 50)),
    )
    if rng.random() < 0.6:
        area = _authority(canvas, person.model, style, rng, area)
    if person.model in ("D", "E", "F"):
        return _codes_of_def(canvas, person, style, rng, area)
    return _codes_of_gh(canvas, person, style, rng, area)


def _authority(canvas: Canvas, model: str, style: Style, rng: Generator, area: Box) -> Box:
    """Print a line with the authority's name above the codes; return the area left below it."""
    words = "INSTITUTO FEDERAL ELECTORAL" if model == "D" else "INSTITUTO NACIONAL ELECTORAL"
    if model in ("F", "H"):
        words = "CREDENCIAL PARA VOTAR DESDE EL EXTRANJERO"
    x0, y0, x1, y1 = area
    ink = Ink(style.header_face, float(rng.uniform(15, 24)), style.header_colour, 0.92)
    ink = fit(words, ink, (x1 - x0) * 0.9)
    x = x0 + (x1 - x0 - text_width(words, ink)) * float(rng.choice([0, 0.5, 1]))
    canvas.text(x, y0 + ink.cap - 6, words, ink, "header")
    return (x0, y0 + int(ink.cap) + 14, x1, y1)


def _mrz(canvas: Canvas, person: Person, style: Style, rng: Generator) -> int:
    """Print the three lines; return the y of their top."""
    ink = Ink(style.mrz_face, float(rng.uniform(28, 36)), style.value_colour, style.value_opacity)
    wanted = min(style.mrz_width_mm * 15, WIDTH - 70)
    natural = text_width("M" * 30, ink)
    if natural > wanted:
        ink = ink.narrowed(wanted / natural)
    else:
        gap = (wanted - natural) / 29 / ink.cap
        ink = Ink(ink.face, ink.cap, ink.colour, ink.opacity, gap)
    pitch = ink.cap * style.mrz_pitch
    left = (WIDTH - wanted) / 2 + rng.uniform(-0.4, 0.4) * (WIDTH - 60 - wanted)
    bottom = HEIGHT - rng.uniform(38, 76)
    first = bottom - 2 * pitch
    if rng.random() < 0.45:
        plate = canvas.image[int(first - ink.cap * 1.8) :]
        plate[:] = (plate * 0.35 + 252 * 0.65).astype("uint8")
    for index, line in enumerate(person.mrz):
        canvas.text(left, first + index * pitch, line, ink, "mrz")
    return int(first - ink.cap * 1.8)


def _random_bytes(rng: Generator, low: int, high: int) -> bytes:
    return rng.bytes(int(rng.integers(low, high)))


def _service_address(person: Person, rng: Generator) -> str:
    path = str(rng.choice(["v", "consulta", "qr", "c"]))
    return f"https://credencial.example/{path}/{person.cic}"


def _spread(area: Box, items: list[tuple[float, Callable[[Box], None]]], rng: Generator) -> None:
    """Lay items of relative widths side by side in `area`, in the order given."""
    x0, y0, x1, y1 = area
    gap = int(rng.uniform(18, 44))
    room = x1 - x0 - gap * (len(items) - 1)
    total = sum(share for share, _ in items)
    x = float(x0)
    for share, draw in items:
        width = room * share / total
        draw((int(x), y0, int(x + width), y1))
        x += width + gap


def _hand(
    canvas: Canvas, person: Person, style: Style, rng: Generator, box: Box, *, print_only: bool
) -> None:
    x0, y0, x1, y1 = box
    ink = Ink(style.label_face, float(rng.uniform(13, 18)), style.label_colour, 0.9)
    if print_only:
        width = min(x1 - x0, int((y1 - y0) * 0.8))
        mark = fingerprint(person.hand_seed, width, int(width * 1.2))
        canvas.stain(x0, y0, mark[: y1 - y0], style.value_colour, float(rng.uniform(0.5, 0.95)))
        return
    height = max(20, min(y1 - y0 - 30, (x1 - x0) // 2))
    mark = signature(person.hand_seed, x1 - x0, height)
    canvas.stain(x0, y0, mark, (18, 20, 34), 0.95)
    if rng.random() < 0.6:
        y = y0 + height + 4
        cv2.line(canvas.image, (x0, y), (x1, y), style.label_colour, 1)
        word = str(rng.choice(["FIRMA", "FIRMA DEL ELECTOR", "FIRMA DE LA CIUDADANA O CIUDADANO"]))
        ink = fit(word, ink, x1 - x0)
        x = x0 + (x1 - x0 - text_width(word, ink)) / 2
        canvas.text(x, y + 8 + ink.cap, word, ink, "label")


def _small_print(canvas: Canvas, style: Style, rng: Generator, box: Box, count: int) -> None:
    x0, y0, x1, y1 = box
    cap = float(rng.uniform(11, 15))
    y = y0 + cap
    for index in rng.choice(len(_SMALL_PRINT), count, replace=False):
        if y > y1:
            return
        text = _SMALL_PRINT[int(index)]
        ink = fit(text, Ink(style.label_face, cap, style.label_colour, 0.9), x1 - x0)
        if ink.cap >= 9 and canvas.is_free((x0, int(y - cap), x0 + text_width(text, ink), int(y))):
            canvas.text(x0, y, text, ink, "noise")
        y += cap * 1.9


def _bar_with_digits(
    canvas: Canvas, person: Person, style: Style, rng: Generator, box: Box, codes: list[Barcode]
) -> None:
    # Whether the linear code carries the CIC is not published: both cases are drawn.
    carries_cic = rng.random() < 0.6
    content = person.cic if carries_cic else "".join(str(d) for d in rng.integers(0, 10, 13))
    x0, y0, x1, y1 = box
    digits = y1 - y0 > 60 and rng.random() < 0.35
    code = linear(
        canvas, (x0, y0, x1, y1 - (30 if digits else 0)), content, rng, style.value_colour
    )
    codes.append(code)
    if digits:
        ink = fit(content, Ink(style.mono_face, 17, style.value_colour, 0.95, 0.15), x1 - x0)
        x = x0 + (x1 - x0 - text_width(content, ink)) / 2
        canvas.text(x, y1, content, ink, "value", "cic" if carries_cic else None)


def _codes_of_def(
    canvas: Canvas, person: Person, style: Style, rng: Generator, area: Box
) -> list[Barcode]:
    codes: list[Barcode] = []
    x0, y0, x1, y1 = area
    split = y0 + int((y1 - y0) * rng.uniform(0.4, 0.52))

    def stacked(box: Box) -> None:
        content = _random_bytes(rng, 160, 330)
        codes.append(pdf417(canvas, box, content, rng, style.value_colour))

    def small_qr(box: Box) -> None:
        side = min(box[2] - box[0], box[3] - box[1], int(rng.uniform(110, 170)))
        place = (box[0], box[1], box[0] + side, box[1] + side)
        codes.append(qr(canvas, place, _service_address(person, rng), rng, style.value_colour))

    bar_height = int(rng.uniform(46, 88))
    upper: list[tuple[float, Callable[[Box], None]]] = [(5.0, stacked)]
    lower: list[tuple[float, Callable[[Box], None]]] = [
        (2.4, lambda box: _hand(canvas, person, style, rng, box, print_only=False)),
        (1.3, lambda box: _hand(canvas, person, style, rng, box, print_only=True)),
        (
            2.6,
            lambda box: _bar_with_digits(
                canvas, person, style, rng, (box[0], box[1], box[2], box[1] + bar_height), codes
            ),
        ),
    ]
    (upper if rng.random() < 0.5 else lower).append((1.4, small_qr))
    if rng.random() < 0.5:
        upper.reverse()
    rng.shuffle(lower)  # type: ignore[arg-type]
    _spread((x0, y0, x1, split), upper, rng)
    _spread((x0, split + 16, x1, y1), lower, rng)
    if rng.random() < 0.5:
        _small_print(canvas, style, rng, (x0, y1 - 20, x1, y1 + 12), 1)
    return codes


def _codes_of_gh(
    canvas: Canvas, person: Person, style: Style, rng: Generator, area: Box
) -> list[Barcode]:
    codes: list[Barcode] = []

    def dense_qr(box: Box) -> None:
        side = min(box[2] - box[0], box[3] - box[1])
        content = _random_bytes(rng, 420, 900)
        place = (box[0], box[1], box[0] + side, box[1] + side)
        codes.append(qr(canvas, place, content, rng, style.value_colour))

    def tail(box: Box) -> None:
        a0, b0, a1, b1 = box
        height = int(rng.uniform(50, 90))
        _bar_with_digits(canvas, person, style, rng, (a0, b0, a1, b0 + height), codes)
        side = min(int(rng.uniform(100, 150)), a1 - a0, max(60, b1 - b0 - height - 30))
        place = (a1 - side, b1 - side, a1, b1)
        codes.append(qr(canvas, place, _service_address(person, rng), rng, style.value_colour))
        _small_print(
            canvas, style, rng, (a0, b0 + height + 24, a1 - side - 16, b1), int(rng.integers(0, 5))
        )

    def photo(box: Box) -> None:
        height = min(box[3] - box[1], int((box[2] - box[0]) * 1.25))
        face = invent_face(person.face_seed, person.sexo, float(person.edad))
        picture, _ = draw_portrait(face, rng, height, int(height / 1.25), ground=(225, 228, 232))
        canvas.paste(box[0], box[1], picture, 0.95)
        if rng.random() < 0.5:
            hologram(
                rng,
                canvas,
                (box[0], box[1] + height // 2, box[0] + 160, box[1] + height // 2 + 160),
                0.2,
            )

    items: list[tuple[float, Callable[[Box], None]]] = [
        (1.0, dense_qr),
        (1.0, dense_qr),
        (1.0, tail),
    ]
    if person.model == "new":
        items = [(0.8, photo), (1.0, dense_qr), (0.9, tail)]
        if rng.random() < 0.5:
            items.insert(2, (0.9, dense_qr))
        if rng.random() < 0.4:
            items.reverse()
    elif rng.random() < 0.2:
        items.insert(0, items.pop())
    _spread(area, items, rng)
    return codes


def _back_of_c(canvas: Canvas, person: Person, style: Style, rng: Generator) -> list[Barcode]:
    codes: list[Barcode] = []
    ink = Ink(
        style.mrz_face if rng.random() < 0.6 else style.mono_face,
        float(rng.uniform(30, 42)),
        style.value_colour,
        0.97,
        float(rng.uniform(0, 0.35)),
    )
    left, right = int(rng.uniform(34, 70)), WIDTH - int(rng.uniform(34, 70))
    ink = fit(person.numero_ocr, ink, (right - left) * 0.9)
    at_bottom = rng.random() < 0.6
    y = HEIGHT - rng.uniform(36, 90) if at_bottom else rng.uniform(60, 110)
    x = left + rng.uniform(0, max(1.0, right - left - text_width(person.numero_ocr, ink)))
    canvas.text(x, y, person.numero_ocr, ink, "value", "numero_ocr")
    top = 40 if at_bottom else int(y + 30)
    bottom = int(y - ink.cap - 30) if at_bottom else HEIGHT - 40
    third = (bottom - top) // 3

    def bars(box: Box) -> None:
        content = "".join(str(d) for d in rng.integers(0, 10, 13))
        codes.append(linear(canvas, box, content, rng, style.value_colour))

    def stacked(box: Box) -> None:
        codes.append(pdf417(canvas, box, _random_bytes(rng, 90, 220), rng, style.value_colour))

    bands: list[Callable[[Box], None]] = [
        lambda box: _election_grid(canvas, style, rng, box),
        lambda box: _spread(
            box,
            [
                (2.0, lambda b: _hand(canvas, person, style, rng, b, print_only=False)),
                (1.0, lambda b: _hand(canvas, person, style, rng, b, print_only=True)),
                (2.0, lambda b: _small_print(canvas, style, rng, b, int(rng.integers(2, 6)))),
            ],
            rng,
        ),
        lambda box: _spread(
            (box[0], box[1], box[2], box[3]),
            [(2.0, lambda b: bars((b[0], b[1], b[2], min(b[3], b[1] + 90)))), (2.4, stacked)],
            rng,
        ),
    ]
    rng.shuffle(bands)  # type: ignore[arg-type]
    for index, band in enumerate(bands):
        band((left, top + index * third, right, top + (index + 1) * third - 18))
    return codes


def _election_grid(canvas: Canvas, style: Style, rng: Generator, box: Box) -> None:
    """Print boxes for years of elections, in which a vote used to be marked."""
    x0, y0, x1, y1 = box
    ink = Ink(style.label_face, float(rng.uniform(12, 15)), style.label_colour, 0.9)
    y = y0 + int(ink.cap)
    for title in ("ELECCIONES FEDERALES", "LOCALES Y EXTRAORDINARIAS"):
        canvas.text(x0, y, title, fit(title, ink, (x1 - x0) // 3), "noise")
        years = int(rng.integers(5, 10))
        step = (x1 - x0 - (x1 - x0) // 3 - 20) // years
        height = min(60, (y1 - y0) // 2 - 14)
        for index in range(years):
            left = x0 + (x1 - x0) // 3 + 20 + index * step
            corner = (left + step - 8, y - int(ink.cap) + height)
            cv2.rectangle(canvas.image, (left, y - int(ink.cap)), corner, style.label_colour, 1)
            year = f"{9 + index:02d}"
            canvas.text(left + 5, y + 5, year, ink, "noise")
        y += height + 22
