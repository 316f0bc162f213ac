"""A letter as the message that leaves: headers, plain text, and HTML that an old phone can show."""

from __future__ import annotations

import hashlib
import re
import textwrap
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from central.config import MailConfig
from central.errors import ConfigError, InvalidInputError
from central.mail.language import TAG, catalogue
from central.mail.letter import Letter

_WIDTH = 72
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)+")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")


class Renderer:
    """Draws letters; made once per process.

    Raises:
        ConfigError: The address that letters are from is none.
    """

    def __init__(self, config: MailConfig) -> None:
        self._config = config
        try:
            config.from_address.encode("ascii")  # servers take a name beyond it as `xn--…` only
            self._author = Address(config.from_name, addr_spec=config.from_address)
        except (HeaderParseError, ValueError, IndexError) as error:
            raise ConfigError("mail.from_address: not an address", code="config.mail") from error
        self._domain = config.from_address.rpartition("@")[2]
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=select_autoescape(["html"]),
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
        )
        self._templates.install_gettext_translations(catalogue(), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
        self._templates.filters["filled"] = _filled
        self._templates.tests["block"] = lambda block, name: type(block).__name__ == name

    def render(self, letter: Letter, *, number: str, now: datetime) -> EmailMessage:
        """Make the message; the same number gives the same Message-ID.

        Raises:
            InvalidInputError: The address is none that a letter can be sent to.
        """
        message = EmailMessage()
        message["From"] = self._author
        message["To"] = _address(letter.to_name, letter.to)
        if self._config.reply_to:
            message["Reply-To"] = self._config.reply_to
        subject = one_line(letter.subject)
        message["Subject"] = subject
        message["Date"] = format_datetime(now)
        name = hashlib.sha256(number.encode("utf-8")).hexdigest()[:32]
        message["Message-ID"] = f"<{letter.kind.value}.{name}@{self._domain}>"
        message["List-Id"] = f"Acopio <{letter.kind.value}.acopio.{self._domain}>"
        if letter.choice_url:
            message["List-Unsubscribe"] = f"<{letter.choice_url}>"
        # No program answers: neither an absence notice nor a list (RFC 3834; Exchange's own).
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        values = {"letter": letter, "subject": subject, "tag": TAG}
        text = self._templates.get_template("letter.txt").render(values)
        # Quoted-printable keeps every line under 76 characters, whatever the servers between do.
        message.set_content(_tidy(text), cte="quoted-printable")
        html = self._templates.get_template("letter.html").render(values)
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        message["Content-Language"] = TAG
        return message


def one_line(text: str) -> str:
    """Give a text without anything that ends a header."""
    return _CONTROL.sub(" ", text).strip()


def _address(name: str, address: str) -> Address:
    """Make an address; whatever could be read as two, or as another header, is refused.

    Raises:
        InvalidInputError: It is not one plain mailbox.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        spelled = domain.encode("idna").decode("ascii")
        if _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(spelled):
            return Address(one_line(name), local, spelled)
    except (UnicodeError, HeaderParseError, ValueError):
        pass  # told below, as any other
    raise InvalidInputError("not an address for letters", field="email", code="mail.address")


def _filled(text: str, first: str = "", rest: str = "") -> str:
    """Wrap a paragraph; an address in it is never broken."""
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
