"""The letters about something that happened or is about to: an end, an answer, a report."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.mail.language import day, moment, ngettext, number
from central.mail.language import gettext as _
from central.mail.letter import Block, Button, Facts, Note, Paragraph
from central.models import (
    Aspirante,
    Export,
    Mail,
    Objection,
    ObjectionOutcome,
    ObjectionRecord,
    WorkState,
)
from central.notices.addresses import Addresses
from central.notices.draft import Draft
from central.notices.progress import about, standing


def deadline(
    session: Session, mail: Mail, aspirante: Aspirante, addresses: Addresses, now: datetime
) -> Draft | None:
    """The end of capture comes, or the time to deliver runs out; None when it is over."""
    del session
    if mail.details["what"] == "capture":
        return _capture_ends(mail, aspirante, addresses, now)
    return _delivery_ends(mail, aspirante, addresses, now)


def _capture_ends(
    mail: Mail, aspirante: Aspirante, addresses: Addresses, now: datetime
) -> Draft | None:
    told, process = mail.details, aspirante.process
    last_day = date.fromisoformat(told["last_day"])
    # Counted when it leaves: the letter may have waited.
    days_left = (last_day - now.astimezone(ZoneInfo(process.time_zone)).date()).days
    ends_at = aspirante.ends_at or process.ends_at
    if now >= ends_at or days_left < 0:
        return None
    if days_left:
        subject = ngettext("%(num)s day left to capture", "%(num)s days left to capture", days_left)
    else:
        subject = _("Today is the last day to capture")
    return Draft(
        subject=subject,
        summary=_("The last day is %(day)s.", day=day(last_day)),
        blocks=(
            about(aspirante),
            Paragraph(
                _(
                    "Stations capture until %(end)s. What was captured by then may be sent until "
                    "%(until)s.",
                    end=moment(ends_at, process.time_zone),
                    until=moment(process.deliver_until, process.time_zone),
                )
            ),
            Facts(
                (
                    (_("Sent in all"), number(told["sent"])),
                    (_("In Lista Nominal"), number(told["lista_nominal"])),
                )
            ),
            *standing(told),
            Note(
                _(
                    "Remind your auxiliares to connect every station to a network at least once a "
                    "day: what has not arrived cannot count."
                )
            ),
            Button(_("See the advance report"), addresses.advance(aspirante.folio_solicitud)),
        ),
    )


def _delivery_ends(
    mail: Mail, aspirante: Aspirante, addresses: Addresses, now: datetime
) -> Draft | None:
    told, process = mail.details, aspirante.process
    if now >= process.deliver_until:
        return None
    until = moment(process.deliver_until, process.time_zone)
    waiting: tuple[Block, ...]
    if told["waiting"]:
        waiting = (
            Facts(
                (
                    (_("Packets still on stations"), number(told["waiting"])),
                    (_("Stations (packets)"), str(told["names"])),
                )
            ),
            Paragraph(
                _(
                    "That is what the stations themselves said at their last contact. A station "
                    "may serve several requests, and one that was silent may hold more."
                )
            ),
        )
    else:
        waiting = (
            Paragraph(
                _(
                    "The centre knows of nothing that is still on a station. One that has been "
                    "silent may hold something nevertheless: connect each of them once more."
                )
            ),
        )
    return Draft(
        subject=_("Send what is still on the stations"),
        summary=_("Until %(until)s", until=until),
        blocks=(
            about(aspirante),
            Paragraph(
                _(
                    "The period to capture is over. What was captured in it counts only if it "
                    "arrives by %(until)s.",
                    until=until,
                )
            ),
            *waiting,
            Note(
                _(
                    "Connect every station to a network and leave it switched on until its screen "
                    "says that nothing is pending. If it has no network, ask the help desk for "
                    "delivery by USB."
                )
            ),
            Button(_("See the advance report"), addresses.advance(aspirante.folio_solicitud)),
        ),
    )


def objection(
    session: Session, mail: Mail, aspirante: Aspirante, addresses: Addresses, now: datetime
) -> Draft | None:
    """Something happened to an inconformidad."""
    found = session.execute(
        select(Objection).where(
            Objection.folio == str(mail.details["folio"]), Objection.aspirante_id == aspirante.id
        )
    ).scalar_one_or_none()
    if found is None:
        return None
    zone = aspirante.process.time_zone
    outcomes = _outcomes(session, found)
    rows = [
        (_("Inconformidad"), found.folio),
        (_("Submitted"), moment(found.submitted_at, zone)),
        (_("Records"), number(sum(outcomes.values()))),
    ]
    match mail.details["step"]:
        case "submitted":
            subject = _("Your inconformidad was received")
            text = _("The authority will look at each record and answer with its reasons.")
        case "images":
            if found.images_until is None or found.images_until <= now:
                return None
            subject = _("You may look at the images of your inconformidad")
            text = _(
                "Until %(until)s the page of the inconformidad shows the images of its records. "
                "Each view is written down.",
                until=moment(found.images_until, zone),
            )
        case "withdrawn":
            subject = _("Your inconformidad was withdrawn")
            text = _("Its records stay as they were. They may be contested again in time.")
        case _:
            subject = _("Your inconformidad was decided")
            text = _("The page of the inconformidad has the reasons for each record.")
            rows += [
                (_("Corrected"), number(outcomes[ObjectionOutcome.CORRECTED])),
                (_("Confirmed"), number(outcomes[ObjectionOutcome.CONFIRMED])),
            ]
    return Draft(
        subject=subject,
        summary=_("Inconformidad %(folio)s", folio=found.folio),
        blocks=(
            about(aspirante),
            Facts(tuple(rows)),
            Paragraph(text),
            Button(_("See the inconformidad"), addresses.objection(found.folio)),
        ),
    )


def export(
    session: Session, mail: Mail, aspirante: Aspirante, addresses: Addresses, now: datetime
) -> Draft | None:
    """A report is ready; None when it is gone again."""
    found = session.execute(
        select(Export).where(
            Export.token == str(mail.details["token"]), Export.aspirante_id == aspirante.id
        )
    ).scalar_one_or_none()
    is_there = (
        found is not None
        and found.work_state is WorkState.DONE
        and (found.expires_at is None or found.expires_at > now)
    )
    if found is None or not is_there:
        return None
    zone = aspirante.process.time_zone
    rows = [(_("Asked for"), moment(found.created_at, zone)), (_("Format"), found.format.upper())]
    if found.rows is not None:
        rows.append((_("Rows"), number(found.rows)))
    if found.expires_at is not None:
        rows.append((_("To be downloaded until"), moment(found.expires_at, zone)))
    return Draft(
        subject=_("Your report is ready"),
        summary=_("Request %(folio)s", folio=aspirante.folio_solicitud),
        blocks=(
            about(aspirante),
            Facts(tuple(rows)),
            Button(_("Download the report"), addresses.exports()),
            Paragraph(
                _(
                    "The report may hold data of auxiliares. It is never sent by e-mail: you "
                    "download it in the portal, with your own account."
                )
            ),
        ),
    )


def _outcomes(session: Session, found: Objection) -> Counter[ObjectionOutcome]:
    rows = session.execute(
        select(ObjectionRecord.outcome, func.count())
        .where(ObjectionRecord.objection_id == found.id)
        .group_by(ObjectionRecord.outcome)
    )
    return Counter({row.outcome: int(row[1]) for row in rows})
