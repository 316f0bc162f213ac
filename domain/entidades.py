"""Federal entities: number in the clave de elector, letters in the CURP, and name.

Source: the catalogue that the register and the CURP share; 87 and 88 are births abroad.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entidad:
    """One entity; `number` has two digits, `letters` are the two of the CURP."""

    number: str
    letters: str
    name: str


ENTIDADES: tuple[Entidad, ...] = (
    Entidad("01", "AS", "AGUASCALIENTES"),
    Entidad("02", "BC", "BAJA CALIFORNIA"),
    Entidad("03", "BS", "BAJA CALIFORNIA SUR"),
    Entidad("04", "CC", "CAMPECHE"),
    Entidad("05", "CL", "COAHUILA"),
    Entidad("06", "CM", "COLIMA"),
    Entidad("07", "CS", "CHIAPAS"),
    Entidad("08", "CH", "CHIHUAHUA"),
    Entidad("09", "DF", "CIUDAD DE MÉXICO"),
    Entidad("10", "DG", "DURANGO"),
    Entidad("11", "GT", "GUANAJUATO"),
    Entidad("12", "GR", "GUERRERO"),
    Entidad("13", "HG", "HIDALGO"),
    Entidad("14", "JC", "JALISCO"),
    Entidad("15", "MC", "MÉXICO"),
    Entidad("16", "MN", "MICHOACÁN"),
    Entidad("17", "MS", "MORELOS"),
    Entidad("18", "NT", "NAYARIT"),
    Entidad("19", "NL", "NUEVO LEÓN"),
    Entidad("20", "OC", "OAXACA"),
    Entidad("21", "PL", "PUEBLA"),
    Entidad("22", "QT", "QUERÉTARO"),
    Entidad("23", "QR", "QUINTANA ROO"),
    Entidad("24", "SP", "SAN LUIS POTOSÍ"),
    Entidad("25", "SL", "SINALOA"),
    Entidad("26", "SR", "SONORA"),
    Entidad("27", "TC", "TABASCO"),
    Entidad("28", "TS", "TAMAULIPAS"),
    Entidad("29", "TL", "TLAXCALA"),
    Entidad("30", "VZ", "VERACRUZ"),
    Entidad("31", "YN", "YUCATÁN"),
    Entidad("32", "ZS", "ZACATECAS"),
    # Two numbers, one pair of letters; what tells 87 from 88 is not published.
    Entidad("87", "NE", "NACIDO EN EL EXTRANJERO"),
    Entidad("88", "NE", "NACIDO EN EL EXTRANJERO"),
)

BY_NUMBER: dict[str, Entidad] = {entidad.number: entidad for entidad in ENTIDADES}
LETTERS: frozenset[str] = frozenset(entidad.letters for entidad in ENTIDADES)
NUMBERS: frozenset[str] = frozenset(BY_NUMBER)


def by_number(number: str) -> Entidad | None:
    """Return the entity of a two-digit number, or None."""
    return BY_NUMBER.get(number)


def by_letters(letters: str) -> tuple[Entidad, ...]:
    """Return the entities of two CURP letters: one, two for `NE`, none if unknown."""
    return tuple(entidad for entidad in ENTIDADES if entidad.letters == letters)


def same_entidad(number: str, letters: str) -> bool:
    """Say whether a clave's number and a CURP's letters name the same entity."""
    return any(entidad.number == number for entidad in by_letters(letters))
