"""The ten troubles that people call about most, and what helps; each has a drawing in help.html."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Trouble:
    """One trouble: the name of its drawing, and what to do, in order."""

    drawing: str
    title: LazyString
    steps: tuple[LazyString, ...]


TROUBLES = (
    Trouble(
        "card",
        _l("The credential is not found"),
        (
            _l("Lay it flat on a dark, plain surface, with all four corners inside the frame."),
            _l("Take it out of its cover, and your fingers off it."),
        ),
    ),
    Trouble(
        "glare",
        _l("There is a reflection on the credential"),
        (
            _l("Tilt the credential a little, or turn your back to the sun or the lamp."),
            _l("Make shade with your body, not with your hand."),
        ),
    ),
    Trouble(
        "wrong",
        _l("The data do not belong to this person"),
        (
            _l("Cancel the visit: nothing of it is kept."),
            _l("Make sure the person and the credential belong together, and begin again."),
        ),
    ),
    Trouble(
        "camera",
        _l("There is no camera picture"),
        (
            _l("Check the camera's cable at both ends; the station starts it again by itself."),
            _l("If it stays away for a minute, switch the station off and on."),
        ),
    ),
    Trouble(
        "face",
        _l("The photo of the person is not accepted"),
        (
            _l("One person alone, face to the light, without cap or dark glasses."),
            _l("Come closer until the face fills the oval, and hold still."),
        ),
    ),
    Trouble(
        "paper",
        _l("The printer does not print"),
        (
            _l("Put in a new roll with the shiny side out, and close the cover."),
            _l("It is not needed: write the folio down, or photograph the screen."),
        ),
    ),
    Trouble(
        "network",
        _l("There is no network"),
        (
            _l("Go on capturing: everything is safe here and is sent by itself later."),
            _l("Before the day ends, bring the station to a place with a network."),
        ),
    ),
    Trouble(
        "disk",
        _l("The disk is full"),
        (
            _l("Connect the station to a network and wait until what is pending was sent."),
            _l("Delete nothing yourself. Call the help desk if it stays full."),
        ),
    ),
    Trouble(
        "password",
        _l("The password is not taken"),
        (
            _l("Check capital letters and numbers. After several tries, wait a moment."),
            _l("Forgotten? Your aspirante asks for a new code for you."),
        ),
    ),
    Trouble(
        "power",
        _l("The power went off"),
        (
            _l("Switch the station on again: every saved apoyo is still there."),
            _l("Only a visit that was not saved begins again."),
        ),
    ),
)
