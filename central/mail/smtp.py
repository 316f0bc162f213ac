"""Hands letters to an SMTP server: TLS verified, one connection for a batch."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from central.config import MailConfig
from central.errors import MailUnavailableError
from central.mail.base import Accepted, Answer, Postponed, Refused

_ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_CLOSING = 421
# Refusals that speak of us or of a rule (RFC 3463, 5.7.x; RFC 4954), not of the one mailbox: an
# operator can mend them, so the letter waits.
_OF_POLICY = re.compile(r"smtp\.(530|535|538)|smtp\.\d{3} 5\.7\.\d+")


class SmtpTransport:
    """Speaks with one server. After an error it closes and begins anew with the next letter."""

    def __init__(self, config: MailConfig, password: str | None) -> None:
        self._config = config
        self._password = password
        self._tls = ssl.create_default_context()
        if config.authority is not None:
            self._tls.load_verify_locations(cafile=config.authority)
        self._line: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect and sign in, unless that is done.

        Raises:
            MailUnavailableError: The server is not there, or refuses us altogether.
        """
        if self._line is None:
            self._line = self._connect()

    def send(self, message: EmailMessage) -> Answer:
        """Hand over one letter.

        Raises:
            MailUnavailableError: The server is not there, or refuses us altogether.
        """
        self.open()
        line = self._line
        assert line is not None
        to = message["To"].addresses[0].addr_spec
        try:
            code, text = line.mail(self._config.from_address)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailUnavailableError("no answer to MAIL", code="mail.cut") from error
        if code != 250:
            self.close()
            raise MailUnavailableError("the sender is refused", code=_name(code, text))
        try:
            code, text = line.rcpt(to)
            if code in (250, 251):
                code, text = line.data(message.as_bytes(policy=SMTP_POLICY))
        except smtplib.SMTPDataError as error:  # the server did not want to hear it
            code, text = error.smtp_code, _bytes(error.smtp_error)
        except (smtplib.SMTPException, OSError):
            # Whether it has the letter is not known. It counts as a try: a letter that makes
            # the server hang up must not hold up the others for ever.
            self.close()
            return Postponed("mail.cut")
        return self._answer(code, text)

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                line.quit()
            line.close()

    def _answer(self, code: int, text: bytes) -> Answer:
        name = _name(code, text)
        if 200 <= code < 300:
            return Accepted()
        if code == _CLOSING or self._line is None:
            self.close()
        else:
            self._reset()
        if code >= 500 and not _OF_POLICY.fullmatch(name):
            return Refused(name)
        return Postponed(name)

    def _reset(self) -> None:
        """Forget the letter that was not taken, so that the next one begins cleanly."""
        try:
            assert self._line is not None
            self._line.rset()
        except (smtplib.SMTPException, OSError):
            self.close()

    def _connect(self) -> smtplib.SMTP:
        config = self._config
        hello = config.hello or config.from_address.rpartition("@")[2]
        line: smtplib.SMTP | None = None
        try:
            if config.security == "tls":
                line = smtplib.SMTP_SSL(
                    config.host, config.port, hello, timeout=config.timeout_s, context=self._tls
                )
            else:
                line = smtplib.SMTP(config.host, config.port, hello, timeout=config.timeout_s)
            if config.security == "starttls":
                line.starttls(context=self._tls)
            line.ehlo_or_helo_if_needed()
            if config.user:
                line.login(config.user, self._password or "")
        except ssl.SSLError as error:
            raise _gone(line, "mail.tls") from error
        except smtplib.SMTPAuthenticationError as error:
            raise _gone(line, "mail.auth") from error
        except smtplib.SMTPNotSupportedError as error:
            raise _gone(line, "mail.not_offered") from error
        except smtplib.SMTPResponseException as error:
            raise _gone(line, _name(error.smtp_code, _bytes(error.smtp_error))) from error
        except (smtplib.SMTPException, OSError) as error:
            raise _gone(line, "mail.unreachable") from error
        return line


def _gone(line: smtplib.SMTP | None, code: str) -> MailUnavailableError:
    if line is not None:
        line.close()
    return MailUnavailableError("the mail server takes no letters", code=code)


def _name(code: int, text: bytes) -> str:
    """Give the codes of an answer; its words may repeat an address."""
    found = _ENHANCED.match(text)
    return f"smtp.{code} {found.group(1).decode('ascii')}" if found else f"smtp.{code}"


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
