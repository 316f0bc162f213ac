"""Answers for load balancers and supervisors; they name nothing of what runs here."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from central.errors import DatabaseNotReadyError
from central.services import services

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("")
def live() -> ResponseReturnValue:
    """Answer that the process is up."""
    return jsonify(status="ok")


@bp.get("/ready")
def ready() -> ResponseReturnValue:
    """Answer 200 when the database answers, else 503."""
    try:
        services().database.require()
    except DatabaseNotReadyError:
        return jsonify(status="database.not_ready"), 503
    return jsonify(status="ok")
