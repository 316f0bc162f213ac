"""What is asked about a typed text that has not the form of its field."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "confirm.slips": _l("Look again at what was typed. If it is printed like that, go on."),
    "typed.cic": _l("The CIC has nine digits."),
    "typed.clave_elector": _l("The clave de elector has 18 characters: six letters, then digits."),
    "typed.curp": _l("The CURP is not complete, or one of its characters is wrong."),
    "typed.fecha_nacimiento": _l("A date is written like 31/12/1990."),
    "typed.numero_ocr": _l("The OCR number has thirteen digits."),
    "typed.seccion": _l("The sección has up to four digits."),
    "typed.sexo": _l("The sex is H or M, as printed."),
    "typed.vigencia": _l("The validity has a year of four digits."),
}
