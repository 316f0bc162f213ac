"""The stations' desk: all stations, one station's life, and the approval of a new one's key."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from central.accounts.permissions import Permission, requires
from central.errors import CentralError, InvalidInputError
from central.intake import claims, lifecycle
from central.models import Station
from central.portal.bodies import accepts_bytes
from central.portal.station_labels import print_labels
from central.portal.station_texts import ACTS, STATES, state_of
from central.portal.visitor import principal
from central.reports import stations as listed
from central.roster.processes import find_process
from central.services import services
from wire.errors import IdentityError
from wire.identity import MAX_IDENTITY_BYTES, Identity, parse_identity
from wire.packet import IDENTIFIER

bp = Blueprint("stations", __name__, url_prefix="/staff/stations")

_FIELDS = ("id", "process", "site", "request")


@bp.get("")
@requires(Permission.MANAGE_STATIONS)
def show() -> ResponseReturnValue:
    """List the stations by their names, those of one state if asked."""
    session = services().session
    wanted = request.args.get("state", "")
    page = listed.page(
        session, state=wanted if wanted in STATES else "", after=request.args.get("after", "")
    )
    return render_template(
        "portal/stations.html",
        page=page,
        counts=listed.counts(session),
        wanted=wanted,
        STATES=STATES,
    )


@bp.get("/approve")
@requires(Permission.MANAGE_STATIONS)
def new() -> ResponseReturnValue:
    """Ask for the request of a station."""
    return _approval({}, {}, None)


@bp.post("/approve")
@requires(Permission.MANAGE_STATIONS)
@accepts_bytes(MAX_IDENTITY_BYTES)
def approve() -> ResponseReturnValue:
    """Show the fingerprint of a request; with the station named and compared, approve it."""
    texts = {name: request.form.get(name, "").strip() for name in _FIELDS}
    given = request.files.get("file")
    if given is not None and given.filename:
        texts["request"] = given.read(MAX_IDENTITY_BYTES + 1).decode("ascii", "replace").strip()
    try:
        identity = parse_identity(texts["request"])
    except IdentityError:
        wrong = _("This is not the request of a station. Copy the whole text, or upload the file.")
        return _approval(texts, {"request": wrong}, None)
    if "id" not in request.form:
        return _approval(texts, {}, identity)
    mistakes = _mistakes(texts)
    if mistakes:
        return _approval(texts, mistakes, identity)
    parts = services()
    try:
        claims.approve(
            parts.session,
            identity,
            id_dispositivo=texts["id"].upper(),
            process=find_process(parts.session, texts["process"]),
            ttl_h=parts.config.stations.claim_ttl_h,
            now=parts.clock.now(),
            made_by=_actor(),
            site=lifecycle.checked_site(texts["site"]),
        )
    except CentralError as error:
        return _approval(texts, {"id": _refusal(error)}, identity)
    parts.session.commit()
    flash(_("The key is approved. The station enrols by itself, or with the answer for a disk."))
    return redirect(url_for(".detail", station=texts["id"].upper()), 303)


@bp.get("/<station>")
@requires(Permission.MANAGE_STATIONS)
def detail(station: str) -> ResponseReturnValue:
    """Show one station: where it stands, what it waits for, and who did what."""
    session = services().session
    one = lifecycle.find_station(session, station)
    return _detail(one, {})


@bp.post("/<station>/answer")
@requires(Permission.MANAGE_STATIONS)
def answer(station: str) -> ResponseReturnValue:
    """Give the signed answer to the approved request, for a station without a network."""
    parts = services()
    now, ttl_h = parts.clock.now(), parts.config.stations.claim_ttl_h
    # The answer is written by itself: this request must hold no transaction meanwhile.
    with parts.database.read() as session:
        lifecycle.find_station(session, station)
        claim = listed.approved(session, station, now=now)
    token = parts.enrolment.answer_file(claim.id, now=now, expires_at=now + timedelta(hours=ttl_h))
    return _file(f"{token}\n".encode("ascii"), f"respuesta-{station}.txt", "text/plain")


@bp.post("/labels")
@requires(Permission.MANAGE_STATIONS)
def labels() -> ResponseReturnValue:
    """Print labels with new vouchers for the stations that were ticked and wait for one."""
    parts = services()
    made = claims.labelled(
        parts.session,
        names=request.form.getlist("station")[:500],
        ttl_h=parts.config.stations.claim_ttl_h,
        now=parts.clock.now(),
        made_by=_actor(),
    )
    if not made:
        flash(_("None of these stations waits for a voucher. Nothing was printed."))
        return redirect(url_for(".show", state="claimed"), 303)
    content = print_labels(made)
    parts.session.commit()
    return _file(content, "etiquetas.pdf", "application/pdf")


@bp.post("/<station>/<any(activate, release, retire, revoke):act>")
@requires(Permission.MANAGE_STATIONS)
def act(station: str, act: str) -> ResponseReturnValue:
    """Take one step in the life of a station that needs nothing but its name."""
    match act:
        case "activate":
            return _do(station, lifecycle.activate, _("The station may capture."))
        case "release":
            return _do(station, lifecycle.release, _("The quarantine has ended."))
        case "revoke":
            return _do(station, lifecycle.lose, _("The station is revoked."), since=None)
        case _:
            return _retire(station)


@bp.post("/<station>/move")
@requires(Permission.MANAGE_STATIONS)
def move(station: str) -> ResponseReturnValue:
    """Send a station to another site."""
    said = _("The station moves once all that it has is here.")
    return _do(station, lifecycle.move, said, request.form.get("site", ""))


@bp.post("/<station>/lost")
@requires(Permission.MANAGE_STATIONS)
def lost(station: str) -> ResponseReturnValue:
    """End a station that is in other hands since a moment."""
    one = lifecycle.find_station(services().session, station)
    try:
        since = datetime.fromisoformat(request.form.get("since", ""))
    except ValueError:
        return _detail(one, {"since": _("Write day and hour from when on it is lost.")})
    if since.tzinfo is None:
        since = since.replace(tzinfo=ZoneInfo(one.process.time_zone))
    said = _("The station is revoked. What it sealed after that moment is kept aside.")
    return _do(station, lifecycle.lose, said, since=since)


@bp.post("/<station>/replace")
@requires(Permission.MANAGE_STATIONS)
def replace(station: str) -> ResponseReturnValue:
    """Let another station take over the site."""
    successor = request.form.get("successor", "").strip().upper()
    said = _("The other station has the site now. This one delivers what is left.")
    return _do(station, lifecycle.replace_by, said, successor)


def _retire(station: str) -> ResponseReturnValue:
    parts = services()
    try:
        left = lifecycle.retire(
            parts.session, station, now=parts.clock.now(), made_by=_actor(),
            although_waiting=request.form.get("although_waiting") == "yes",
        )  # fmt: skip
    except CentralError as error:
        return _detail(lifecycle.find_station(parts.session, station), {"": _refusal(error)})
    parts.session.commit()
    if left:
        flash(_("%(count)s packets are still there: it only delivers now. Retire it after that.",
                count=left))  # fmt: skip
    else:
        flash(_("The station is retired."))
    return redirect(url_for(".detail", station=station), 303)


def _do(
    station: str, act: Callable[..., None], said: str, *words: str, **options: object
) -> ResponseReturnValue:
    parts = services()
    try:
        act(
            parts.session, station, *words, now=parts.clock.now(), made_by=_actor(), **options
        )  # fmt: skip
    except CentralError as error:
        parts.session.rollback()
        one = lifecycle.find_station(parts.session, station)
        where = error.field if isinstance(error, InvalidInputError) else ""
        return _detail(one, {where: _refusal(error)})
    parts.session.commit()
    flash(said)
    return redirect(url_for(".detail", station=station), 303)


def _detail(one: Station, mistakes: dict[str, str]) -> ResponseReturnValue:
    parts = services()
    life = listed.life(parts.session, one, now=parts.clock.now())
    page = render_template(
        "portal/station.html",
        one=one,
        life=life,
        state=STATES[state_of(one)],
        word=state_of(one),
        mistakes=mistakes,
        ACTS=ACTS,
    )
    return page, 422 if mistakes else 200


def _approval(
    texts: dict[str, str], mistakes: dict[str, str], identity: Identity | None
) -> ResponseReturnValue:
    page = render_template(
        "portal/station_approve.html",
        form={"texts": dict.fromkeys(_FIELDS, "") | texts, "errors": mistakes},
        identity=identity,
        processes=listed.process_codes(services().session),
        pattern=IDENTIFIER,
    )
    return page, 422 if mistakes else 200


def _mistakes(texts: dict[str, str]) -> dict[str, str]:
    mistakes = {}
    name = texts["id"].upper()
    if not (name.isascii() and name.isalnum() and len(name) <= 16):
        mistakes["id"] = _("1 to 16 letters and numbers without accents, for example E01.")
    if texts["process"] not in listed.process_codes(services().session):
        mistakes["process"] = _("Choose one of the options.")
    try:
        lifecycle.checked_site(texts["site"])
    except InvalidInputError:
        mistakes["site"] = _("Write where it will stand, in at most 120 characters.")
    if request.form.get("compared") != "yes":
        mistakes["compared"] = _("Compare the fingerprint with the station's screen first.")
    return mistakes


def _refusal(error: CentralError) -> str:
    sentences = {
        "station.retired": _("This station was retired or revoked. Use another id."),
        "station.process": _("This station belongs to another process. Use another id."),
        "station.key_used": _("This key was used before. Have the station show a new one."),
        "station.not_waiting": _("This station does not wait to be accepted."),
        "station.unknown": _("There is no station of that name."),
    }
    fields = {
        "site": _("Write where it will stand, in at most 120 characters."),
        "since": _("That moment has not come yet."),
        "id": _("This cannot be done with the station as it is now."),
    }
    where = error.field if isinstance(error, InvalidInputError) else ""
    return str(sentences.get(error.code) or fields.get(where) or fields["id"])


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)


def _actor() -> str:
    return f"user:{principal().user_id}"
