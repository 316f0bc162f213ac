"""Codes and names as people read them. What to do next comes before what went wrong."""

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

MESSAGES: dict[str, LazyString] = {
    # The card in the picture
    "card.not_found": _l("Lay the credential flat inside the frame."),
    "card.not_a_credential": _l("This is no credencial para votar. Place the original credential."),
    "card.cut": _l("Move the credential so that all four corners are in the picture."),
    "card.too_small": _l("Bring the credential closer."),
    "quality.blurred": _l("Hold still: the picture is blurred."),
    "quality.bright": _l("There is too much light on the credential."),
    "quality.dark": _l("There is too little light."),
    "quality.glare": _l("Tilt the credential a little: a reflection covers it."),
    "read.no_clave_elector": _l(
        "The clave de elector could not be read. Avoid shadows and try again."
    ),
    "read.no_mrz": _l("The three code lines could not be read. Show the whole back."),
    "read.no_numero_ocr": _l("The number on the back could not be read. Try again."),
    "side.other": _l("This is the other side. Turn the credential over."),
    "model.not_accepted": _l("This process does not accept this model of credential."),
    "reader.unavailable": _l("Automatic reading is off: frame the credential by hand."),
    # The live photo
    "face.absent": _l("No face is in the picture."),
    "face.blurred": _l("The photo is blurred: hold still and take it again."),
    "face.bright": _l("There is too much light on the face."),
    "face.dark": _l("There is too little light on the face."),
    "face.empty": _l("The picture is empty: stand in front of the camera."),
    "face.not_checked": _l("Make sure yourself that the face is large, complete and uncovered."),
    "face.several": _l("There is more than one person in the picture."),
    "face.small": _l("Come closer to the camera."),
    # The signature
    "signature.too_little_ink": _l("Please sign in full, as on the credential."),
    "signature.malformed": _l("The signature did not arrive. Please sign again."),
    # Sign-in
    "sign_in.required": _l("Sign in first."),
    "sign_in.wrong": _l("Name or password is not right. Try again."),
    "sign_in.locked": _l("Too many tries. Wait a moment and try again."),
    "sign_in.inactive": _l("This account was withdrawn. Ask your aspirante."),
    "sign_in.expired": _l("This account has expired. Ask your aspirante."),
    "sign_in.not_activated": _l("This account has no password yet. Activate it with your e-mail."),
    "sign_in.no_policy": _l("This station is not set up yet. Connect it and call the help desk."),
    # The station
    "camera.absent": _l("There is no camera. Check its cable; the station tries again by itself."),
    "camera.error": _l("The camera failed. The station starts it again by itself."),
    "camera.gone": _l("The camera was unplugged. Plug it in; the station goes on by itself."),
    "camera.image": _l("The camera gave no usable picture. Try again."),
    "camera.stalled": _l("The camera does not answer. Restart the station."),
    "camera.starting": _l("The camera is starting."),
    "camera.timeout": _l("The camera took too long. Try again."),
    "capture.behind": _l("This disk is an old copy: nothing may be captured. Call the help desk."),
    "capture.disk_low": _l("The disk is almost full. Send what is waiting before you go on."),
    "capture.policy": _l("The authority takes no captures of this process now."),
    "capture.revoked": _l("The authority revoked this station. Call the help desk."),
    "capture.typing_refused": _l("This process allows no typed data. Photograph the side again."),
    "capture.wrong_step": _l("The visit is already at another step."),
    "disk.full": _l("The disk is full and nothing was saved. Call the help desk."),
    "spool.busy": _l("Another program writes to the disk of this station. Try again."),
}

UNKNOWN = _l("It was not saved. Try again; if it happens again, call the help desk.")

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


def message(code: str) -> LazyString:
    """Return the sentence for a code; an unknown one says what to do next."""
    return MESSAGES.get(code, UNKNOWN)


def check(code: str) -> LazyString:
    """Return the sentence for a code of the cross-checks: one for each pair of witnesses."""
    return CHECKS[code.split(".")[0]]


def confidence(percent: int) -> LazyString:
    """Return how sure the reading is, in a word."""
    if percent >= 95:
        return _l("sure")
    return _l("likely") if percent >= 80 else _l("compare well")
