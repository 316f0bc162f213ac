"""What the cross-checks of the credential found: one sentence for each pair of witnesses."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# Halves of one sentence: the field, who says what, and who says otherwise.
SAYS: dict[str, LazyString] = {
    "clave_elector": _l("the clave de elector says %(value)s"),
    "curp": _l("the CURP says %(value)s"),
    "mrz": _l("the code lines say %(value)s"),
    "numero_ocr": _l("the OCR number says %(value)s"),
    "printed": _l("the front says %(value)s"),
}

CHECKS: dict[str, LazyString] = {
    "cic": _l("The CIC has not the right form."),
    "clave": _l("The clave de elector has not the right form."),
    "clave_curp": _l("Clave de elector and CURP do not belong together."),
    "clave_names": _l("The clave de elector does not belong to the names."),
    "curp": _l("The CURP is not right in itself."),
    "curp_names": _l("The CURP does not belong to the names."),
    "fecha_clave": _l("The date of birth does not agree with the clave de elector."),
    "fecha_curp": _l("The date of birth does not agree with the CURP."),
    "mrz": _l("The code lines on the back are not right in themselves."),
    "mrz_cic": _l("The CIC is not that of the code lines."),
    "mrz_clave": _l("The code lines do not agree with the clave de elector."),
    "mrz_curp": _l("The code lines do not agree with the CURP."),
    "mrz_emision": _l("The number of emission is not that of the code lines."),
    "mrz_fecha": _l("The date of birth is not that of the code lines."),
    "mrz_names": _l("The names are not those of the code lines."),
    "mrz_numero_ocr": _l("The OCR number is not that of the code lines."),
    "mrz_seccion": _l("The sección is not that of the code lines."),
    "mrz_sexo": _l("The sex is not that of the code lines."),
    "mrz_vigencia": _l("The validity is not that of the code lines."),
    "numero_ocr": _l("The OCR number has not the right form."),
    "numero_ocr_seccion": _l("The OCR number belongs to another sección."),
    "sexo_clave": _l("The sex does not agree with the clave de elector."),
    "sexo_curp": _l("The sex does not agree with the CURP."),
    "vigencia": _l("The credential has expired."),
}
