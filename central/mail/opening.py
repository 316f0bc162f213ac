"""Chooses the way out that the configuration names, and refuses what is not safe."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from central.config import Config
from central.errors import ConfigError
from central.mail.base import Transport
from central.mail.folder import FolderTransport
from central.mail.smtp import SmtpTransport
from central.secrets import Secrets


def open_transport(config: Config, secrets: Secrets) -> Transport:
    """Give the transport of the configuration; nothing is sent yet.

    Raises:
        ConfigError: The settings do not make a whole, or are a stand-in in production.
        SecretError: The password cannot be read.
    """
    mail = config.mail
    if mail.driver == "folder":
        if config.production:
            raise ConfigError(
                "not in production: mail.driver is a stand-in", code="config.stand_in"
            )
        return FolderTransport(Path(mail.folder))
    if not mail.host:
        raise ConfigError("mail.host: smtp needs a server", code="config.mail")
    if mail.security == "none" and (mail.user or not is_loopback(mail.host)):
        raise ConfigError(
            "mail.security: without TLS only to this machine, and without a password",
            code="config.mail",
        )
    password = secrets.text("smtp") if mail.user else None
    if not (mail.user + (password or "")).isascii():
        # SASL has words for others, smtplib has not.
        raise ConfigError("mail.user, smtp.secret: ASCII alone", code="config.mail")
    try:
        return SmtpTransport(mail, password)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(
            f"mail.authority: {mail.authority}: not a file of certificates", code="config.mail"
        ) from error


def is_loopback(host: str) -> bool:
    """Say whether a server is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
