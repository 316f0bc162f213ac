"""Names of fields, sources, steps and states as people read them."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

FIELDS: dict[str, LazyString] = {
    "nombres": _l("Given names"),
    "apellido_paterno": _l("First surname"),
    "apellido_materno": _l("Second surname"),
    "domicilio": _l("Address"),
    "clave_elector": _l("Clave de elector"),
    "curp": _l("CURP"),
    "anio_registro": _l("Year of registration"),
    "emision": _l("Issued"),
    "seccion": _l("Sección"),
    "vigencia": _l("Valid until"),
    "fecha_nacimiento": _l("Date of birth"),
    "sexo": _l("Sex"),
    "estado": _l("State"),
    "municipio": _l("Municipality"),
    "localidad": _l("Locality"),
    "cic": _l("CIC"),
    "numero_ocr": _l("OCR number"),
}

SOURCES: dict[str, LazyString] = {
    "mrz": _l("code lines on the back"),
    "text": _l("printed text"),
    "barcode": _l("barcode"),
    "scanner": _l("scanner"),
    "typed": _l("typed"),
}

# How a field stands beside its print; the icon says the same.
MARKS: dict[str, LazyString] = {
    "doubtful": _l("Compare well"),
    "likely": _l("Likely"),
    "slip": _l("Look again"),
    "sure": _l("Sure"),
    "typed": _l("Typed"),
    "unread": _l("Not read"),
}

STEPS: dict[str, LazyString] = {
    "consent": _l("Notice"),
    "front": _l("Front"),
    "back": _l("Back"),
    "confirm": _l("Data"),
    "live_photo": _l("Photo"),
    "signature": _l("Signature"),
    "summary": _l("Save"),
}

QUEUE_STATES: dict[str, LazyString] = {
    "sealed": _l("saved, waits to be sent"),
    "sending": _l("being sent"),
    "stored": _l("received by the authority"),
    "held": _l("not accepted by the authority: call the help desk"),
    "corrupt": _l("damaged on this station: call the help desk"),
}

# What a station counts.
COUNTS: dict[str, LazyString] = {
    "apoyos": _l("Apoyos saved"),
    "sent": _l("Sent"),
    "pending": _l("Pending"),
    "attention": _l("Need attention"),
    "voids": _l("Withdrawn"),
}
