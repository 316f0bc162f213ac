"""The stations: how they stand, those in trouble first, and one of them with its history."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from central.accounts.permissions import Permission, requires
from central.fleet import listing
from central.fleet.bundle import bundle
from central.fleet.history import History, Period, history
from central.fleet.listing import Wanted
from central.fleet.station import view
from central.portal.fleet_texts import (
    ACTS,
    CLOCKS,
    CONDITIONS,
    GAUGES,
    MEASURES,
    ORDER_KINDS,
    ORDER_STATES,
    PERIODS,
)
from central.portal.history_plot import HistoryPlot, history_plot
from central.services import services
from domain.station_condition import Condition

bp = Blueprint("fleet", __name__, url_prefix="/fleet")

_MOST_SEARCH = 20
_WIDE, _NARROW = (760.0, 8), (340.0, 4)


@bp.get("")
@requires(Permission.SEE_FLEET)
def show() -> ResponseReturnValue:
    """Show how all stations stand, and a page of those that the address asks for."""
    parts, wanted = services(), wanted_of(request.args)
    return render_template(
        "portal/fleet.html",
        counts=listing.counts(parts.session),
        page=listing.page(parts.session, wanted, after=request.args.get("after")),
        wanted=wanted,
        now=parts.clock.now(),
        CONDITIONS=CONDITIONS,
    )


@bp.get("/<station>")
@requires(Permission.SEE_FLEET)
def detail(station: str) -> ResponseReturnValue:
    """Show one station: what to do, how it was, its chain, what was done."""
    parts = services()
    now = parts.clock.now()
    seen = view(parts.session, station)
    period = _period(request.args.get("period", Period.DAY))
    drawn = [
        (one, *_plots(one, period, now))
        for one in history(parts.session, seen.row.station_id, period, now=now)
    ]
    return render_template(
        "portal/fleet_station.html",
        seen=seen,
        period=period,
        drawn=drawn,
        now=now,
        CLOCKS=CLOCKS,
        CONDITIONS=CONDITIONS,
        GAUGES=GAUGES,
        MEASURES=MEASURES,
        PERIODS=PERIODS,
        FLEET_ACTS=ACTS,
        ORDER_KINDS=ORDER_KINDS,
        ORDER_STATES=ORDER_STATES,
    )


@bp.get("/<station>/incident.zip")
@requires(Permission.SEE_FLEET)
def incident(station: str) -> ResponseReturnValue:
    """Give all that is known of a station and of nobody, as one file."""
    parts = services()
    now = parts.clock.now()
    answer = Response(bundle(parts.session, station, now=now), content_type="application/zip")
    name = f"acopio-{station}-{now:%Y%m%d-%H%M}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def wanted_of(fields: Mapping[str, str]) -> Wanted:
    """Read which stations are wanted; what is not understood asks for all."""
    name = fields.get("condition", "")
    known = {condition.value: condition for condition in Condition}
    return Wanted(
        condition=known.get(name),
        beginning=fields.get("search", "").strip().upper()[:_MOST_SEARCH],
        only_trouble=name == "trouble",
    )


def _period(name: str) -> Period:
    try:
        return Period(name)
    except ValueError:
        abort(404)


def _plots(one: History, period: Period, now: datetime) -> tuple[HistoryPlot, HistoryPlot]:
    label = MEASURES[one.measure]
    wide, narrow = (
        history_plot(
            one.points,
            begins=now - period.length,
            ends=now + timedelta(minutes=5),
            scale=label.scale,
            limit=label.limit,
            width=width,
            labels=labels,
        )
        for width, labels in (_WIDE, _NARROW)
    )
    return wide, narrow
