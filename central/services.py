"""What the entry points of the web may use; built once per process by `central.app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from central.config import Config
from central.intake.activation import ActivationOffice
from central.intake.enrolment import Enrolment
from central.intake.feed import StationFeed
from central.intake.nonces import NonceBook
from central.intake.receive import Intake
from central.intake.releases import ReleaseStore
from central.models.database import Database
from central.review.pictures import PictureDesk
from central.secrets import Secrets
from central.storage.citizens import CitizenSealer
from central.storage.documents import Documents
from central.storage.sealing import Sealer
from domain.clock import Clock

_EXTENSION = "acopio"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one web process. Pictures of a packet it gets from the vault, one by one."""

    config: Config
    clock: Clock
    database: Database
    secrets: Secrets
    citizens: CitizenSealer
    documents: Documents
    nonces: NonceBook
    enrolment: Enrolment
    activation: ActivationOffice
    feed: StationFeed
    intake: Intake
    releases: ReleaseStore
    pictures: PictureDesk

    def sealer(self, purpose: str) -> Sealer:
        """Give what seals texts of one purpose at rest; the worker opens them with the same."""
        return Sealer(self.secrets.random("citizens"), purpose)

    @property
    def session(self) -> Session:
        """The session of this request: for GET it only reads; others commit what they change.

        A use case commits once, with `session.commit()`; what is not committed is rolled back
        when the request ends. A GET that must write uses `database.write()`.
        """
        if "acopio_session" not in g:
            reads = request.method in _SAFE_METHODS
            g.acopio_session = (self.database.reading if reads else self.database.writing)()
        return cast(Session, g.acopio_session)


def install(app: Flask, services: Services) -> None:
    """Make the parts available to the views of this application."""
    app.extensions[_EXTENSION] = services

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        session = g.pop("acopio_session", None)
        if session is not None:
            session.close()


def services() -> Services:
    """Give the parts of the application that answers the present request."""
    return cast(Services, current_app.extensions[_EXTENSION])
