"""Invented citizens of the independent set; their values agree by the rules in `domain`."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from bench.independent import lexicon
from domain.credential.clave_elector import build_clave_elector
from domain.credential.curp import build_curp
from domain.credential.fields import MODELS_WITH_MRZ, Model
from domain.credential.mrz import Mrz, build_mrz
from domain.entidades import BY_NUMBER

# First and last year of issue: domain.md section 6.1.
ISSUED = {
    Model.C: (2008, 2013),
    Model.D: (2013, 2014),
    Model.E: (2014, 2019),
    Model.F: (2016, 2019),
    Model.G: (2019, 2026),
    Model.H: (2019, 2026),
    Model.NEW: (2026, 2026),
}
MODERN = frozenset({Model.G, Model.H, Model.NEW})
ABROAD = frozenset({Model.F, Model.H})
VALID_YEARS = 10


@dataclass(frozen=True)
class Citizen:
    """One invented person as the register would know them; texts are as printed, upper case."""

    model: Model
    nombres: str
    apellido_paterno: str
    apellido_materno: str
    domicilio: tuple[str, ...]
    clave_elector: str
    curp: str
    registered: int
    numero_emision: str
    issued: int
    born_on: dt.date
    sexo: str
    estado: str
    municipio: str
    localidad: str
    seccion: str
    numero_ocr: str
    cic: str
    mrz: tuple[str, ...]
    likeness: int
    """Seed of the drawn face and hand."""

    @property
    def expires(self) -> int:
        """The year until whose end the credential is valid."""
        return self.issued + VALID_YEARS

    @property
    def age(self) -> int:
        """Age in the year of issue."""
        return self.issued - self.born_on.year


def pick(rng: Generator, choices: Sequence[str]) -> str:
    """Draw one of the texts, evenly."""
    return choices[int(rng.integers(len(choices)))]


def digits(rng: Generator, count: int) -> str:
    """Draw that many digits."""
    return "".join(str(d) for d in rng.integers(0, 10, count))


def plain(text: str) -> str:
    """Return the text without accents, for cards that print none; Ñ and Ü's base stay."""
    kept = unicodedata.normalize("NFD", text.replace("Ñ", "\0"))
    return "".join(c for c in kept if not unicodedata.combining(c)).replace("\0", "Ñ")


def invent_citizen(rng: Generator, model: Model) -> Citizen:
    """Invent a citizen with a credential of this model."""
    first, last = ISSUED[model]
    issued = int(rng.integers(first, last + 1))
    age = 18 + int(min(74, rng.exponential(19)))
    born_on = dt.date(issued - age, 1, 1) + dt.timedelta(days=int(rng.integers(0, 365)))
    sex = "H" if rng.random() < 0.485 else "M"
    if model in MODERN and rng.random() < 0.015:
        sex = "X"
    limit = 50 if model in MODERN else 32
    while True:
        nombres = _given(rng, sex)
        paterno = pick(rng, lexicon.SURNAMES)
        materno = pick(rng, lexicon.SURNAMES) if rng.random() > 0.04 else ""
        if len(f"{nombres} {paterno} {materno}".strip()) <= limit:
            break
    home = f"{int(rng.integers(1, 33)):02d}"
    birth = home if rng.random() < 0.62 else f"{int(rng.integers(1, 33)):02d}"
    if rng.random() < (0.2 if model in ABROAD else 0.02):
        birth = pick(rng, ("87", "88"))
    domicilio = _abroad(rng) if model in ABROAD and rng.random() < 0.85 else _address(rng, home)
    # Most cards print Ñ, few print accents.
    if rng.random() < 0.75:
        nombres, paterno, materno = plain(nombres), plain(paterno), plain(materno)
        domicilio = tuple(plain(line) for line in domicilio)
    seccion = f"{int(rng.integers(1, 6900)):04d}"
    numero_ocr = seccion + digits(rng, 9)
    cic = digits(rng, 9)
    emision = f"{int(min(9, rng.exponential(1.4))):02d}"
    homoclave = digits(rng, 1) if born_on.year < 2000 else pick(rng, "ABCDEFGH")
    mrz: tuple[str, ...] = ()
    if model in MODELS_WITH_MRZ:
        mrz = build_mrz(
            Mrz(
                cic=cic,
                numero_ocr=numero_ocr,
                born=f"{born_on:%y%m%d}",
                sex=sex,
                expires=f"{(issued + VALID_YEARS) % 100:02d}1231",
                numero_emision=emision,
                optional=digits(rng, 5),
                surnames=f"{paterno} {materno}".strip(),
                given_names=nombres,
            )
        )
    adult = max(1991, born_on.year + 18)
    return Citizen(
        model=model,
        nombres=nombres,
        apellido_paterno=paterno,
        apellido_materno=materno,
        domicilio=domicilio,
        clave_elector=build_clave_elector(
            nombres, paterno, materno, born_on, sex, birth, digits(rng, 3)
        ),
        curp=build_curp(
            nombres, paterno, materno, born_on, sex, BY_NUMBER[birth].letters, homoclave
        ),
        registered=int(rng.integers(min(adult, issued), issued + 1)),
        numero_emision=emision,
        issued=issued,
        born_on=born_on,
        sexo=sex,
        estado=home,
        municipio=f"{int(rng.integers(1, 571)):03d}",
        localidad=f"{int(rng.integers(1, 900)):04d}",
        seccion=seccion,
        numero_ocr=numero_ocr,
        cic=cic,
        mrz=mrz,
        likeness=int(rng.integers(2**31)),
    )


def _given(rng: Generator, sex: str) -> str:
    names = lexicon.WOMEN if sex == "M" or (sex == "X" and rng.random() < 0.5) else lexicon.MEN
    draw = rng.random()
    if draw < 0.1 and sex == "M":
        return pick(rng, lexicon.COMPOUND_WOMEN)
    if draw < 0.08 and sex == "H":
        return pick(rng, lexicon.COMPOUND_MEN)
    first = pick(rng, names)
    if draw < 0.66:
        return first
    second = pick(rng, names)
    return first if second == first else f"{first} {second}"


def _address(rng: Generator, home: str) -> tuple[str, ...]:
    town, short = pick(rng, lexicon.TOWNS[home][1]), lexicon.TOWNS[home][0]
    number = pick(rng, (str(int(rng.integers(1, 900))), str(int(rng.integers(1, 60))), "SN", "S/N"))
    number += pick(rng, ("", "", "", "", "-A", " INT 3", " DPTO 12", " PISO 2", " BIS"))
    if rng.random() < 0.15:
        number = f"MZA {int(rng.integers(1, 70))} LTE {int(rng.integers(1, 40))}"
    street = f"{pick(rng, lexicon.WAYS)}{pick(rng, lexicon.STREETS)} {number}"
    kind = pick(rng, lexicon.SETTLEMENT_KINDS)
    settlement = f"{kind} {pick(rng, lexicon.SETTLEMENTS)} {digits(rng, 5)}"
    ending = f"{town}, {short}" if rng.random() < 0.8 else f"{town} {short}"
    return (street, settlement, ending)


def _abroad(rng: Generator) -> tuple[str, ...]:
    filled = pick(rng, lexicon.FOREIGN).format(
        number=int(rng.integers(12, 9800)), flat=int(rng.integers(1, 60)), zip=digits(rng, 5)
    )
    return tuple(filled.split("|"))
