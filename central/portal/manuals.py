"""Manuales: each manual as a page and as a PDF, open to anybody: nothing in them is of a person."""

from flask import Blueprint, abort, render_template, send_file, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from central.manuals.pages import Addresses, render
from central.manuals.source import LANGUAGE, PICTURES, manuals, read_manual

bp = Blueprint("manuals", __name__, url_prefix="/manuals")

# Pictures and PDFs change with a release; a browser asks again within the hour.
_MAX_AGE_S = 3600
READERS: dict[str, LazyString] = {
    "aspirantes": _("For aspirantes and their representatives"),
    "auxiliares": _("For auxiliares at a station"),
    "mesa-de-control": _("For the mesa de control"),
    "tecnicos": _("For technicians"),
    "emergencias": _("For whoever answers the phone"),
}


@bp.get("")
def show() -> ResponseReturnValue:
    """List the manuals."""
    return render_template(
        "portal/manuals.html", manuals=manuals(), readers=READERS, tongue=LANGUAGE
    )


@bp.get("/<slug>")
def read(slug: str) -> ResponseReturnValue:
    """Show one manual."""
    manual = read_manual(slug) or abort(404)
    addresses = Addresses(
        picture=lambda name: url_for(".picture", name=name),
        manual=lambda other: url_for(".read", slug=other),
    )
    return render_template(
        "portal/manual.html",
        manual=manual,
        page=render(manual, addresses),
        reader=READERS[slug],
        tongue=LANGUAGE,
    )


@bp.get("/<slug>.pdf")
def download(slug: str) -> ResponseReturnValue:
    """Give the PDF of one manual."""
    manual = read_manual(slug) or abort(404)
    return send_file(
        manual.pdf,
        mimetype="application/pdf",
        download_name=f"manual-{slug}.pdf",
        max_age=_MAX_AGE_S,
    )


@bp.get("/pictures/<name>")
def picture(name: str) -> ResponseReturnValue:
    """Give one picture."""
    return send_from_directory(PICTURES, name, mimetype="image/webp", max_age=_MAX_AGE_S)
