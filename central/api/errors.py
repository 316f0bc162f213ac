"""Every failure of the station API as an `ErrorAnswer`, with a code that never changes."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, make_response
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from central.errors import CentralError, OffsetError
from central.services import services
from wire.api import OFFSET_HEADER, ErrorAnswer, to_json
from wire.errors import ShapeError
from wire.proof import NONCE_HEADER

_log = logging.getLogger(__name__)
_RETRY_AFTER_S = 5


def answer_errors(blueprint: Blueprint) -> None:
    """Answer for all views of a blueprint, and give every answer a fresh nonce."""
    blueprint.register_error_handler(CentralError, _central)
    blueprint.register_error_handler(ShapeError, _shape)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(SQLAlchemyError, _database)
    blueprint.after_request(_add_nonce)


def _central(error: CentralError) -> Response:
    answer = _answer(error.code, str(error), error.status)
    if isinstance(error, OffsetError):
        answer.headers[OFFSET_HEADER] = str(error.expected)
    if error.status == 503:
        answer.headers["Retry-After"] = str(_RETRY_AFTER_S)
        _log.error("request.failed code=%s", error.code)
    elif error.status >= 500:
        _log.error("request.failed code=%s", error.code, exc_info=error)
    else:
        _log.info("request.refused code=%s status=%d", error.code, error.status)
    return answer


def _shape(error: ShapeError) -> Response:
    _log.info("request.refused code=%s status=400", error.code)
    return _answer(error.code, str(error), 400)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return _answer(f"http.{status}", error.name, status)


def _database(error: SQLAlchemyError) -> Response:
    # The database is away or busy: the station keeps what it has and comes again.
    is_away = isinstance(error, DBAPIError)
    _log.error("request.failed code=database.not_ready", exc_info=error)
    answer = _answer("database.not_ready", "the centre cannot answer now", 503 if is_away else 500)
    answer.headers["Retry-After"] = str(_RETRY_AFTER_S)
    return answer


def _answer(code: str, message: str, status: int) -> Response:
    answer = make_response(to_json(ErrorAnswer(code, message[:500])), status)
    answer.content_type = "application/json"
    return answer


def _add_nonce(answer: Response) -> Response:
    parts = services()
    answer.headers[NONCE_HEADER] = parts.nonces.nonce(parts.clock.now())
    answer.headers["Cache-Control"] = "no-store"
    return answer
