"""The signature, and why a person does not sign."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "signature.too_little_ink": _l("Please sign in full, as on the credential."),
    "signature.malformed": _l("The signature did not arrive. Please sign again."),
    "signature.required": _l("This process asks for the signature of the person."),
    "signature.no_reason": _l("Choose why the person cannot sign."),
}

UNSIGNED: dict[str, LazyString] = {
    "does_not_write": _l("Does not know how to write"),
    "injury": _l("An injury or a disability"),
    "other": _l("Another reason"),
}
