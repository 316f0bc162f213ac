"""The live photo."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "face.absent": _l("No face is in the picture."),
    "face.blurred": _l("The photo is blurred: hold still and take it again."),
    "face.bright": _l("There is too much light on the face."),
    "face.dark": _l("There is too little light on the face."),
    "face.empty": _l("The picture is empty: stand in front of the camera."),
    "face.not_checked": _l("Make sure yourself that the face is large, complete and uncovered."),
    "face.several": _l("There is more than one person in the picture."),
    "face.small": _l("Come closer to the camera."),
}
