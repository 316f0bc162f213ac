"""Writes each letter at the moment it leaves, or finds that nobody needs it any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from central.config import Config
from central.mail.language import gettext as _
from central.mail.letter import HelpDesk, Letter
from central.models import Aspirante, Mail, MailKind, User
from central.models.settings import read_settings
from central.notices import invitations, news, progress
from central.notices.addresses import Addresses
from central.notices.draft import Draft
from central.notices.readers import is_reader

_DRAFTS = {
    MailKind.DIGEST: progress.digest,
    MailKind.THRESHOLD: progress.threshold,
    MailKind.REJECTION: progress.rejection,
    MailKind.DEADLINE: news.deadline,
    MailKind.OBJECTION: news.objection,
    MailKind.EXPORT: news.export,
}


@dataclass(frozen=True, slots=True)
class Composer:
    """Knows the addresses of the pages, and how long codes and links are good."""

    addresses: Addresses
    access_ttl: timedelta
    activation_ttl: timedelta

    @classmethod
    def of(cls, config: Config) -> Composer:
        """Make the composer of a configuration."""
        return cls(
            Addresses(config.server.public_url.rstrip("/")),
            timedelta(hours=config.mail.access_ttl_h),
            timedelta(hours=config.stations.activation_ttl_h),
        )

    def __call__(self, session: Session, mail: Mail, now: datetime) -> Letter | None:
        """Write a letter; None when it has lost its reader or its reason.

        A code or a link is made here, and what proves it is put into the session.
        """
        if mail.kind is MailKind.ACTIVATION:
            if mail.auxiliar is None:
                return None
            return invitations.activation(
                session,
                mail.auxiliar,
                is_reset=bool(mail.details.get("reset")),
                ttl=self.activation_ttl,
                help_desk=_help,
                now=now,
            )
        user, aspirante = mail.user, mail.aspirante
        if user is None or aspirante is None:
            return None
        if not is_reader(session, user.id, aspirante.id, now=now):
            return None
        if mail.kind is MailKind.ACCESS:
            return invitations.access(
                session, user, aspirante, self.addresses, ttl=self.access_ttl,
                help_desk=_help, now=now,
            )  # fmt: skip
        if mail.kind is MailKind.DIGEST and not user.wants_digest:
            return None
        draft = _DRAFTS[mail.kind](session, mail, aspirante, self.addresses, now)
        return None if draft is None else self._notice(mail.kind, user, aspirante, draft)

    def _notice(self, kind: MailKind, user: User, aspirante: Aspirante, draft: Draft) -> Letter:
        why = _(
            "You get this letter because you act for the request %(folio)s in the portal. If that "
            "is a mistake, tell the help desk and delete the letter.",
            folio=aspirante.folio_solicitud,
        )
        return Letter(
            kind=kind,
            to=user.email,
            to_name=user.name,
            subject=draft.subject,
            summary=draft.summary,
            greeting=_("Good day, %(name)s:", name=user.name),
            blocks=draft.blocks,
            why=why,
            help=_help(aspirante),
            choice_url=self.addresses.notices() if kind is MailKind.DIGEST else "",
        )


def _help(aspirante: Aspirante) -> HelpDesk:
    capture = read_settings(aspirante.process.settings).capture
    return HelpDesk(capture.help_phone, capture.help_mail)
