"""A letter read back as a program for mail reads it: headers, alphabets, lines, links."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.config import MailConfig
from central.errors import InvalidInputError
from central.mail.letter import (
    Button,
    Code,
    Facts,
    HelpDesk,
    Letter,
    Note,
    Paragraph,
    Steps,
)
from central.mail.rendering import Renderer
from central.models import MailKind

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
URL = "https://portal.example/reports/advance?solicitud=SOL001&x=1"
RENDERER = Renderer(
    MailConfig(
        from_address="acopio@instituto.example",
        from_name="Instituto «Ñandú»",
        reply_to="mesa@instituto.example",
    )
)
BLOCKS = (
    Paragraph(
        "Añadió <b>Íñigo</b> & compañía, con una frase que pasa de los setenta y dos signos."
    ),
    Facts((("Folio", "SOL001"), ("Cargo", "Gubernatura"))),
    Steps("Pasos:", ("Toque «Activar».", "Escriba el código.")),
    Code("Código", "ABCD-EFGH-JKMN"),
    Button("Ver", URL),
    Note("Sólo una vez."),
)


def letter(**changes: object) -> Letter:
    values: dict[str, object] = {
        "kind": MailKind.DIGEST,
        "to": "inigo.munoz@acopio.example",
        "to_name": "ÍÑIGO MUÑOZ",
        "subject": "Año nuevo: 4,213 apoyos el domingo",
        "summary": "Resumen",
        "greeting": "Buen día, Íñigo:",
        "blocks": BLOCKS,
        "why": "Recibe esta carta porque sí.",
        "help": HelpDesk("800 433 2000", "mesa@instituto.example"),
        "choice_url": "https://portal.example/notices",
        **changes,
    }
    return Letter(**values)  # type: ignore[arg-type]


def sent(one: Letter) -> tuple[bytes, EmailMessage]:
    raw = RENDERER.render(one, number="7", now=NOW).as_bytes(policy=SMTP)
    return raw, message_from_bytes(raw, policy=default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def page(message: EmailMessage) -> _Page:
    found = _Page()
    found.feed(body(message, "html"))
    return found


class TestLetter:
    def test_headers_say_who_when_and_that_a_program_wrote_it(self) -> None:
        _, message = sent(letter())
        (author,) = message["From"].addresses
        assert (author.display_name, author.addr_spec) == (
            "Instituto «Ñandú»",
            "acopio@instituto.example",
        )
        assert message["To"].addresses[0].addr_spec == "inigo.munoz@acopio.example"
        assert message["To"].addresses[0].display_name == "ÍÑIGO MUÑOZ"
        assert message["Subject"] == "Año nuevo: 4,213 apoyos el domingo"
        assert message["Date"].datetime == NOW
        assert message["Reply-To"] == "mesa@instituto.example"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Id"] == "Acopio <digest.acopio.instituto.example>"
        assert message["List-Unsubscribe"] == "<https://portal.example/notices>"
        assert message["Content-Language"] == "es-MX"
        assert re.fullmatch(r"<digest\.[0-9a-f]{32}@instituto\.example>", message["Message-ID"])

    def test_it_is_ascii_in_short_lines_for_whatever_lies_between(self) -> None:
        raw, message = sent(letter(subject="Ñ" * 150))
        assert raw.isascii()
        assert max(len(line) for line in raw.split(b"\r\n")) <= 78
        assert message["Subject"] == "Ñ" * 150
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]

    def test_text_and_html_say_the_same(self) -> None:
        _, message = sent(letter())
        text, html = " ".join(body(message, "plain").split()), page(message)
        words = " ".join(html.words.split())
        for said in (
            "Buen día, Íñigo:",
            "Añadió <b>Íñigo</b> & compañía",
            "SOL001",
            "Toque «Activar».",
            "ABCD-EFGH-JKMN",
            URL,
            "Sólo una vez.",
            "800 433 2000",
        ):
            assert said in text
            assert said in words
        links = {attributes["href"] for tag, attributes in html.tags if tag == "a"}
        assert links == {URL, "https://portal.example/notices"}
        assert all(link in text for link in links if link)

    def test_an_address_stays_on_one_line_of_the_text(self) -> None:
        long = "https://portal.example/welcome/" + "a" * 120
        _, message = sent(letter(blocks=(Button("Portal captación", long),)))
        assert long in body(message, "plain").split("\n")

    def test_nothing_is_fetched_and_nothing_runs(self) -> None:
        _, message = sent(letter())
        html = page(message)
        assert not {tag for tag, _ in html.tags} & {"img", "script", "link", "iframe", "form"}
        assert "url(" not in body(message, "html")
        assert all("src" not in attributes for _, attributes in html.tags)
        assert sum(1 for block in BLOCKS if isinstance(block, Button)) == 1

    def test_the_same_letter_has_the_same_id_and_another_has_another(self) -> None:
        ids = [
            RENDERER.render(letter(), number=number, now=NOW)["Message-ID"]
            for number in ("1", "1", "2")
        ]
        assert ids[0] == ids[1] != ids[2]


class TestInjection:
    @pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x00"])
    @pytest.mark.parametrize("where", ["subject", "to_name"])
    def test_no_name_or_subject_begins_another_header(self, where: str, break_: str) -> None:
        raw, message = sent(letter(**{where: f"Ana{break_}Bcc: otra@acopio.example"}))
        assert message["Bcc"] is None
        assert len(message["To"].addresses) == 1
        assert b"\r\nBcc:" not in raw

    @pytest.mark.parametrize(
        "address",
        [
            "ana@acopio.example\r\nBcc: otra@acopio.example",
            "ana@acopio.example, otra@acopio.example",
            "ana@acopio.example>",
            "<ana@acopio.example>",
            "ana acopio@acopio.example",
            "ana@otra@acopio.example",
            '"ana\\"@acopio.example',
            "ana@acopio.example otra",
            "ñandú@acopio.example",
            "ana@",
            "@acopio.example",
            "ana",
            "",
            "ana@" + "a" * 64 + ".example",
            "ana@a..example",
        ],
    )
    def test_what_is_not_one_plain_mailbox_is_refused(self, address: str) -> None:
        with pytest.raises(InvalidInputError) as refused:
            RENDERER.render(letter(to=address), number="7", now=NOW)
        assert refused.value.code == "mail.address"
        assert "ana" not in str(refused.value)

    def test_a_domain_with_its_own_letters_is_spelled_for_the_wire(self) -> None:
        _, message = sent(letter(to="ana@correo.muñoz.example"))
        assert message["To"].addresses[0].addr_spec == "ana@correo.xn--muoz-hqa.example"

    @settings(max_examples=60)
    @given(st.text(max_size=80), st.text(max_size=80))
    def test_whatever_people_are_called_the_letter_has_one_reader(
        self, subject: str, name: str
    ) -> None:
        if any(0xD800 <= ord(c) <= 0xDFFF for c in subject + name):
            return
        raw, message = sent(letter(subject=subject, to_name=name, greeting=name))
        assert [a.addr_spec for a in message["To"].addresses] == ["inigo.munoz@acopio.example"]
        known = {"from", "to", "reply-to", "subject", "date", "message-id", "list-id"}
        known |= {"list-unsubscribe", "auto-submitted", "x-auto-response-suppress"}
        known |= {"content-language", "mime-version", "content-type"}
        assert {key.lower() for key in message} == known
        assert raw.isascii()
