"""Orders to stations: to one or to all that a filter shows; their number first, then a yes."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from central.accounts.permissions import Permission, requires
from central.errors import NotFoundError
from central.fleet import listing
from central.fleet.listing import Wanted
from central.intake import orders
from central.portal.fleet import wanted_of
from central.portal.fleet_texts import CONDITIONS, ORDER_KINDS
from central.portal.visitor import principal
from central.services import services
from wire.orders import MOST_MESSAGE, OrderKind

bp = Blueprint("fleet_orders", __name__, url_prefix="/fleet/orders")

# For how long a message is shown.
HOURS = (1, 4, 12, 24, 72)


@bp.get("/new")
@requires(Permission.ORDER_FLEET)
def new() -> ResponseReturnValue:
    """Show how many stations an order would reach, and its form."""
    return _form({})


@bp.post("/new")
@requires(Permission.ORDER_FLEET)
def give() -> ResponseReturnValue:
    """Give an order to as many stations as were shown, or show what is missing."""
    parts, now = services(), services().clock.now()
    kind, text = request.form.get("kind", ""), _message()
    hours = request.form.get("hours", "")
    ids = _station_ids()
    mistakes = {}
    if kind not in set(OrderKind):
        mistakes["kind"] = _("Choose what they are to do.")
    if kind == OrderKind.MESSAGE and not 0 < len(text) <= MOST_MESSAGE:
        mistakes["text"] = _("Write 1 to %(most)s characters.", most=MOST_MESSAGE)
    if hours not in {str(one) for one in HOURS}:
        mistakes["hours"] = _("Choose for how long.")
    if request.form.get("confirmed") != str(len(ids)):
        mistakes["confirmed"] = _("Confirm the number of stations: others may be in it by now.")
    if mistakes:
        return _form(mistakes)
    is_message = kind == OrderKind.MESSAGE
    number = orders.give(
        parts.session,
        ids,
        OrderKind(kind),
        text=text if is_message else "",
        expires_at=now + (timedelta(hours=int(hours)) if is_message else orders.INCIDENT_TTL),
        now=now,
        made_by=f"user:{principal().user_id}",
    )
    parts.session.commit()
    flash(
        ngettext(
            "The order waits for %(num)s station; it is told at its next contact.",
            "The order waits for %(num)s stations; each is told at its next contact.",
            number,
        )
    )
    station = request.form.get("station")
    where = url_for("fleet.detail", station=station) if station else url_for("fleet.show")
    return redirect(where, 303)


@bp.post("/<batch>/cancel")
@requires(Permission.ORDER_FLEET)
def cancel(batch: str) -> ResponseReturnValue:
    """Take an order back from all stations that have not heard it."""
    parts = services()
    number = orders.cancel(
        parts.session, batch, now=parts.clock.now(), made_by=f"user:{principal().user_id}"
    )
    if not number:
        raise NotFoundError("no such order waits", code="order.unknown")
    parts.session.commit()
    flash(
        ngettext(
            "The order was taken back from %(num)s station.",
            "The order was taken back from %(num)s stations.",
            number,
        )
    )
    return redirect(url_for("fleet.show"), 303)


def _form(mistakes: dict[str, str]) -> ResponseReturnValue:
    fields = request.values
    page = render_template(
        "portal/fleet_order.html",
        number=len(_station_ids()),
        wanted=wanted_of(fields),
        station=fields.get("station", ""),
        errors=mistakes,
        fields=fields,
        HOURS=HOURS,
        MOST_MESSAGE=MOST_MESSAGE,
        ORDER_KINDS=ORDER_KINDS,
        CONDITIONS=CONDITIONS,
    )
    return page, 422 if mistakes else 200


def _message() -> str:
    return " ".join(request.form.get("text", "").split())


def _station_ids() -> list[int]:
    fields, session = request.values, services().session
    name = fields.get("station")
    if name:
        row = listing.row_of(session, name)
        return [] if row is None else [row.station_id]
    wanted: Wanted = wanted_of(fields)
    return listing.station_ids(session, wanted)
