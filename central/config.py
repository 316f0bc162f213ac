"""central.toml as frozen values: read once, unknown keys refused, paths relative to its folder."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from central.errors import ConfigError
from domain import station_condition
from wire.errors import ShapeError
from wire.shape import Limits, decode


@dataclass(frozen=True, slots=True)
class DatabaseConfig:
    """Where the rows are."""

    # SQLAlchemy URL: `sqlite:///file` or `postgresql+psycopg://user@host/name`.
    url: Annotated[str, Limits(most=500)] = "sqlite:///acopio.db"
    # Connections each process keeps (PostgreSQL).
    pool_size: Annotated[int, Limits(low=1, high=100)] = 5


@dataclass(frozen=True, slots=True)
class StorageConfig:
    """Where sealed packets are."""

    folder: Annotated[str, Limits(most=500)] = "packets"
    # A second folder, on another disk: a receipt is signed when both have the bytes.
    mirror: Annotated[str | None, Limits(most=500)] = None
    # Files that people give or ask for, sealed: attachments, reports.
    documents: Annotated[str, Limits(most=500)] = "documents"
    # Unfinished uploads older than this are removed.
    upload_ttl_h: Annotated[int, Limits(low=1, high=24 * 60, unit="h")] = 24 * 7


@dataclass(frozen=True, slots=True)
class KeysConfig:
    """Where keys and secrets are: a folder of files 0600, or of systemd credentials."""

    folder: Annotated[str, Limits(most=500)] = "keys"


@dataclass(frozen=True, slots=True)
class StationsConfig:
    """What stations are told and asked."""

    # The address of the station API as stations reach it; it goes into each claim file.
    url: Annotated[str, Limits(pattern=r"https?://[^\s/]+")] = "https://127.0.0.1:8443"
    # How long a claim file may be used to enrol.
    claim_ttl_h: Annotated[int, Limits(low=1, high=24 * 90, unit="h")] = 72
    # How long an auxiliar may activate with the code of an invitation.
    activation_ttl_h: Annotated[int, Limits(low=1, high=24 * 365, unit="h")] = 24 * 14
    # So many wrong codes, and the auxiliar needs a new one.
    activation_tries: Annotated[int, Limits(low=1, high=100)] = 10
    # How long a server nonce may be used in a proof of possession.
    nonce_ttl_s: Annotated[int, Limits(low=30, high=3600, unit="s")] = 300
    certificate_days: Annotated[int, Limits(low=1, high=825, unit="days")] = 365
    # Below this version stations are told to update; empty: no minimum.
    minimum_software: Annotated[str, Limits(most=40)] = ""


@dataclass(frozen=True, slots=True)
class ReleasesConfig:
    """Releases that stations are offered."""

    # Folder of the bundles.
    folder: Annotated[str, Limits(most=500)] = "releases"
    # Public halves of the release keys, and how many have to sign; the private ones are offline.
    keys: Annotated[str, Limits(most=500)] = "release-keys.pem"
    signatures: Annotated[int, Limits(low=1, high=8)] = 2
    # Least age in one ring before the next.
    ring_h: Annotated[int, Limits(low=0, high=24 * 60, unit="h")] = 24
    # So many stations of a ring that returned from a release stop it.
    halt_after: Annotated[int, Limits(low=1, high=1000)] = 2


@dataclass(frozen=True, slots=True)
class VaultConfig:
    """The only process with the opening key."""

    socket: Annotated[str, Limits(most=100)] = "run/vault.sock"
    # Age identities, one a line; a file of the vault's own user, or its systemd credential.
    identity: Annotated[str, Limits(most=500)] = "vault/opening.age"
    # Users (uid) that may ask besides the vault's own.
    clients: Annotated[tuple[int, ...], Limits(low=0, most=16)] = ()
    # Users (uid) that may show an aspirante what a hearing has opened, and ask for nothing else:
    # the web's.
    hearing_clients: Annotated[tuple[int, ...], Limits(low=0, most=16)] = ()
    timeout_s: Annotated[float, Limits(low=0.1, high=120, unit="s")] = 10.0
    # Most images opened for one person in an hour.
    images_per_hour: Annotated[int, Limits(low=1, high=100_000)] = 600


@dataclass(frozen=True, slots=True)
class RegisterConfig:
    """Who answers the situación registral."""

    driver: Annotated[str, Limits(pattern=r"synthetic")] = "synthetic"


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """How verification goes about its work."""

    batch: Annotated[int, Limits(low=1, high=1000)] = 20
    lease_s: Annotated[int, Limits(low=1, high=3600, unit="s")] = 60
    # A record that fails this often is set aside for a person.
    tries: Annotated[int, Limits(low=1, high=100)] = 8
    # Pause between looks at an empty queue.
    idle_s: Annotated[float, Limits(low=0.05, high=60, unit="s")] = 1.0
    # Wait before the second try; it doubles with each further one.
    backoff_s: Annotated[float, Limits(low=0.1, high=3600, unit="s")] = 5.0


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """The web server."""

    # Processes, and threads in each (gunicorn gthread).
    workers: Annotated[int, Limits(low=1, high=64)] = 2
    threads: Annotated[int, Limits(low=1, high=64)] = 4
    # The address of the portal as people reach it, for links in letters and redirects.
    public_url: Annotated[str, Limits(pattern=r"https?://[^\s]+")] = "http://127.0.0.1:8080"
    # Reverse proxies in front that set X-Forwarded-*; 0 when people reach us directly.
    proxies: Annotated[int, Limits(low=0, high=5)] = 0


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One way to sign in: `openid` (discovery) or `facebook` (OAuth 2 without id_token)."""

    name: Annotated[str, Limits(pattern=r"[a-z]{1,20}")]
    label: Annotated[str, Limits(most=40)]
    kind: Annotated[str, Limits(pattern=r"openid|facebook")] = "openid"
    issuer: Annotated[str, Limits(most=300)] = ""
    client_id: Annotated[str, Limits(most=300)] = ""
    # The client secret is the file `provider-<name>.secret` among the keys.


