"""Where the centre's parts meet: everything is built here and nowhere else."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from central import api, portal
from central.clock import SystemClock
from central.config import Config
from central.errors import ConfigError
from central.intake.activation import ActivationOffice
from central.intake.certificates import CertificateOffice
from central.intake.enrolment import Enrolment
from central.intake.feed import StationFeed
from central.intake.nonces import NonceBook
from central.intake.policy import PolicyOffice
from central.intake.receive import Intake
from central.intake.releases import Pace, ReleaseStore
from central.models.database import Database
from central.review.pictures import PictureDesk
from central.secrets import Secrets
from central.services import Services, install
from central.storage.citizens import CitizenSealer
from central.storage.opening import open_blobs, open_documents
from central.vault.client import VaultClient
from domain.clock import Clock

# A packet comes in chunks of 1 MiB; the pages and the other calls bound themselves lower.
_MOST_BYTES = 2 * 1024 * 1024


def create_app(config: Config, clock: Clock | None = None) -> Flask:
    """Build the web application: portal for people, /api/v1 for stations.

    Raises:
        ConfigError: An insecure stand-in is configured in production.
        SecretError: A key is missing or readable by others.
    """
    check_production(config)
    app = Flask("central", static_folder=None, template_folder=None)
    parts = build_services(config, clock or SystemClock())
    app.config.update(MAX_CONTENT_LENGTH=_MOST_BYTES)
    install(app, parts)
    api.register(app)
    portal.register(app)
    if config.server.proxies:
        count = config.server.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # Flask's documented way
    return app


def build_services(config: Config, clock: Clock) -> Services:
    """Build the parts of one web process."""
    secrets = Secrets(Path(config.keys.folder))
    database = Database(config.database.url, pool_size=config.database.pool_size)
    nonces = NonceBook(secrets.random("nonce"), config.stations.nonce_ttl_s)
    receipts = secrets.signer("receipts")
    policies = PolicyOffice(
        database,
        secrets.signer("policy"),
        secrets.verifying_keys(),
        clock,
        config.stations.minimum_software,
    )
    certificates = CertificateOffice(
        secrets.signer("stations-authority"),
        secrets.certificate("stations-authority"),
        config.stations.certificate_days,
    )
    return Services(
        config=config,
        clock=clock,
        database=database,
        secrets=secrets,
        citizens=CitizenSealer(secrets.random("citizens")),
        documents=open_documents(config, secrets),
        nonces=nonces,
        enrolment=Enrolment(
            database,
            policies,
            nonces,
            receipts,
            certificates,
            clock,
            Pace(config.releases.ring_h, config.releases.halt_after),
            config.fleet.limits,
            config.stations.minimum_software,
            secrets.signer("policy"),
        ),
        activation=ActivationOffice(
            database,
            policies,
            clock,
            ttl_h=config.stations.activation_ttl_h,
            tries=config.stations.activation_tries,
        ),
        feed=StationFeed(database, policies),
        releases=ReleaseStore(Path(config.releases.folder)),
        intake=Intake(database, open_blobs(config), receipts, nonces, clock),
        pictures=PictureDesk(
            database,
            clock,
            lambda: VaultClient(Path(config.vault.socket), timeout_s=config.vault.timeout_s),
        ),
    )


def check_production(config: Config) -> None:
    """Refuse in production what is only meant for a laptop.

    Raises:
        ConfigError: A setting is a stand-in.
    """
    if not config.production:
        return
    stand_ins = {
        "server.public_url": config.server.public_url.startswith("http://"),
        "stations.url": config.stations.url.startswith("http://"),
        "mail.driver": config.mail.driver == "folder",
        "register.driver": config.register.driver == "synthetic",
        "portal.providers": any(
            provider.issuer.startswith("http://") for provider in config.portal.providers
        ),
    }
    refused = [name for name, is_stand_in in stand_ins.items() if is_stand_in]
    if refused:
        raise ConfigError(
            f"not in production: {', '.join(refused)} is a stand-in", code="config.stand_in"
        )
