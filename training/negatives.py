"""Things that lie where a credential should: licences, bank and loyalty cards, papers, phones.

None carries the credential's title, its authority or its three machine-readable lines.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.fonts import faces
from training.render.canvas import HEIGHT, WIDTH, Canvas, Ink, fit
from training.render.marks import emblem, linear, pdf417, qr
from training.render.portrait import draw_portrait, invent_face
from training.render.security import deep, ground

Image = NDArray[np.uint8]

_SHOPS = ("TIENDA", "FARMACIA", "GIMNASIO", "BIBLIOTECA", "CAFÉ", "CINE", "AUTOPARTES", "PAPELERÍA")
_TITLES = (
    "INSTITUTO ESTATAL DE CULTURA",
    "UNIVERSIDAD AUTÓNOMA DEL VALLE",
    "SEGURO POPULAR",
    "TARJETA DE IDENTIDAD",
    "CREDENCIAL DE ESTUDIANTE",
    "SECRETARÍA DE SALUD",
    "CÉDULA PROFESIONAL",
    "SOLICITUD DE TRÁMITE",
)
_LABELS = (
    "NOMBRE",
    "MATRÍCULA",
    "NÚMERO DE AFILIACIÓN",
    "TIPO DE SANGRE",
    "PUESTO",
    "CARRERA",
    "FECHA",
    "EXPEDIDA",
    "CLÍNICA",
    "FOLIO",
)
_WORDS = "NORTE SUR SOL LUNA AZUL ROJO MAR SIERRA VALLE CLUB PLUS TOTAL EXTRA UNO PUNTOS".split()


def render_negative(rng: Generator, *, kind: str | None = None) -> tuple[Image, Image]:
    """Draw one thing that is not a credencial para votar; return RGB and its mask (0…255).

    Without `kind`, one of `SHARES` is drawn.
    """
    if kind is None:
        kind = tuple(SHARES)[int(rng.choice(len(SHARES), p=np.array(list(SHARES.values()))))]
    return KINDS[kind](rng)


def _round_mask(height: int, width: int, radius: int) -> Image:
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (radius, 0), (width - radius - 1, height - 1), 255, -1)
    cv2.rectangle(mask, (0, radius), (width - 1, height - radius - 1), 255, -1)
    for x in (radius, width - radius - 1):
        for y in (radius, height - radius - 1):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    return mask


def _ink(rng: Generator, cap: float, colour: tuple[int, int, int] | None = None) -> Ink:
    options = faces(("sans", "narrow", "serif"), "all")
    dark = colour if colour is not None else deep(rng, float(rng.uniform()))
    return Ink(options[int(rng.integers(len(options)))], cap, dark)


def _words(rng: Generator, count: int) -> str:
    return " ".join(str(word) for word in rng.choice(_WORDS, count))


def _digits(rng: Generator, count: int) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, count))


def _licence(rng: Generator) -> tuple[Image, Image]:
    hue = float(rng.uniform())
    canvas = Canvas(ground(rng, (hue, float(rng.uniform())), float(rng.uniform(0.05, 0.35))))
    title = str(
        rng.choice(
            [
                "LICENCIA PARA CONDUCIR",
                "PERMISO DE CONDUCIR",
                "LICENCIA DE CHOFER",
                "ESTUDIANTE",
                "GAFETE DE EMPLEADO",
                "TARJETA DE AFILIACIÓN",
                "PERMISO DE PESCA",
                "IDENTITY CARD",
            ]
        )
    )
    band = int(rng.uniform(90, 190))
    canvas.image[:band] = np.array(deep(rng, hue), np.uint8)
    ink = fit(title, _ink(rng, rng.uniform(34, 56), (250, 250, 250)), WIDTH - 260)
    canvas.text(220, band * 0.62, title, ink, "header")
    canvas.stain(40, 10, emblem(rng, band - 20), (250, 250, 250), 0.9)
    face = invent_face(int(rng.integers(2**31)), str(rng.choice(["H", "M"])), rng.uniform(18, 80))
    width = int(rng.uniform(240, 340))
    portrait, _ = draw_portrait(face, rng, int(width * 1.25), width)
    left = bool(rng.random() < 0.6)
    canvas.paste(50 if left else WIDTH - 50 - width, band + 40, portrait, 1.0)
    x, y = (width + 100 if left else 60), band + 80
    plain = _ink(rng, rng.uniform(24, 34), (25, 25, 30))
    for _ in range(int(rng.integers(4, 8))):
        text = _words(rng, int(rng.integers(1, 4))) if rng.random() < 0.6 else _digits(rng, 9)
        number = f"{int(rng.integers(1, 10))}. " if rng.random() < 0.5 else ""
        canvas.text(x, y, number + text, fit(number + text, plain, WIDTH - width - 180), "noise")
        y += int(rng.uniform(55, 85))
    if rng.random() < 0.4:
        box = (x, HEIGHT - 120, x + 500, HEIGHT - 50)
        linear(canvas, box, _digits(rng, 12), rng, (20, 20, 20))
    return canvas.image, _round_mask(HEIGHT, WIDTH, 46)


def _licence_back(rng: Generator) -> tuple[Image, Image]:
    """The back of some other card: codes, small print and a stripe, but no lines of an MRZ."""
    canvas = Canvas(ground(rng, (float(rng.uniform()),), float(rng.uniform(0.05, 0.3))))
    if rng.random() < 0.35:
        top = int(rng.uniform(40, 110))
        canvas.image[top : top + 140] = int(rng.uniform(8, 50))
    y = int(rng.uniform(200, 330))
    if rng.random() < 0.5:
        pdf417(canvas, (80, y, 1000, y + 220), rng.bytes(200), rng, (20, 20, 20))
    else:
        linear(canvas, (120, y, 900, y + 130), _digits(rng, 12), rng, (20, 20, 20))
    if rng.random() < 0.4:
        qr(canvas, (960, y, 1240, y + 280), _digits(rng, 60), rng, (20, 20, 20))
    ink = _ink(rng, rng.uniform(14, 20), (50, 50, 60))
    for line in range(int(rng.integers(2, 7))):
        text = _words(rng, int(rng.integers(4, 11)))
        canvas.text(80, y + 290 + line * 34, text, fit(text, ink, 1100), "noise")
    return canvas.image, _round_mask(HEIGHT, WIDTH, 46)


def _passport_page(rng: Generator) -> tuple[Image, Image]:
    """A page of a booklet with a photo and two machine-readable lines of another kind."""
    height = 900
    page = cv2.resize(ground(rng, (float(rng.uniform()), 0.1), 0.15), (WIDTH, height))
    canvas = Canvas(np.asarray(page, np.uint8))
    face = invent_face(int(rng.integers(2**31)), str(rng.choice(["H", "M"])), rng.uniform(18, 80))
    portrait, _ = draw_portrait(face, rng, 430, 340)
    canvas.paste(70, 180, portrait, 1.0)
    canvas.text(70, 110, "PASAPORTE", _ink(rng, 44, deep(rng, 0.6)), "header")
    ink = _ink(rng, rng.uniform(22, 28), (30, 30, 35))
    for line in range(int(rng.integers(4, 7))):
        canvas.text(480, 220 + line * 76, _words(rng, int(rng.integers(1, 4))), ink, "noise")
    mono = faces(("mrz", "mono"), "all")
    small = Ink(mono[int(rng.integers(len(mono)))], 30, (25, 25, 30))
    for line in range(2):
        words = "<".join(_words(rng, 5).split()) if line == 0 else _digits(rng, 20)
        text = f"P<{words}".ljust(44, "<")[:44]
        canvas.text(60, 780 + line * 62, text, fit(text, small, WIDTH - 120), "noise")
    return canvas.image, np.full((height, WIDTH), 255, np.uint8)


def _bank_card(rng: Generator) -> tuple[Image, Image]:
    hue = float(rng.uniform())
    first, second = np.array(deep(rng, hue), float), np.array(deep(rng, hue + 0.2), float)
    ramp = np.linspace(0, 1, WIDTH)[None, :, None] * np.ones((HEIGHT, 1, 1))
    canvas = Canvas((first * (1 - ramp) + second * ramp).astype(np.uint8))
    for _ in range(int(rng.integers(0, 4))):
        centre = tuple((rng.uniform(0, 1, 2) * (WIDTH, HEIGHT)).astype(int).tolist())
        layer = canvas.image.copy()
        cv2.circle(layer, centre, int(rng.uniform(100, 500)), deep(rng, hue), -1, cv2.LINE_AA)
        cv2.addWeighted(layer, 0.3, canvas.image, 0.7, 0, dst=canvas.image)
    light = (240, 240, 235)
    chip = (205, 175, 95)
    if rng.random() < 0.8:
        cv2.rectangle(canvas.image, (120, 300), (270, 420), chip, -1)
        for x in (170, 220):
            cv2.line(canvas.image, (x, 300), (x, 420), (120, 95, 40), 3)
        cv2.line(canvas.image, (120, 360), (270, 360), (120, 95, 40), 3)
    name = f"BANCO {_words(rng, 1)}"
    canvas.text(100, 160, name, _ink(rng, 62, light), "noise")
    number = " ".join(_digits(rng, 4) for _ in range(4))
    canvas.text(120, 530, number, fit(number, _ink(rng, 56, light), 1000), "noise")
    canvas.text(120, 680, _words(rng, 2), _ink(rng, 38, light), "noise")
    canvas.text(900, 620, f"{_digits(rng, 2)}/{_digits(rng, 2)}", _ink(rng, 34, light), "noise")
    if rng.random() < 0.3:
        canvas.image[90:230] = 15
    return canvas.image, _round_mask(HEIGHT, WIDTH, 48)


def _loyalty_card(rng: Generator) -> tuple[Image, Image]:
    canvas = Canvas(np.empty((HEIGHT, WIDTH, 3), np.uint8))
    canvas.image[:] = deep(rng, float(rng.uniform())) if rng.random() < 0.6 else (245, 245, 240)
    bright = int(canvas.image[0, 0].mean()) < 128
    colour = (250, 250, 250) if bright else (30, 30, 50)
    shop = f"{_SHOPS[int(rng.integers(len(_SHOPS)))]} {_words(rng, 1)}"
    canvas.text(90, rng.uniform(180, 420), shop, fit(shop, _ink(rng, 90, colour), 1080), "noise")
    canvas.stain(900, 380, emblem(rng, 300), colour, 0.8)
    box = (90, 560, 760, 720)
    if rng.random() < 0.6:
        linear(canvas, box, _digits(rng, 13), rng, (15, 15, 15))
    else:
        qr(canvas, (90, 460, 380, 750), _digits(rng, 24), rng, (15, 15, 15))
    return canvas.image, _round_mask(HEIGHT, WIDTH, 48)


def _paper(rng: Generator) -> tuple[Image, Image]:
    height = int(rng.uniform(500, 1100))
    page = np.full((height, WIDTH, 3), int(rng.uniform(225, 252)), np.uint8)
    canvas = Canvas(page)
    ink = _ink(rng, rng.uniform(14, 26), (40, 40, 45))
    y = 80.0
    while y < height - 40:
        canvas.text(70, y, _words(rng, int(rng.integers(3, 9))), ink, "noise")
        y += ink.cap * rng.uniform(1.7, 2.6)
    return page, np.full((height, WIDTH), 255, np.uint8)


def _phone(rng: Generator) -> tuple[Image, Image]:
    height, width = 640, 1284
    image = np.full((height, width, 3), int(rng.uniform(5, 40)), np.uint8)
    screen = image[36:-36, 60:-60]
    screen[:] = np.array(deep(rng, float(rng.uniform())), np.uint8)
    for row in range(4):
        for column in range(8):
            if rng.random() < 0.7:
                x, y = 60 + column * 135, 30 + row * 135
                cv2.rectangle(screen, (x, y), (x + 84, y + 84), deep(rng, float(rng.uniform())), -1)
    return image, _round_mask(height, width, 90)


def _blank(rng: Generator) -> tuple[Image, Image]:
    image = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    image[:] = np.clip(rng.uniform(180, 252) + rng.normal(0, 10, 3), 0, 255)
    if rng.random() < 0.5:
        y = int(rng.uniform(60, 160))
        image[y : y + 150] = int(rng.uniform(5, 60))
    return image, _round_mask(HEIGHT, WIDTH, 46)


def _business_card(rng: Generator) -> tuple[Image, Image]:
    canvas = Canvas(np.full((HEIGHT, WIDTH, 3), int(rng.uniform(235, 255)), np.uint8))
    colour = deep(rng, float(rng.uniform()))
    canvas.stain(80, 80, emblem(rng, 240), colour, 0.9)
    y = 420
    for cap in (52, 30, 26, 26):
        canvas.text(90, y, _words(rng, int(rng.integers(2, 4))), _ink(rng, cap, colour), "noise")
        y += 90
    return canvas.image, np.full((HEIGHT, WIDTH), 255, np.uint8)


def _member_card(rng: Generator) -> tuple[Image, Image]:
    """A card laid out as a credential is: header, photo, labelled values; of somebody else."""
    canvas = Canvas(ground(rng, (float(rng.uniform()), float(rng.uniform())), 0.25))
    height = int(rng.uniform(110, 180))
    canvas.stain(40, 20, emblem(rng, height - 40), deep(rng, 0.4), 0.9)
    ink = _ink(rng, rng.uniform(24, 36))
    y = 60.0
    for title in rng.choice(_TITLES, 2, replace=False):
        canvas.text(height + 30, y, str(title), fit(str(title), ink, WIDTH - 300), "header")
        y += 52
    face = invent_face(int(rng.integers(2**31)), str(rng.choice(["H", "M"])), rng.uniform(18, 80))
    width = int(rng.uniform(250, 370))
    portrait, _ = draw_portrait(face, rng, int(width * 1.27), width)
    left = bool(rng.random() < 0.75)
    canvas.paste(45 if left else WIDTH - 45 - width, height + 20, portrait, 1.0)
    x, y = (width + 90.0 if left else 60.0), height + 50.0
    small, plain = _ink(rng, 17, (70, 70, 80)), _ink(rng, rng.uniform(24, 32), (20, 20, 25))
    for label in rng.choice(_LABELS, int(rng.integers(4, 7)), replace=False):
        canvas.text(x, y, str(label), small, "noise")
        value = _words(rng, 3) if rng.random() < 0.6 else _digits(rng, 11)
        canvas.text(x, y + 42, value, fit(value, plain, WIDTH - width - 170), "noise")
        y += int(rng.uniform(80, 105))
    return canvas.image, _round_mask(HEIGHT, WIDTH, 46)


def _resident_back(rng: Generator) -> tuple[Image, Image]:
    """The back of another country's or office's card, with three machine-readable lines."""
    image, mask = _licence_back(rng)
    image[520:] = (image[520:] * 0.3 + 250 * 0.7).astype(np.uint8)
    canvas = Canvas(image)
    mono = faces(("mrz", "mono"), "all")
    ink = Ink(mono[int(rng.integers(len(mono)))], 32, (25, 25, 30))
    code = str(rng.choice(["I<GTM", "RMMEX", "C<USA", "P<HND", "IDESP"]))
    name = "<".join(_words(rng, 4).split())
    lines = (code + _digits(rng, 10), _digits(rng, 15) + code[2:], name)
    for number, line in enumerate(lines):
        text = line.ljust(30, "<")[:30]
        canvas.text(60, 610 + number * 72, text, fit(text, ink, WIDTH - 120), "noise")
    return image, mask


def _form(rng: Generator) -> tuple[Image, Image]:
    """A sheet with ruled boxes, labels and writing."""
    height = int(rng.uniform(760, 1100))
    canvas = Canvas(np.full((height, WIDTH, 3), int(rng.uniform(225, 252)), np.uint8))
    line = int(rng.uniform(60, 160))
    canvas.text(80, 90, str(rng.choice(_TITLES)), _ink(rng, 34), "header")
    y = 140
    while y < height - 120:
        step = int(rng.uniform(70, 130))
        x = 60
        while x < WIDTH - 200:
            right = min(WIDTH - 60, x + int(rng.uniform(220, 700)))
            cv2.rectangle(canvas.image, (x, y), (right, y + step), (line, line, line), 2)
            canvas.text(x + 10, y + 24, str(rng.choice(_LABELS)), _ink(rng, 13), "noise")
            if rng.random() < 0.6:
                text = _words(rng, 2)
                ink = fit(text, _ink(rng, 28, (20, 20, 60)), right - x - 30)
                canvas.text(x + 14, y + 62, text, ink, "noise")
            x = right
        y += step
    return canvas.image, np.full((height, WIDTH), 255, np.uint8)


def _app_screen(rng: Generator) -> tuple[Image, Image]:
    """A telephone that shows a page with a picture and text."""
    image, mask = _phone(rng)
    screen = Canvas(np.ascontiguousarray(image[36:-36, 60:-60]))
    screen.image[:] = int(rng.uniform(215, 252)) if rng.random() < 0.7 else int(rng.uniform(10, 40))
    dark = int(screen.image[0, 0, 0]) < 128
    screen.image[:70] = np.array(deep(rng, float(rng.uniform())), np.uint8)
    if rng.random() < 0.6:
        face = invent_face(int(rng.integers(2**31)), "M", rng.uniform(18, 80))
        portrait, _ = draw_portrait(face, rng, 300, 240)
        screen.paste(60, 130, portrait, 1.0)
    ink = _ink(rng, rng.uniform(18, 28), (230, 230, 230) if dark else (40, 40, 45))
    for row in range(int(rng.integers(4, 9))):
        screen.text(340, 140 + row * 48, _words(rng, int(rng.integers(2, 6))), ink, "noise")
    image[36:-36, 60:-60] = screen.image
    return image, mask


KINDS: dict[str, Callable[[Generator], tuple[Image, Image]]] = {
    "licence": _licence,
    "licence_back": _licence_back,
    "passport_page": _passport_page,
    "bank_card": _bank_card,
    "loyalty_card": _loyalty_card,
    "paper": _paper,
    "phone": _phone,
    "blank": _blank,
    "business_card": _business_card,
    "member_card": _member_card,
    "resident_back": _resident_back,
    "form": _form,
    "app_screen": _app_screen,
}
# Training never meets the kind that is missing here: it is left for the measurement.
TRAINED_KINDS = tuple(kind for kind in KINDS if kind != "resident_back")
# What lies about in a scene; the kinds that are missing are drawn by name alone.
SHARES = {
    "licence": 0.24,
    "licence_back": 0.12,
    "passport_page": 0.06,
    "bank_card": 0.16,
    "loyalty_card": 0.13,
    "paper": 0.09,
    "phone": 0.08,
    "blank": 0.06,
    "business_card": 0.06,
}
