"""How much a request may send: a few kilobytes, and more only where a view says so."""

import io
from collections.abc import Callable
from typing import IO, ParamSpec, TypeVar

from flask import Flask, Request, abort, current_app, request

P = ParamSpec("P")
R = TypeVar("R")

# A form of the portal is a few kilobytes.
FORM_BYTES = 64 * 1024


class InMemoryRequest(Request):
    """A request whose files stay in memory, where the bound of the body holds them.

    The framework would write them to a temporary file: people's data, unsealed, on a disk.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


def accepts_bytes(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let the form of a view carry files of so many bytes together.

    It stands below `requires`: what the request says of its own length is looked at before
    anything of it is read.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.most_body_bytes = most + FORM_BYTES  # type: ignore[attr-defined]
        return view

    return mark


def bound_body(app: Flask) -> None:
    """Set the bound of the present request."""
    view = app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "most_body_bytes", FORM_BYTES)


def refuse_nul() -> None:
    """Refuse a text with a NUL in it: nobody types one, and PostgreSQL takes none."""
    texts = [request.path]
    for fields in (request.args, request.form):
        texts += [text for _name, text in fields.items(multi=True)]
    if any("\0" in text for text in texts):
        abort(400)


def most_bytes() -> int:
    """Give how many bytes of files the present request may carry; 0: it takes none."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "most_body_bytes", FORM_BYTES) - FORM_BYTES
