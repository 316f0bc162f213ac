"""The signature."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "signature.too_little_ink": _l("Please sign in full, as on the credential."),
    "signature.malformed": _l("The signature did not arrive. Please sign again."),
}
