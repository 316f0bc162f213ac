"""The two letters that open a door: access of an aspirante, activation of an auxiliar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from central.accounts.invitations import invite
from central.audit import trail
from central.mail.language import gettext as _
from central.mail.language import moment
from central.mail.letter import Button, Code, Facts, HelpDesk, Letter, Note, Paragraph, Steps
from central.models import AccountKind, Aspirante, Auxiliar, MailKind, Stage, User
from central.notices.addresses import Addresses
from central.roster.auxiliares import renew_activation
from central.roster.life import Step, steps

_MADE_BY = "worker"
HelpOf = Callable[[Aspirante], HelpDesk]


def access(
    session: Session,
    user: User,
    aspirante: Aspirante,
    addresses: Addresses,
    *,
    ttl: timedelta,
    help_desk: HelpOf,
    now: datetime,
) -> Letter:
    """Write the access data with a new link, of which only the SHA-256 is kept."""
    token = invite(user, lifetime=ttl, now=now)
    _write(session, "user.invited", "user", str(user.id), now)
    process = aspirante.process
    until = moment(now + ttl, process.time_zone)
    account = {
        AccountKind.GOOGLE.value: _("Google account"),
        AccountKind.FACEBOOK.value: _("Facebook account"),
    }.get(user.account_kind or "", _("Google or Facebook account"))
    return Letter(
        kind=MailKind.ACCESS,
        to=user.email,
        to_name=user.name,
        subject=_("Your access to the portal of citizen support"),
        summary=_("Request %(folio)s. The link is good once.", folio=aspirante.folio_solicitud),
        greeting=_("Good day, %(name)s:", name=user.name),
        blocks=(
            Paragraph(
                _(
                    "The authority registered your request. In the portal you register your "
                    "auxiliares and follow every apoyo that they capture."
                )
            ),
            Facts(
                (
                    (_("Folio de la solicitud"), aspirante.folio_solicitud),
                    (_("Aspirante"), aspirante.name),
                    (_("Process"), process.name),
                    (_("Office"), aspirante.office.name),
                    (_("Account type"), account),
                    (_("E-mail of your account"), user.email),
                )
            ),
            Button(_("Portal captación"), addresses.welcome(token)),
            Note(
                _(
                    "The link is good once, until %(until)s. Afterwards you sign in at the portal "
                    "with the same account. If you got several of these letters, use the newest.",
                    until=until,
                )
            ),
            Paragraph(
                _(
                    "Sign in with the account of this very e-mail address. You write its password "
                    "only on the page of its provider, never in the portal."
                )
            ),
        ),
        why=_(
            "You get this letter because the authority registered this address. If you know of no "
            "such request, do not use the button: tell the help desk and delete the letter."
        ),
        help=help_desk(aspirante),
        has_secret=True,
    )


def activation(
    session: Session,
    auxiliar: Auxiliar,
    *,
    is_reset: bool,
    ttl: timedelta,
    help_desk: HelpOf,
    now: datetime,
) -> Letter | None:
    """Write an invitation with a new code; None where the auxiliar needs none any more.

    Who has a password already gets one only where it was asked for as a reset.
    """
    aspirante = auxiliar.aspirante
    is_over = auxiliar.expires_at is not None and auxiliar.expires_at <= now
    is_needed = auxiliar.stage is not Stage.ACTIVE or is_reset
    if is_over or not (aspirante.active and is_needed and Step.INVITE in steps(auxiliar)):
        return None
    is_first = auxiliar.invited_at is None
    code = renew_activation(auxiliar, now=now)
    _write(session, "auxiliar.invited", "auxiliar", auxiliar.id_auxiliar, now)
    process = aspirante.process
    until = moment(now + ttl, process.time_zone)
    newest = () if is_first else (
        Note(_("You got a code before. Only the one in this letter, the newest, is good.")),
    )  # fmt: skip
    return Letter(
        kind=MailKind.ACTIVATION,
        to=auxiliar.email,
        to_name=auxiliar.nombres,
        subject=_("Your activation code as an auxiliar"),
        summary=_("Id auxiliar %(id)s", id=auxiliar.id_auxiliar),
        greeting=_("Good day, %(name)s:", name=auxiliar.nombres),
        blocks=(
            Paragraph(
                _(
                    "%(aspirante)s registered you as an auxiliar, to capture citizen support "
                    "at a capture station.",
                    aspirante=aspirante.name,
                )
            ),
            *newest,
            Code(_("Activation code"), code),
            Facts(
                (
                    (_("Id auxiliar"), auxiliar.id_auxiliar),
                    (_("Good until"), until),
                    (_("Aspirante"), aspirante.name),
                    (_("Folio de la solicitud"), aspirante.folio_solicitud),
                    (_("Process"), process.name),
                )
            ),
            Steps(
                _("At the capture station, with a network:"),
                (
                    _("Touch «Activate my account»."),
                    _("Write your id auxiliar and the activation code of this letter."),
                    _(
                        "Choose a password of your own and keep it to yourself: you answer for "
                        "what is captured under your account."
                    ),
                    _("From then on you sign in with your id auxiliar and your password."),
                ),
            ),
            Paragraph(
                _(
                    "The code is good once. If it is refused or too old, ask who registered you "
                    "to send you another."
                )
            ),
        ),
        why=_(
            "You get this letter because %(aspirante)s gave this address. If you did not agree to "
            "be an auxiliar, tell the help desk and delete the letter: without the code nobody "
            "can capture in your name.",
            aspirante=aspirante.name,
        ),
        help=help_desk(aspirante),
        has_secret=True,
    )


def _write(session: Session, action: str, kind: str, subject: str, now: datetime) -> None:
    trail.write(session, at=now, actor=_MADE_BY, action=action, subject_kind=kind, subject=subject)
