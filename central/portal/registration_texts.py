"""The sentences for what is wrong with an auxiliar to be registered: one for form and file."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from central.roster.candidates import LEAST_AGE_YEARS, LONGEST_NAME, MOST_AGE_YEARS

# What the official form calls each field.
FIELD_LABELS: Mapping[str, LazyString] = {
    "account_kind": _("Tipo de cuenta (access)"),
    "nombres": _("Nombre(s)"),
    "apellido_paterno": _("Apellido Paterno"),
    "apellido_materno": _("Apellido Materno"),
    "born_on": _("Fecha de nacimiento"),
    "telefono_movil": _("Teléfono móvil"),
    "email": _("Correo electrónico"),
    "clave_elector": _("Clave de elector"),
}

# By the codes of `central.roster.candidates` and of `central.roster.registration.conflicts`.
SENTENCES: Mapping[str, LazyString] = {
    "account_kind.missing": _("Choose the tipo de cuenta: Google (g) or Facebook (f)."),
    "account_kind.unknown": _("The tipo de cuenta is g for Google or f for Facebook."),
    "nombres.missing": _("Write the name or names."),
    "apellido.missing": _("Write at least one surname, the paterno or the materno."),
    "name.too_long": _("Shorten it to %(count)d characters.", count=LONGEST_NAME),
    "name.letters": _("A name has letters only: take out digits and other signs."),
    "born_on.missing": _("Write the fecha de nacimiento as day/month/year."),
    "born_on.form": _("Write day/month/year with four digits for the year, as in 05/03/1990."),
    "born_on.impossible": _("That day is not in the calendar. Look at day and month again."),
    "born_on.future": _("That day has not come yet. Look at the year again."),
    "born_on.underage": _(
        "An auxiliar holds a credencial para votar: nobody younger than %(years)d can be one.",
        years=LEAST_AGE_YEARS,
    ),
    "born_on.too_old": _(
        "By that date the person would be older than %(years)d. Look at the year again.",
        years=MOST_AGE_YEARS,
    ),
    "telefono_movil.form": _("Write the ten digits of the telephone, or leave it empty."),
    "email.missing": _("Write the correo electrónico: the activation code is sent there."),
    "email.form": _(
        "Write one address as in nombre@gmail.com, without blanks, accents, ñ or commas."
    ),
    "email.not_at_gmail": _(
        "Gmail has no such address: before the @ it takes 6 to 30 letters, digits and dots."
    ),
    "clave_elector.missing": _("Write the clave de elector from the front of the credencial."),
    "clave_elector.again": _(
        "Names or birth are others now: write the clave de elector again, so that the register can "
        "be asked."
    ),
    "clave_elector.length": _("A clave de elector has 18 characters. Count them again."),
    "clave_elector.form": _(
        "That is no clave de elector: 6 letters, 8 digits, H, M or X, and 3 digits. "
        "Look for an O in place of a 0."
    ),
    "email.own": _(
        "You have an auxiliar with this address already. Look for it under Consulta: one who was "
        "deactivated can be reactivated there."
    ),
    "email.taken": _(
        "Whoever has this address is an auxiliar of another request in this process, and one "
        "person captures for one request only. Register somebody else, or ask the help desk."
    ),
    "email.repeated": _("This address stands in an earlier row as well. Leave one of the two."),
    "clave_elector.own": _(
        "You have an auxiliar with this clave already. Look for the person under Consulta: one who "
        "was deactivated can be reactivated there."
    ),
    "clave_elector.taken": _(
        "This person is an auxiliar of another request in this process, and one person captures "
        "for one request only. Register somebody else, or ask the help desk."
    ),
    "clave_elector.repeated": _("This clave stands in an earlier row as well. Leave one of them."),
    # What may be right all the same.
    "email.slip": _("Is the address right? What follows the @ looks like a slip of the fingers."),
    "clave_elector.other_birth": _(
        "The clave carries another date of birth. Compare both with the credencial."
    ),
    "clave_elector.other_name": _(
        "The first six letters of the clave do not come from these names. Compare them with the "
        "credencial."
    ),
}


def sentences(codes: Mapping[str, str]) -> dict[str, str]:
    """Give the sentence for each field's code, in the language of the page."""
    return {name: str(SENTENCES[code]) for name, code in codes.items()}
