"""Names of the printed fields, the sides and the models of the credential."""

from __future__ import annotations

from enum import StrEnum

FIELD_NAMES: tuple[str, ...] = (
    "nombres",
    "apellido_paterno",
    "apellido_materno",
    "domicilio",
    "clave_elector",
    "curp",
    "anio_registro",
    "emision",
    "seccion",
    "vigencia",
    "fecha_nacimiento",
    "sexo",
    "estado",
    "municipio",
    "localidad",
    "cic",
    "numero_ocr",
)


class Model(StrEnum):
    """Model of a credential, as the letters the authority gives them."""

    C = "C"
    D = "D"
    E = "E"
    F = "F"
    G = "G"
    H = "H"
    # Approved in 2025 and issued since 2026; its letter is not published.
    NEW = "new"


class Side(StrEnum):
    """Anverso or reverso."""

    FRONT = "front"
    BACK = "back"


class Source(StrEnum):
    """Where the value of a field comes from."""

    MRZ = "mrz"
    TEXT = "text"
    BARCODE = "barcode"
    SCANNER = "scanner"
    TYPED = "typed"


# Model C carries its OCR number alone on the back.
MODELS_WITH_MRZ: frozenset[Model] = frozenset(Model) - {Model.C}
