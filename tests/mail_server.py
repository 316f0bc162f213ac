"""A real SMTP server on loopback that keeps what it gets and refuses what a test asks it to."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from central.config import MailConfig
from central.intake.certificates import make_authority, make_server_certificate

USER, PASSWORD = "acopio", "una clave inventada"


@dataclass(frozen=True)
class Received:
    """One letter as it lies at the other side."""

    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The letter, parsed as a program for mail does."""
        return message_from_bytes(self.raw, policy=default)

    @property
    def text(self) -> str:
        """Its plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """Its HTML."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    """What came in, and what is answered; an answer of None takes the letter."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    on_recipient: Callable[[str], str | None] = lambda _address: None
    on_letter: Callable[[Received], str | None] = lambda _letter: None
    cuts: int = 0
    greetings: list[str] = field(default_factory=list)
    sign_ins: int = 0

    def config(self, **changes: Any) -> MailConfig:
        """Give the settings that lead here."""
        values: dict[str, Any] = {
            "driver": "smtp",
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "timeout_s": 5.0,
            "from_address": "acopio@instituto.example",
            "from_name": "Instituto de Ñandú",
            **changes,
        }
        return MailConfig(**values)

    def to(self, address: str) -> list[Received]:
        """Give what came for one address."""
        return [letter for letter in self.received if letter.to == address]

    async def handle_EHLO(  # noqa: N802  (the names are those of aiosmtpd)
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Keep who greets: once a connection, without TLS."""
        self.greetings.append(hostname)
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        refusal = self.on_recipient(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take or refuse a letter, or hang up in the middle."""
        if self.cuts:
            self.cuts -= 1
            server.transport.abort()
            return "421 4.4.2 gone"
        letter = Received(envelope.rcpt_tos[0], envelope.original_content)
        refusal = self.on_letter(letter)
        if refusal is None:
            self.received.append(letter)
        return refusal or "250 2.0.0 Ok"

    def sign_in(
        self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any
    ) -> AuthResult:
        """Check the one password."""
        self.sign_ins += 1
        known = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=given == known, handled=False)


class _AnyPort(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's own


@contextmanager
def running_mail_server(**options: Any) -> Iterator[MailServer]:
    """Listen on a free port until the end; options are those of aiosmtpd."""
    mail = MailServer()
    if options.pop("asks_password", False):
        options |= {"authenticator": mail.sign_in, "auth_required": True}
    controller = _AnyPort(mail, hostname="127.0.0.1", port=0, **options)
    controller.start()
    mail.port = controller.port
    try:
        yield mail
    finally:
        controller.stop()


def private_tls(folder: Path, host: str, now: datetime) -> tuple[ssl.SSLContext, Path]:
    """Make a server's TLS with its own authority; give it and the authority's certificate."""
    key, certificate = make_authority("Autoridad inventada", now, 30)
    server_key, chain = make_server_certificate([host], key, certificate, now, 30)
    paths = [folder / name for name in ("server.key", "server.crt", "authority.crt")]
    for path, content in zip(paths, (server_key, chain, certificate), strict=True):
        path.write_bytes(content)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths[1], paths[0])
    return context, paths[2]
