"""Errors of the centre. Each leaf has a stable `code`, and the HTTP status that answers for it.

    CentralError
    ├── ConfigError            central.toml cannot be used
    ├── SecretError            a key file is missing, malformed or readable by others
    ├── DatabaseNotReadyError  no database, or its tables are of another release
    ├── NotFoundError          no such thing, or not for this person: the answer is the same
    ├── InvalidInputError      what a person or a file says cannot be accepted
    ├── ConflictError          it is already otherwise
    ├── StationRefusedError    a station's request is not proved, or its station is unknown
    ├── PacketHeldError        a packet is not accepted: a person decides, nothing is deleted
    ├── StorageError
    │   ├── OffsetError        a chunk does not continue what is there
    │   └── BlobMissingError   bytes that the database names are not there
    ├── RegisterUnavailableError  the register did not answer; asking again later may help
    ├── MailUnavailableError   the mail server does not take letters just now, whatever they say
    ├── PictureError           an image of a contested record cannot be shown
    └── VaultError
        ├── VaultUnavailableError  the vault's socket does not answer
        └── VaultRefusedError      the vault will not, or cannot, open this record

A message says what is wrong and never repeats a person's data: it may end in a log.
"""

from __future__ import annotations


class CentralError(Exception):
    """Anything the centre refuses by itself."""

    code = "central"
    status = 500

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status


class ConfigError(CentralError):
    """central.toml cannot be read, or a setting is unknown or out of its range."""

    code = "config"


class SecretError(CentralError):
    """A key file is missing, malformed, or readable by others than its owner."""

    code = "secret"


class DatabaseNotReadyError(CentralError):
    """The database does not answer, or its tables are of another release."""

    code = "database.not_ready"
    status = 503


class NotFoundError(CentralError):
    """There is no such thing, or it is not for who asks; the two are not told apart."""

    code = "not_found"
    status = 404


class InvalidInputError(CentralError):
    """What a person or a file says cannot be accepted; `field` names where."""

    code = "input"
    status = 422

    def __init__(self, message: str, *, field: str = "", code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


class ConflictError(CentralError):
    """The thing exists already, or has gone on meanwhile."""

    code = "conflict"
    status = 409


class StationRefusedError(CentralError):
    """A request is not proved to come from an enrolled station."""

    code = "station.refused"
    status = 401


class PacketHeldError(CentralError):
    """A packet is not accepted as it is. The station keeps it and a person decides."""

    code = "packet.held"
    status = 422


class StorageError(CentralError):
    """Bytes could not be written or read; trying again later may help."""

    code = "storage"
    status = 503


class OffsetError(StorageError):
    """A chunk does not begin where the bytes received so far end; `expected` is where."""

    code = "upload.offset"
    status = 409

    def __init__(self, message: str, *, expected: int) -> None:
        super().__init__(message)
        self.expected = expected


class BlobMissingError(StorageError):
    """The bytes of a packet are not where they were stored."""

    code = "storage.missing"


class RegisterUnavailableError(CentralError):
    """The register did not answer."""

    code = "register.unavailable"
    status = 503


class MailUnavailableError(CentralError):
    """The mail server does not answer, or refuses us altogether; letters wait."""

    code = "mail.unavailable"
    status = 503


class PictureError(CentralError):
    """An image of a contested record cannot be shown; `code` says why."""

    code = "picture"
    status = 403


class VaultError(CentralError):
    """A record could not be opened."""

    code = "vault"


class VaultUnavailableError(VaultError):
    """The vault does not answer; trying again later may help."""

    code = "vault.unavailable"
    status = 503


class VaultRefusedError(VaultError):
    """The vault will not or cannot open this record; trying again does not help."""

    code = "vault.refused"
    status = 403
