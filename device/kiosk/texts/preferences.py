"""What a person may choose about the screen. A language is named in itself."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

PREFERENCES: dict[str, LazyString] = {
    "language": _l("Language"),
    "speech": _l("Voice"),
    "text": _l("Size of the text"),
    "contrast": _l("Contrast"),
}

CHOICES: dict[str, Mapping[str, LazyString | str]] = {
    "language": {"es_MX": "Español", "en": "English"},
    "speech": {"off": _l("Silent"), "on": _l("Spoken instructions")},
    "text": {"normal": _l("Normal"), "large": _l("Large")},
    "contrast": {
        "normal": _l("Normal"),
        "white": _l("Black on white"),
        "black": _l("Yellow on black"),
    },
}