@dataclass(frozen=True, slots=True)
class PortalConfig:
    """Pages for people."""

    session_hours: Annotated[int, Limits(low=1, high=24, unit="h")] = 8
    idle_minutes: Annotated[int, Limits(low=1, high=24 * 60, unit="min")] = 30
    # The same for the authority's people, whose pages reach further.
    staff_session_hours: Annotated[int, Limits(low=1, high=24, unit="h")] = 4
    staff_idle_minutes: Annotated[int, Limits(low=1, high=24 * 60, unit="min")] = 15
    # So many mistakes of one of the authority's people close their sign-in for so long.
    staff_tries: Annotated[int, Limits(low=1, high=100)] = 5
    staff_lock_minutes: Annotated[int, Limits(low=1, high=24 * 60, unit="min")] = 15
    # Tries to sign in with a password that one address may make in a minute, in each process.
    staff_attempts_per_minute: Annotated[int, Limits(low=1, high=1000)] = 10
    providers: Annotated[tuple[ProviderConfig, ...], Limits(most=8)] = ()
    # Most auxiliares in one file.
    file_rows: Annotated[int, Limits(low=1, high=20_000)] = 5_000
    # Where the source of this very server can be had; the licence asks for it of a changed one.
    source_url: Annotated[str, Limits(pattern=r"(https?://[^\s]+)?", most=300)] = ""


@dataclass(frozen=True, slots=True)
class ReportsConfig:
    """Reports that people ask for as files."""

    # How long a file can be downloaded; its row in the log stays.
    keep_days: Annotated[int, Limits(low=1, high=365, unit="days")] = 14
    # A PDF is laid out in memory: rows beyond these are in CSV and XLSX only.
    pdf_rows: Annotated[int, Limits(low=100, high=20_000, unit="rows")] = 1_000
    # Unfinished reports that one aspirante may have at a time.
    waiting: Annotated[int, Limits(low=1, high=1_000)] = 10
    lease_s: Annotated[int, Limits(low=2, high=3600, unit="s")] = 60
    # A report that fails this often is given up.
    tries: Annotated[int, Limits(low=1, high=100)] = 3


@dataclass(frozen=True, slots=True)
class MailConfig:
    """Letters to people: how they leave, and when."""

    # `folder` writes files instead of sending: a stand-in for demo and tests.
    driver: Annotated[str, Limits(pattern=r"smtp|folder")] = "folder"
    folder: Annotated[str, Limits(most=500)] = "outbox"
    host: Annotated[str, Limits(most=255)] = ""
    port: Annotated[int, Limits(low=1, high=65_535)] = 587
    # `starttls` (587), `tls` from the first byte (465), `none` for a relay on this machine.
    security: Annotated[str, Limits(pattern=r"starttls|tls|none")] = "starttls"
    # Certificates (PEM) to trust besides those of the system, where the server has its own CA.
    authority: Annotated[str | None, Limits(most=500)] = None
    # Empty: without a password. The password is the file `smtp.secret` among the keys.
    user: Annotated[str, Limits(most=254)] = ""
    # The name we greet the server with; empty: the domain of `from_address`.
    hello: Annotated[str, Limits(pattern=r"[A-Za-z0-9.-]*", most=255)] = ""
    timeout_s: Annotated[float, Limits(low=1, high=120, unit="s")] = 15.0
    from_address: Annotated[str, Limits(pattern=r"[^@\s<>\"]+@[^@\s<>\"]+", most=254)] = (
        "acopio@localhost"
    )
    from_name: Annotated[str, Limits(pattern=r"[^\x00-\x1f]*", most=80)] = "Acopio"
    reply_to: Annotated[str, Limits(pattern=r"([^@\s<>\"]+@[^@\s<>\"]+)?", most=254)] = ""
    # Letters of one turn of the worker, whose other duties wait meanwhile.
    batch: Annotated[int, Limits(low=1, high=500)] = 20
    # All workers together; more at once, and other servers take us for a source of spam.
    per_minute: Annotated[int, Limits(low=1, high=10_000, unit="letters")] = 60
    lease_s: Annotated[int, Limits(low=30, high=3600, unit="s")] = 600
    # A letter that the other side postpones this often is given up, after some 60 hours.
    tries: Annotated[int, Limits(low=1, high=100)] = 24
    # Wait before the second try; it doubles with each further one, up to 4 hours.
    backoff_s: Annotated[float, Limits(low=1, high=3600, unit="s")] = 60.0
    # How long the link of the letter with the access data is good, once.
    access_ttl_h: Annotated[int, Limits(low=1, high=24 * 90, unit="h")] = 24 * 7
    # Hour of the day, in the zone of the process, from which the daily letters leave.
    digest_hour: Annotated[int, Limits(low=0, high=23, unit="h")] = 8


