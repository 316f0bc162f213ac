"""Activation of an account, and what a password must be."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    "activation.malformed": _l("Type the code as in the e-mail: three groups of four characters."),
    "activation.wrong": _l("Identifier or code is not right. Compare them with the e-mail."),
    "activation.no_network": _l(
        "The network is needed this one time and does not answer. Nothing was lost: move to where "
        "there is signal and try again."
    ),
    "activation.busy": _l("The authority's server is busy. Wait a minute and try again."),
    "activation.expired": _l("This code is too old. Ask your aspirante for a new one."),
    "activation.used": _l(
        "This code was used already. Sign in with the password that was chosen; if it was not you, "
        "call the help desk."
    ),
    "activation.locked": _l("Too many wrong codes. Ask your aspirante for a new code."),
    "activation.withdrawn": _l("This account was withdrawn. Ask your aspirante."),
    "activation.refused": _l("The authority did not accept it. Call the help desk."),
    "activation.failed": _l("It was not done. Try again; if it happens again, call the help desk."),
    "activation.not_begun": _l("Begin again: type identifier and code."),
    "password.short": _l("Choose a longer password: ten characters or more."),
    "password.long": _l("Choose a shorter password: 200 characters at most."),
    "password.is_code": _l("Choose another password: the code was in an e-mail."),
    "password.is_identifier": _l("Choose another password: others know this name."),
    "password.common": _l(
        "Choose another password: this one is among the first that are tried. Several words that "
        "have nothing to do with each other are good."
    ),
    "password.other": _l("The two passwords are not the same. Type both again."),
}

REACH: dict[str, LazyString] = {
    "network.absent": _l("There is no network here. Move the station or connect it, then go on."),
    "network.weak": _l("The signal is weak here. If it takes long, move closer to a window."),
}
