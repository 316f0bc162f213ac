"""One invented design of a credential: type, colours, wording and proportions, drawn at random.

The exact layout of no model is public, and prints drift; a network must therefore meet many
layouts built around the published facts instead of learning one.
"""

from dataclasses import dataclass

from numpy.random import Generator

from training.fonts import Split, Typeface, faces
from training.render.canvas import Colour

# Wording seen or plausible for each printed label; the first is the commonest.
LABELS: dict[str, tuple[str, ...]] = {
    "nombre": ("NOMBRE", "NOMBRE", "NOMBRE", "NOMBRE:", "NOMBRE COMPLETO"),
    "domicilio": ("DOMICILIO", "DOMICILIO", "DOMICILIO", "DOMICILIO:"),
    "clave_elector": ("CLAVE DE ELECTOR", "CLAVE DE ELECTOR", "CLAVE DE ELECTOR:", "CLAVE ELECTOR"),
    "curp": ("CURP", "CURP", "CURP", "CURP:"),
    "anio_registro": ("AÑO DE REGISTRO", "AÑO DE REGISTRO", "AÑO DE REGISTRO:", "REGISTRO"),
    "estado": ("ESTADO", "ESTADO", "ESTADO:", "EDO."),
    "municipio": ("MUNICIPIO", "MUNICIPIO", "MUNICIPIO:", "MPIO."),
    "localidad": ("LOCALIDAD", "LOCALIDAD", "LOCALIDAD:", "LOC."),
    "seccion": ("SECCIÓN", "SECCIÓN", "SECCION", "SECCIÓN:"),
    "emision": ("EMISIÓN", "EMISIÓN", "EMISION", "EMISIÓN:", "AÑO DE EMISIÓN"),
    "vigencia": ("VIGENCIA", "VIGENCIA", "VIGENCIA:", "VIGENCIA HASTA"),
    "vigencia_combinada": (
        "VIGENCIA",
        "VIGENCIA",
        "VIGENCIA:",
        "EMISIÓN - VIGENCIA",
        "EMISIÓN Y VIGENCIA",
    ),
    "fecha_nacimiento": (
        "FECHA DE NACIMIENTO",
        "FECHA DE NACIMIENTO",
        "FECHA DE NACIMIENTO:",
        "FECHA DE NAC.",
        "NACIMIENTO",
    ),
    "sexo": ("SEXO", "SEXO", "SEXO", "SEXO:"),
    "edad": ("EDAD", "EDAD", "EDAD:"),
    "folio": ("FOLIO", "FOLIO", "FOLIO:", "No. FOLIO".upper()),
}

# Hues (0…1) that dominate the ground of each model, as invented designs around what is public.
_HUES: dict[str, tuple[tuple[float, ...], ...]] = {
    "C": ((0.33, 0.95), (0.1, 0.3), (0.55, 0.35), (0.08, 0.9)),
    "D": ((0.92, 0.35), (0.9, 0.12), (0.95, 0.55)),
    "E": ((0.92, 0.1), (0.9, 0.35), (0.88, 0.6)),
    "F": ((0.6, 0.92), (0.55, 0.9), (0.1, 0.6)),
    "G": ((0.9, 0.08), (0.85, 0.5), (0.93, 0.75)),
    "H": ((0.6, 0.9), (0.75, 0.5), (0.08, 0.6)),
    "new": ((0.92, 0.45), (0.5, 0.35), (0.8, 0.12)),
}


@dataclass(frozen=True)
class Style:
    """Everything about a design that is not a person's: shared by front and back."""

    value_face: Typeface
    name_face: Typeface
    label_face: Typeface
    header_face: Typeface
    mono_face: Typeface
    mrz_face: Typeface
    value_cap: float
    value_opacity: float
    label_ratio: float
    value_colour: Colour
    label_colour: Colour
    header_colour: Colour
    hues: tuple[float, ...]
    guilloche: float
    beside: float
    label_gap: float
    line_gap: float
    labels: dict[str, str]
    plain_labels: bool
    value_tracking: float
    label_tracking: float
    mrz_width_mm: float
    mrz_pitch: float
    photo_grey: bool
    wear: float
    seed: int