@dataclass(frozen=True, slots=True)
class FleetConfig:
    """From where on a station is in trouble."""

    # Not heard for so long while somebody worked there or something waited: silent.
    silent_after_min: Annotated[int, Limits(low=5, high=24 * 60, unit="min")] = 30
    # A station that was left with nothing to deliver is missed after so long.
    rest_at_most_h: Annotated[int, Limits(low=1, high=24 * 90, unit="h")] = 72
    # What was sealed should have arrived after so long.
    waiting_after_h: Annotated[int, Limits(low=1, high=24 * 30, unit="h")] = 4

    @property
    def limits(self) -> station_condition.Limits:
        """The same, as the rules take it; what else is a trouble is fixed."""
        return station_condition.Limits(
            silent_s=self.silent_after_min * 60,
            resting_s=self.rest_at_most_h * 3600,
            waiting_s=self.waiting_after_h * 3600,
        )


@dataclass(frozen=True, slots=True)
class Config:
    """Everything an operator may set."""

    # In production an insecure stand-in (plain http, a local sign-in provider) does not start.
    production: bool = False
    database: DatabaseConfig = dataclasses.field(default_factory=DatabaseConfig)
    storage: StorageConfig = dataclasses.field(default_factory=StorageConfig)
    keys: KeysConfig = dataclasses.field(default_factory=KeysConfig)
    stations: StationsConfig = dataclasses.field(default_factory=StationsConfig)
    releases: ReleasesConfig = dataclasses.field(default_factory=ReleasesConfig)
    vault: VaultConfig = dataclasses.field(default_factory=VaultConfig)
    register: RegisterConfig = dataclasses.field(default_factory=RegisterConfig)
    worker: WorkerConfig = dataclasses.field(default_factory=WorkerConfig)
    server: ServerConfig = dataclasses.field(default_factory=ServerConfig)
    portal: PortalConfig = dataclasses.field(default_factory=PortalConfig)
    mail: MailConfig = dataclasses.field(default_factory=MailConfig)
    reports: ReportsConfig = dataclasses.field(default_factory=ReportsConfig)
    fleet: FleetConfig = dataclasses.field(default_factory=FleetConfig)


def read_config(path: Path) -> Config:
    """Read central.toml; paths in it that are relative count from its own folder.

    Raises:
        ConfigError: It cannot be read, is not TOML, or a setting is unknown or out of range.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}", code="config.missing"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}", code="config.syntax") from error
    try:
        config = decode(Config, table)
    except ShapeError as error:
        raise ConfigError(f"{path}: {error}", code="config.setting") from error
    return anchored(config, path.resolve().parent)


def anchored(config: Config, folder: Path) -> Config:
    """Return the settings with every relative path counted from `folder`."""

    def absolute(path: str) -> str:
        return str(folder / path)

    return dataclasses.replace(
        config,
        database=dataclasses.replace(
            config.database, url=_anchored_url(config.database.url, folder)
        ),
        storage=dataclasses.replace(
            config.storage,
            folder=absolute(config.storage.folder),
            documents=absolute(config.storage.documents),
            mirror=None if config.storage.mirror is None else absolute(config.storage.mirror),
        ),
        keys=KeysConfig(absolute(config.keys.folder)),
        releases=dataclasses.replace(
            config.releases,
            folder=absolute(config.releases.folder),
            keys=absolute(config.releases.keys),
        ),
        vault=dataclasses.replace(
            config.vault,
            socket=absolute(config.vault.socket),
            identity=absolute(config.vault.identity),
        ),
        mail=dataclasses.replace(
            config.mail,
            folder=absolute(config.mail.folder),
            authority=None if config.mail.authority is None else absolute(config.mail.authority),
        ),
    )


def _anchored_url(url: str, folder: Path) -> str:
    scheme, found, path = url.partition(":///")
    if not found or not scheme.startswith("sqlite") or path in ("", ":memory:"):
        return url
    return f"{scheme}:///{folder / path}"
