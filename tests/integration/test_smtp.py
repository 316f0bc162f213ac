"""Letters over a real SMTP server on loopback: what is taken, postponed, refused, or cut."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from central.config import Config, MailConfig
from central.errors import ConfigError, MailUnavailableError, SecretError
from central.mail.base import Accepted, Postponed, Refused
from central.mail.opening import open_transport
from central.mail.smtp import SmtpTransport
from central.secrets import Secrets, write_private
from tests.mail_server import PASSWORD, USER, MailServer, private_tls, running_mail_server

NOW = datetime.now(UTC)


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes everything."""
    with running_mail_server() as mail:
        yield mail


def letter(to: str = "ana@acopio.example", text: str = "Buen día, Íñigo.\n") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "acopio@instituto.example", to, "Año nuevo"
    message.set_content(text, cte="quoted-printable")
    return message


class TestSmtp:
    def test_one_connection_carries_a_batch(self, server: MailServer) -> None:
        transport = SmtpTransport(server.config(), None)
        for number in range(5):
            assert transport.send(letter(f"a{number}@acopio.example")) == Accepted()
        transport.close()
        assert [one.to for one in server.received] == [f"a{n}@acopio.example" for n in range(5)]
        assert len(server.greetings) == 1

    def test_a_dot_alone_on_its_line_does_not_end_a_letter(self, server: MailServer) -> None:
        text = "antes\n.\n..\ndespués\n"
        SmtpTransport(server.config(), None).send(letter(text=text))
        assert server.received[0].text == text

    def test_greylisting_is_later_and_the_next_letter_is_not_touched(
        self, server: MailServer
    ) -> None:
        server.on_recipient = lambda to: "450 4.2.0 ana: Greylisted" if "ana" in to else None
        transport = SmtpTransport(server.config(), None)
        assert transport.send(letter("ana@acopio.example")) == Postponed("smtp.450 4.2.0")
        assert transport.send(letter("eva@acopio.example")) == Accepted()
        assert len(server.greetings) == 1

    @pytest.mark.parametrize(
        ("said", "answer"),
        [
            ("550 5.1.1 <ana@acopio.example> no such user", Refused("smtp.550 5.1.1")),
            ("552 5.2.2 full", Refused("smtp.552 5.2.2")),
            ("550 sin código", Refused("smtp.550")),
            ("452 4.2.2 full for now", Postponed("smtp.452 4.2.2")),
            # Relaying denied, authentication asked for: the operator's to mend, so it waits.
            ("554 5.7.1 relay access denied", Postponed("smtp.554 5.7.1")),
            ("530 5.7.0 authentication required", Postponed("smtp.530 5.7.0")),
        ],
    )
    def test_later_and_never_are_told_apart_without_a_word_of_the_person(
        self, server: MailServer, said: str, answer: object
    ) -> None:
        server.on_recipient = lambda _to: said
        assert SmtpTransport(server.config(), None).send(letter()) == answer

    def test_a_letter_refused_for_its_content_is_never(self, server: MailServer) -> None:
        server.on_letter = lambda _letter: "554 5.6.0 not like this"
        assert SmtpTransport(server.config(), None).send(letter()) == Refused("smtp.554 5.6.0")

    def test_a_cut_in_the_middle_counts_for_the_letter_and_the_next_one_connects_anew(
        self, server: MailServer
    ) -> None:
        server.cuts = 1
        transport = SmtpTransport(server.config(), None)
        assert transport.send(letter()) == Postponed("mail.cut")
        assert transport.send(letter()) == Accepted()
        assert len(server.greetings) == 2

    def test_a_server_that_is_not_there_is_no_letter_s_fault(self, server: MailServer) -> None:
        transport = SmtpTransport(server.config(port=1), None)
        with pytest.raises(MailUnavailableError) as gone:
            transport.open()
        assert gone.value.code == "mail.unreachable"

    def test_we_greet_with_the_domain_we_write_from(self, server: MailServer) -> None:
        SmtpTransport(server.config(), None).send(letter())
        assert server.greetings == ["instituto.example"]