def _one(rng: Generator, options: tuple[Typeface, ...]) -> Typeface:
    """Draw a family first, then a weight, so that families with many files don't dominate."""
    families = sorted({face.family for face in options})
    family = families[int(rng.integers(len(families)))]
    members = [face for face in options if face.family == family]
    return members[int(rng.integers(len(members)))]


def _cased(labels: dict[str, str], rng: Generator) -> dict[str, str]:
    """Set all labels of a design in capitals, or as a sentence, or each word with a capital."""
    draw = float(rng.random())
    if draw < 0.55:
        return labels
    cased = str.capitalize if draw < 0.85 else str.title
    return {key: text if text.startswith("CURP") else cased(text) for key, text in labels.items()}


def invent_style(rng: Generator, model: str, *, fonts: Split = "train") -> Style:
    """Draw a design for one model; `fonts` chooses the typefaces allowed in it."""
    kinds = ("sans", "narrow") if rng.random() < 0.9 else ("serif", "sans")
    family = _one(rng, faces(kinds, fonts))
    same = [face for face in faces(kinds, fonts) if face.family == family.family]
    value = same[int(rng.integers(len(same)))] if rng.random() < 0.7 else family
    name = same[int(rng.integers(len(same)))]
    label = (
        same[int(rng.integers(len(same)))]
        if rng.random() < 0.6
        else _one(rng, faces(("sans", "narrow"), fonts))
    )
    mono = _one(rng, faces(("mono",), fonts))
    mrz = (
        _one(rng, faces(("mrz",), "all"))
        if rng.random() < 0.85
        else _one(rng, faces(("mono",), fonts))
    )
    dark = int(rng.integers(5, 60))
    value_colour = (dark, dark, min(90, dark + int(rng.integers(0, 30))))
    if rng.random() < 0.45:
        label_colour: Colour = value_colour
    else:
        tint = rng.integers(20, 125, 3)
        label_colour = (int(tint[0]), int(tint[1]), int(tint[2]))
    heading = rng.integers(0, 110, 3)
    hues = _HUES[model][int(rng.integers(len(_HUES[model])))]
    if rng.random() < 0.25:
        hues = tuple(float(hue) for hue in rng.uniform(0, 1, int(rng.integers(1, 4))))
    return Style(
        value_face=value,
        name_face=name,
        label_face=label,
        header_face=_one(rng, faces(("sans", "narrow"), fonts)),
        mono_face=mono,
        mrz_face=mrz,
        value_cap=float(rng.uniform(24, 33)),
        value_opacity=float(rng.uniform(0.78, 1.0)),
        label_ratio=float(rng.uniform(0.58, 0.88)),
        value_colour=value_colour,
        label_colour=label_colour,
        header_colour=(int(heading[0]), int(heading[1]), int(heading[2])),
        hues=hues,
        guilloche=float(rng.uniform(0.08, 0.4)),
        beside=float(rng.uniform(0, 1)),
        label_gap=float(rng.uniform(0.28, 0.6)),
        line_gap=float(rng.uniform(0.3, 0.62)),
        labels=_cased(
            {key: words[int(rng.integers(len(words)))] for key, words in LABELS.items()}, rng
        ),
        plain_labels=bool(rng.random() < 0.2),
        value_tracking=float(rng.choice([0.0, 0.0, rng.uniform(0.0, 0.1)])),
        label_tracking=float(rng.choice([0.0, 0.0, rng.uniform(0.0, 0.12)])),
        mrz_width_mm=float(rng.uniform(66, 80)),
        mrz_pitch=float(rng.uniform(1.55, 2.2)),
        photo_grey=bool(rng.random() < (0.15 if model in ("C", "D") else 0.06)),
        wear=float(rng.beta(1.2, 3)),
        seed=int(rng.integers(2**31)),
    )
