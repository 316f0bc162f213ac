"""The letters of a world: written down, sent to a real server on loopback, and read there."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.config import MailConfig
from central.mail.opening import open_transport
from central.mail.outbox import post
from central.mail.postman import Postman
from central.mail.rendering import Renderer
from central.models import Aspirante, Auxiliar, Mail, MailKind, User
from central.notices.composer import Composer
from central.services import Services
from tests.mail_server import MailServer
from tests.portal.people import OWN_EMAIL
from tests.portal.world import World

FOLIO = "GOB001"
# For what no engine has a say in: the portal's worlds are on each of them otherwise.
ONE_ENGINE = pytest.mark.parametrize("world", ["sqlite"], indirect=True)


class Office:
    """Where a test writes letters down and lets them leave."""

    def __init__(self, world: World, server: MailServer, **settings: Any) -> None:
        self.world, self.server = world, server
        parts: Services = world.app.extensions["acopio"]
        self.config = replace(parts.config, mail=server.config(**settings))
        self._secrets = parts.secrets

    def postman(self, owner: str = "test") -> Postman:
        """Give a worker's hands."""
        config: MailConfig = self.config.mail
        return Postman(
            self.world.database,
            open_transport(self.config, self._secrets),
            Composer.of(self.config),
            Renderer(config),
            config,
            self.world.clock,
            owner,
        )

    def now(self) -> datetime:
        """Give the present of the world."""
        return self.world.clock.now()

    def post(self, kind: MailKind, *, to_user: str | None = OWN_EMAIL, **values: Any) -> int:
        """Write one letter down; give its number."""
        with self.world.database.write() as session:
            if to_user is not None and "auxiliar_id" not in values:
                values["user_id"] = user_of(session, to_user).id
            values.setdefault("aspirante_id", aspirante_of(session).id)
            assert post(session, kind, now=self.now(), **values)
            return session.scalars(select(Mail.id).order_by(Mail.id.desc()).limit(1)).one()

    def invite(self, id_auxiliar: str = "AUX02") -> int:
        """Write an invitation down."""
        with self.world.database.read() as session:
            auxiliar = auxiliar_of(session, id_auxiliar)
        return self.post(MailKind.ACTIVATION, auxiliar_id=auxiliar.id)

    def mail(self, mail_id: int) -> Mail:
        """Read a letter's row."""
        with closing(self.world.database.reading()) as session:
            return session.get_one(Mail, mail_id)


def user_of(session: Session, email: str) -> User:
    """Find a person."""
    return session.scalars(select(User).where(User.email == email)).one()


def aspirante_of(session: Session, folio: str = FOLIO) -> Aspirante:
    """Find a request."""
    return session.scalars(select(Aspirante).where(Aspirante.folio_solicitud == folio)).one()


def auxiliar_of(session: Session, id_auxiliar: str) -> Auxiliar:
    """Find an auxiliar."""
    return session.scalars(select(Auxiliar).where(Auxiliar.id_auxiliar == id_auxiliar)).one()


def code_in(text: str) -> str:
    """Read the activation code of a letter."""
    found = re.findall(r"^    (\S{4}-\S{4}-\S{4})$", text, re.MULTILINE)
    assert len(found) == 1, text
    return str(found[0])


def links_in(text: str) -> list[str]:
    """Read the addresses of a letter."""
    return re.findall(r"https?://[^\s\"<>]+", text)