class TestTls:
    @pytest.fixture
    def tls(self, tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
        return private_tls(tmp_path, "127.0.0.1", NOW)

    @pytest.fixture
    def secrets(self, tmp_path: Path) -> Secrets:
        write_private(tmp_path / "keys" / "smtp.secret", PASSWORD.encode())
        return Secrets(tmp_path / "keys")

    def test_a_password_goes_over_starttls_to_a_server_of_a_private_authority(
        self, tls: tuple[ssl.SSLContext, Path], secrets: Secrets
    ) -> None:
        context, authority = tls
        with running_mail_server(
            tls_context=context, require_starttls=True, asks_password=True
        ) as server:
            config = server.config(security="starttls", user=USER, authority=str(authority))
            transport = open_transport(Config(production=True, mail=config), secrets)
            assert transport.send(letter()) == Accepted()
            transport.close()
            assert server.sign_ins == 1

    def test_a_wrong_password_is_the_operator_s_to_mend(
        self, tls: tuple[ssl.SSLContext, Path]
    ) -> None:
        context, authority = tls
        with running_mail_server(tls_context=context, asks_password=True) as server:
            config = server.config(security="starttls", user=USER, authority=str(authority))
            with pytest.raises(MailUnavailableError) as gone:
                SmtpTransport(config, "otra").open()
        assert gone.value.code == "mail.auth"

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_certificate_of_nobody_we_know_gets_no_letter(
        self, tls: tuple[ssl.SSLContext, Path], security: str
    ) -> None:
        context, _ = tls
        options = {"tls_context" if security == "starttls" else "ssl_context": context}
        with running_mail_server(**options) as server:
            with pytest.raises(MailUnavailableError) as gone:
                SmtpTransport(server.config(security=security), None).open()
            assert server.received == []
        assert gone.value.code == "mail.tls"

    def test_tls_from_the_first_byte(self, tls: tuple[ssl.SSLContext, Path]) -> None:
        context, authority = tls
        with running_mail_server(ssl_context=context) as server:
            config = server.config(security="tls", authority=str(authority))
            assert SmtpTransport(config, None).send(letter()) == Accepted()

    def test_a_server_without_starttls_is_not_spoken_to_in_the_clear(
        self, server: MailServer
    ) -> None:
        with pytest.raises(MailUnavailableError) as gone:
            SmtpTransport(server.config(security="starttls"), None).open()
        assert gone.value.code == "mail.not_offered"


class TestOpening:
    @pytest.mark.parametrize(
        "mail",
        [
            MailConfig(driver="smtp"),
            MailConfig(driver="smtp", host="correo.example", security="none"),
            MailConfig(driver="smtp", host="127.0.0.1", security="none", user="x"),
            MailConfig(driver="smtp", host="correo.example", authority=__file__),
            MailConfig(driver="smtp", host="correo.example", user="x"),
        ],
    )
    def test_settings_that_are_not_safe_or_not_whole_are_refused(
        self, mail: MailConfig, tmp_path: Path
    ) -> None:
        write_private(tmp_path / "smtp.secret", "ñ".encode())
        with pytest.raises(ConfigError) as refused:
            open_transport(Config(mail=mail), Secrets(tmp_path))
        assert refused.value.code == "config.mail"

    def test_the_folder_does_not_start_in_production(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as refused:
            open_transport(Config(production=True), Secrets(tmp_path))
        assert refused.value.code == "config.stand_in"

    def test_a_password_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        mail = MailConfig(driver="smtp", host="correo.example", user="x")
        with pytest.raises(SecretError, match=r"smtp\.secret"):
            open_transport(Config(mail=mail), Secrets(tmp_path))

    def test_the_folder_keeps_each_letter_for_its_own_user(self, tmp_path: Path) -> None:
        mail = MailConfig(folder=str(tmp_path / "outbox"))
        transport = open_transport(Config(mail=mail), Secrets(tmp_path))
        message = letter()
        message["Message-ID"] = "<access.0123@acopio.example>"
        transport.send(message)
        (path,) = (tmp_path / "outbox").iterdir()
        assert (path.name, path.stat().st_mode & 0o777) == ("access.0123.eml", 0o600)
