"""Anverso: header, photo, ghost photo and the text block of each model."""

import cv2
import numpy as np
from numpy.random import Generator

from training.people import Person
from training.render.canvas import HEIGHT, WIDTH, Canvas, Colour, Image, Ink, fit, text_width
from training.render.flow import Cell, Region, Row, set_rows, wording
from training.render.marks import emblem, fingerprint, signature
from training.render.portrait import draw_portrait, invent_face
from training.render.security import deep, hologram
from training.render.style import Style

_OLD_HEADER = (
    "INSTITUTO FEDERAL ELECTORAL",
    "REGISTRO FEDERAL DE ELECTORES",
    "CREDENCIAL PARA VOTAR",
)
_NEW_HEADER = ("MÉXICO", "INSTITUTO NACIONAL ELECTORAL", "CREDENCIAL PARA VOTAR")


def print_front(canvas: Canvas, person: Person, style: Style, rng: Generator) -> None:
    """Print the anverso over the ground that the canvas already carries."""
    photo_right = person.model == "C"
    header_height = _header(canvas, person.model, style, rng)
    width = int(rng.uniform(285, 385))
    height = min(int(width * rng.uniform(1.18, 1.36)), HEIGHT - header_height - 30)
    margin = int(rng.uniform(28, 62))
    x = WIDTH - margin - width if photo_right else margin
    top = header_height + int(
        rng.uniform(4, max(6, min(130, HEIGHT - 20 - header_height - height)))
    )
    portrait = _photo(canvas, person, style, rng, x, top, width, height)
    gap = int(rng.uniform(22, 48))
    region = (
        Region(margin, header_height + rng.uniform(6, 22), x - gap, HEIGHT - rng.uniform(22, 60))
        if photo_right
        else Region(
            x + width + gap,
            header_height + rng.uniform(6, 22),
            WIDTH - rng.uniform(28, 66),
            HEIGHT - rng.uniform(22, 60),
        )
    )
    if person.model != "C" and rng.random() < 0.8:
        _ghost(canvas, portrait, region, rng)
    below = HEIGHT - top - height
    if below > 90 and rng.random() < (0.7 if photo_right else 0.25):
        _hand(canvas, person, style, rng, x, top + height + 8, width, below - 24)
    set_rows(canvas, _rows(person, style, rng), region, style, rng)
    if person.model != "C" or rng.random() < 0.4:
        for _ in range(int(rng.integers(1, 3))):
            size = int(rng.uniform(90, 240))
            cx = x + (width if not photo_right else 0) + int(rng.normal(0, 70))
            cy = top + int(rng.uniform(0.1, 1) * height)
            hologram(
                rng,
                canvas,
                (cx - size // 2, cy - size // 2, cx + size // 2, cy + size // 2),
                float(rng.uniform(0.05, 0.3)),
            )


def _header(canvas: Canvas, model: str, style: Style, rng: Generator) -> int:
    lines = list(_OLD_HEADER if model in ("C", "D") else _NEW_HEADER)
    if model == "D" and rng.random() < 0.6:
        lines = ["MÉXICO", lines[0], lines[-1]]
    if rng.random() < 0.2:
        lines.remove("MÉXICO" if "MÉXICO" in lines else "REGISTRO FEDERAL DE ELECTORES")
    if model in ("F", "H"):
        lines.append(str(rng.choice(["DESDE EL EXTRANJERO", "RESIDENTE EN EL EXTRANJERO"])))
    height = int(rng.uniform(118, 178))
    colour: Colour = style.header_colour
    title = deep(rng, 0.9)
    if rng.random() < 0.3:
        band = deep(rng, style.hues[0])
        canvas.image[: height - 8] = (
            canvas.image[: height - 8] * 0.25 + np.array(band) * 0.75
        ).astype(np.uint8)
        colour = title = (250, 250, 250)
    size = int(height * rng.uniform(0.62, 0.86))
    left = int(rng.uniform(24, 60))
    seal_right = rng.random() < 0.35
    seal_x = WIDTH - left - size if seal_right else left
    canvas.stain(seal_x, (height - size) // 2, emblem(rng, size), colour, 0.9)
    text_left = left if seal_right else left + size + int(rng.uniform(14, 50))
    text_right = WIDTH - left - (size + 20 if seal_right else 0)
    short = "IFE" if model in ("C", "D") else "INE"
    if rng.random() < 0.7:
        ink = Ink(style.header_face, height * rng.uniform(0.36, 0.5), title, 0.95)
        wide = text_width(short, ink)
        if seal_right:
            canvas.text(text_left, height * 0.5 + ink.cap / 2, short, ink, "header")
            text_left += wide + 30
        else:
            canvas.text(text_right - wide, height * 0.5 + ink.cap / 2, short, ink, "header")
            text_right -= wide + 30
    middle = rng.random() < 0.4
    strong = int(rng.integers(len(lines)))
    pitch = (height - 26) / len(lines)
    for index, text in enumerate(lines):
        cap = min(pitch * 0.66, rng.uniform(20, 28) * (1.25 if index == strong else 1.0))
        ink = fit(text, Ink(style.header_face, cap, colour, 0.95), text_right - text_left)
        x = text_left
        if middle:
            x += int((text_right - text_left - text_width(text, ink)) / 2)
        canvas.text(x, 14 + pitch * index + pitch * 0.5 + ink.cap / 2, text, ink, "header")
    return height


def _photo(
    canvas: Canvas,
    person: Person,
    style: Style,
    rng: Generator,
    x: int,
    y: int,
    width: int,
    height: int,
) -> Image:
    face = invent_face(person.face_seed, person.sexo, float(person.edad))
    shade = int(rng.uniform(200, 252))
    ground = (shade, shade, min(255, shade + int(rng.uniform(0, 14))))
    portrait, mask = draw_portrait(
        face, rng, height, width, ground=ground, zoom=float(rng.uniform(0.92, 1.16))
    )
    printed = portrait
    if style.photo_grey:
        grey = portrait.mean(axis=2, keepdims=True)
        printed = np.repeat(grey, 3, axis=2).astype(np.uint8)
    if rng.random() < 0.3:
        cover = np.maximum(mask, float(rng.uniform(0.0, 0.5))).astype(np.float32)
    else:
        cover = np.full((height, width), 0.97, np.float32)
    canvas.paste(x, y, printed, cover)
    return portrait


def _ghost(canvas: Canvas, portrait: Image, region: Region, rng: Generator) -> None:
    width = int(rng.uniform(110, 200))
    height = int(width * portrait.shape[0] / portrait.shape[1])
    small = cv2.resize(portrait, (width, height), interpolation=cv2.INTER_AREA)
    grey = small.mean(axis=2, keepdims=True)
    tint = rng.uniform(0.85, 1.05, 3)
    ghost = np.clip(grey * tint + rng.uniform(0, 40), 0, 255).astype(np.uint8)
    x = int(region.x1 - width - rng.uniform(0, 60))
    y = int(rng.uniform(region.y0 + 150, region.y1 - height))
    fade = cv2.GaussianBlur(np.pad(np.ones((height - 24, width - 24), np.float32), 12), (0, 0), 6)
    canvas.paste(x, y, ghost, (fade * rng.uniform(0.15, 0.5)).astype(np.float32))


def _hand(
    canvas: Canvas,
    person: Person,
    style: Style,
    rng: Generator,
    x: int,
    y: int,
    width: int,
    height: int,
) -> None:
    if person.model == "C" and rng.random() < 0.5 and height > 100:
        print_width = min(width // 2, int(height * 0.75))
        mark = fingerprint(person.hand_seed, print_width, height)
        canvas.stain(x + width - print_width, y, mark, style.value_colour, 0.7)
        return
    mark = signature(person.hand_seed, width, min(height, width // 2))
    canvas.stain(x, y, mark, (20, 22, 40), 0.9)


def _cell(
    style: Style, rng: Generator, key: str, text: str, field: str | None, beside: float = 0.5
) -> Cell:
    """Make a labelled value; `beside` is how readily the label stands at its left."""
    leaning = 0.5 * beside + 0.5 * style.beside
    return Cell(wording(style, key), [(text, field)], beside=bool(rng.random() < leaning))


def _rows(person: Person, style: Style, rng: Generator) -> list[Row]:
    modern = person.model in ("G", "H", "new")
    birth = _cell(style, rng, "fecha_nacimiento", person.fecha_nacimiento, "fecha_nacimiento", 0.1)
    aside = _aside(person, style, rng, birth)
    rows = [Row([_name(person, style, rng)], aside)]
    if not modern and person.model != "C" and birth not in aside:
        rows.append(Row([birth]))
    lines = _visible_address(person, rng)
    if lines:
        rows.append(Row([Cell(wording(style, "domicilio"), [(t, "domicilio") for t in lines])]))
    rows += _keys(person, style, rng)
    seccion = _cell(style, rng, "seccion", person.seccion, "seccion", 0.4)
    if modern:
        return rows + _modern_end(person, style, rng, birth, seccion)
    return rows + _codes_end(person, style, rng, seccion)


def _name(person: Person, style: Style, rng: Generator) -> Cell:
    lines: list[tuple[str, str | None]] = [
        (person.apellido_paterno, "apellido_paterno"),
        (person.apellido_materno, "apellido_materno"),
        (person.nombres, "nombres"),
    ]
    return Cell(
        wording(style, "nombre"),
        [line for line in lines if line[0]],
        name=True,
        emphasis=float(rng.uniform(0.95, 1.15)),
    )


def _aside(person: Person, style: Style, rng: Generator, birth: Cell) -> list[Cell]:
    sex = _cell(style, rng, "sexo", person.sexo, "sexo", 0.8)
    if person.model == "C":
        aside = [_cell(style, rng, "edad", person.edad, None, 0.9), sex]
    elif person.model in ("G", "H", "new"):
        aside = [sex] if rng.random() < 0.7 else []
    else:
        aside = [birth, sex] if rng.random() < 0.85 else [sex]
    if rng.random() < 0.2:
        aside.reverse()
    return aside


def _keys(person: Person, style: Style, rng: Generator) -> list[Row]:
    clave = _cell(style, rng, "clave_elector", person.clave_elector, "clave_elector", 0.9)
    curp = _cell(style, rng, "curp", person.curp, "curp", 0.7)
    registro = _cell(style, rng, "anio_registro", person.anio_registro, "anio_registro", 0.5)
    if person.model == "C" and rng.random() < 0.7:
        digits = "".join(str(d) for d in rng.integers(0, 10, 13))
        folio = _cell(style, rng, "folio", digits, None, 0.9)
        return [Row([folio, registro]), Row([clave]), Row([curp])]
    if rng.random() < 0.75:
        return [Row([clave]), Row([curp, registro])]
    return [Row([clave]), Row([curp]), Row([registro])]


def _modern_end(
    person: Person, style: Style, rng: Generator, birth: Cell, seccion: Cell
) -> list[Row]:
    dash = str(rng.choice([" - ", " - ", "-"]))
    text = person.printed_vigencia.replace(" - ", dash)
    vigencia = _cell(style, rng, "vigencia_combinada", text, "vigencia", 0.2)
    seccion.emphasis = float(rng.choice([1.0, 1.15, 1.3]))
    seccion.boxed = bool(rng.random() < 0.3)
    last = [seccion, birth, vigencia] if rng.random() < 0.3 else [birth, seccion, vigencia]
    return [Row(last)] if rng.random() < 0.8 else [Row(last[:1]), Row(last[1:])]


def _codes_end(person: Person, style: Style, rng: Generator, seccion: Cell) -> list[Row]:
    estado = _cell(style, rng, "estado", person.estado, "estado")
    municipio = _cell(style, rng, "municipio", person.municipio, "municipio")
    localidad = _cell(style, rng, "localidad", person.localidad, "localidad")
    emision = _cell(style, rng, "emision", person.emision, "emision")
    vigencia = _cell(style, rng, "vigencia", person.vigencia, "vigencia")
    orders = (
        [[estado, municipio, seccion], [localidad, emision, vigencia]],
        [[estado, municipio], [localidad, seccion], [emision, vigencia]],
        [[estado, localidad, emision], [municipio, seccion, vigencia]],
    )
    beside = bool(rng.random() < 0.5 * (1 + (style.beside > 0.5)))
    chosen = orders[int(rng.integers(len(orders)))]
    for cell in (cell for cells in chosen for cell in cells):
        cell.beside = beside
    return [Row(cells) for cells in chosen]


def _visible_address(person: Person, rng: Generator) -> list[str]:
    lines = list(person.domicilio)
    if person.model == "C":
        return lines
    # Since model D the holder may ask that street and number are not printed.
    draw = rng.random()
    if draw < 0.08:
        return []
    return lines[1:] if draw < 0.22 else lines
