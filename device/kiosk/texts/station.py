"""Camera, disk, queue and settings of this station."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "camera.absent": _l("There is no camera. Check its cable; the station tries again by itself."),
    "camera.error": _l("The camera failed. The station starts it again by itself."),
    "camera.gone": _l("The camera was unplugged. Plug it in; the station goes on by itself."),
    "camera.image": _l("The camera gave no usable picture. Try again."),
    "camera.stalled": _l("The camera does not answer. Restart the station."),
    "camera.starting": _l("The camera is starting."),
    "camera.timeout": _l("The camera took too long. Try again."),
    "capture.acceptance": _l("The station has not been accepted yet. Finish its acceptance."),
    "capture.behind": _l("This disk is an old copy: nothing may be captured. Call the help desk."),
    "capture.disk_low": _l("The disk is almost full. Send what is waiting before you go on."),
    "capture.drain": _l("This station moves or ends: it sends what is left and captures nothing."),
    "capture.not_begun": _l("The period of this process has not begun. Nothing is captured yet."),
    "capture.over": _l("The period of this process is over. Send what is waiting."),
    "capture.policy": _l("The authority takes no captures of this process now."),
    "capture.revoked": _l("The authority revoked this station. Call the help desk."),
    "capture.typing_refused": _l("This process allows no typed data. Photograph the side again."),
    "capture.wrong_step": _l("The visit is already at another step."),
    "disk.full": _l("The disk is full and nothing was saved. Call the help desk."),
    "spool.busy": _l("Another program writes to the disk of this station. Try again."),
}
