"""How one invented card looks: type, colours, wording and arrangement, alike on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numpy.random import Generator

from bench.independent import typefaces
from bench.independent.citizens import pick, plain

# Units of a sheet: ten to the millimetre of an ID-1 card, 85.60 x 53.98 mm.
WIDTH, HEIGHT = 856, 540

Labels = Literal["above", "left", "colon"]
LABELS: tuple[Labels, ...] = ("above", "above", "above", "left", "colon")

_WORDINGS: dict[str, tuple[str, ...]] = {
    "nombre": ("NOMBRE", "NOMBRE", "Nombre", "NOMBRE(S) Y APELLIDOS", "NOMBRE COMPLETO"),
    "paterno": ("APELLIDO PATERNO", "PRIMER APELLIDO", "A. PATERNO"),
    "materno": ("APELLIDO MATERNO", "SEGUNDO APELLIDO", "A. MATERNO"),
    "nombres": ("NOMBRE(S)", "NOMBRES", "NOMBRE"),
    "domicilio": ("DOMICILIO", "DOMICILIO", "Domicilio", "DIRECCIÓN"),
    "clave_elector": ("CLAVE DE ELECTOR", "CLAVE DE ELECTOR", "CLAVE ELECTOR", "Clave de elector"),
    "curp": ("CURP", "CURP", "CURP", "C.U.R.P.", "CLAVE CURP"),
    "anio_registro": ("AÑO DE REGISTRO", "AÑO DE REGISTRO", "Año de registro", "AÑO REGISTRO"),
    "emision": ("EMISIÓN", "EMISIÓN", "Emisión", "AÑO DE EMISIÓN"),
    "vigencia": ("VIGENCIA", "VIGENCIA", "Vigencia", "VIGENTE HASTA", "VIGENCIA HASTA"),
    "combinada": ("VIGENCIA", "VIGENCIA", "Vigencia", "EMISIÓN - VIGENCIA", "EMISIÓN Y VIGENCIA"),
    "fecha_nacimiento": (
        "FECHA DE NACIMIENTO", "FECHA DE NACIMIENTO", "Fecha de nacimiento", "FECHA NAC.",
        "F. DE NACIMIENTO", "NACIMIENTO",
    ),
    "sexo": ("SEXO", "SEXO", "Sexo"),
    "edad": ("EDAD", "Edad"),
    "estado": ("ESTADO", "ESTADO", "Estado", "EDO.", "ENTIDAD"),
    "municipio": ("MUNICIPIO", "MUNICIPIO", "Municipio", "MPIO."),
    "localidad": ("LOCALIDAD", "LOCALIDAD", "Localidad", "LOC."),
    "seccion": ("SECCIÓN", "SECCIÓN", "Sección", "SECC.", "SECCIÓN ELECTORAL"),
}  # fmt: skip


@dataclass(frozen=True)
class Design:
    """The look of one card. Lengths are CSS pixels, ten to the millimetre."""

    value_face: str
    label_face: str
    title_face: str
    mrz_face: str
    value_weight: int
    label_weight: int
    size: float
    label_size: float
    """Share of the size of a value."""
    labels: Labels
    ink: str
    label_ink: str
    hues: tuple[float, float, float]
    accents: bool
    """Whether labels and headings are printed with accents."""
    words: dict[str, str]
    tracking: float
    seed: int

    def label(self, key: str) -> str:
        """Return the wording of a label on this card, without its colon."""
        text = self.words[key]
        return text if self.accents else plain(text)

    def heading(self, text: str) -> str:
        """Return a heading as this card prints it."""
        return text if self.accents else plain(text)

    def hsl(self, hue: int, saturation: float, light: float, alpha: float = 1.0) -> str:
        """Return a colour of the card's palette in CSS."""
        return f"hsla({self.hues[hue]:.0f},{saturation:.0f}%,{light:.0f}%,{alpha:.3f})"


def invent_design(rng: Generator) -> Design:
    """Draw the look of one card."""
    draw = rng.random()
    family = typefaces.SANS if draw < 0.76 else typefaces.NARROW if draw < 0.9 else typefaces.SERIF
    value_face = pick(rng, family)
    same = rng.random() < 0.6
    label_face = value_face if same else pick(rng, typefaces.SANS + typefaces.NARROW)
    # Words in capitals come from one hand: a card does not mix them.
    shape = rng.random()
    words = {}
    for key, choices in _WORDINGS.items():
        fitting = [c for c in choices if c.isupper() == (shape < 0.8)] or list(choices)
        words[key] = fitting[0] if rng.random() < 0.55 else pick(rng, fitting)
    base = float(rng.choice([340, 310, 20, 150, 200, 45, 270]))
    grey = int(rng.uniform(8, 34))
    tint = int(rng.uniform(0, 40))
    return Design(
        value_face=value_face,
        label_face=label_face,
        title_face=pick(rng, typefaces.SANS + typefaces.DISPLAY),
        mrz_face=pick(rng, typefaces.MRZ),
        value_weight=int(rng.choice([400, 400, 600, 700])),
        label_weight=int(rng.choice([400, 400, 700])),
        size=float(rng.uniform(23, 31)),
        label_size=float(rng.uniform(0.58, 0.88)),
        labels=LABELS[int(rng.integers(len(LABELS)))],
        ink=f"rgb({grey},{grey},{int(grey + rng.uniform(0, 14))})",
        label_ink=f"rgb({grey + tint},{grey + int(tint * rng.uniform(0, 1))},{grey + tint})",
        hues=(
            base,
            (base + float(rng.uniform(25, 90))) % 360,
            (base + float(rng.uniform(140, 230))) % 360,
        ),
        accents=bool(rng.random() < 0.7),
        words=words,
        tracking=float(rng.choice([0, 0, 0.02, 0.04, -0.01])),
        seed=int(rng.integers(2**31)),
    )
