"""The live photo."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "face.absent": _l("No face can be seen: the person looks into the camera."),
    "face.blurred": _l("The photo is blurred: hold still and take it again."),
    "face.bright": _l("There is too much light on the face."),
    "face.covered": _l("Something covers mouth and nose: ask the person to uncover the face."),
    "face.cut": _l("The face is cut off: move to the middle."),
    "face.dark": _l("There is too little light on the face."),
    "face.empty": _l("The picture is empty: stand in front of the camera."),
    "face.eyes_hidden": _l("The eyes cannot be seen: no dark glasses, no hair over them."),
    "face.not_checked": _l("Make sure yourself that the face is large, complete and uncovered."),
    "face.screen": _l("It looks like a photo of a photo: the person must be present."),
    "face.several": _l("There is more than one person in the picture."),
    "face.small": _l("Come closer to the camera."),
    "face.turned": _l("The face is turned: look straight into the camera."),
    "face.uneven": _l("Half of the face is in shadow: turn towards the light."),
}

# What the viewfinder asks for, short enough to be read at arm's length.
HINTS: dict[str, LazyString] = {
    "face.absent": _l("Put the face inside the oval"),
    "face.blurred": _l("Hold still"),
    "face.bright": _l("Too much light on the face"),
    "face.covered": _l("Uncover the face"),
    "face.cut": _l("Move to the middle"),
    "face.dark": _l("More light on the face"),
    "face.empty": _l("Put the face inside the oval"),
    "face.eyes_hidden": _l("Show the eyes: no dark glasses"),
    "face.several": _l("One person alone"),
    "face.small": _l("Come closer"),
    "face.turned": _l("Look straight into the camera"),
    "face.uneven": _l("Turn towards the light"),
}
