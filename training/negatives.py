"""Things that lie where a credential should: licences, bank and loyalty cards, papers, phones.

None carries the credential's title, authority, labels or three machine-readable lines.
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
}
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
