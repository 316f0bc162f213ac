"""Errors of the station. People get a sentence in Spanish from the kiosk; `code` never changes.

StationError
├── ConfigError               a setting is unknown, missing or out of its range
├── KeyFileError              a key cannot be read, or others could read it
├── NotEnrolledError          the station has no epoch yet: `acopio-station enrol CLAIM`
├── QueueError
│   ├── SpoolError            the spool cannot be read or written
│   │   ├── SpoolUnsafeError  SQLite does not keep what durability needs
│   │   ├── SpoolBusyError    another process seals (or delivers) with this spool
│   │   ├── DiskFullError     no space left; nothing was accepted
│   │   └── IllegalTransitionError
│   ├── SealError             an apoyo was not sealed; nothing of it was kept
│   ├── CaptureRefusedError   the station may not take new apoyos now; `code` says why
│   └── ServerError
│       ├── ServerUnreachableError   no answer, or not from our server
│       ├── ServerBusyError          5xx or 429; `retry_after_s` when it said so
│       └── ServerRefusedError       a definite no, with the server's own `code`
└── camera, inference, peripherals and update hang their own from StationError in their `base.py`
"""


class StationError(Exception):
    """Anything the station could not do."""

    code = "station"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class ConfigError(StationError):
    """A setting is unknown, missing or out of its range; the message names it."""

    code = "config"


class KeyFileError(StationError):
    """A key cannot be read or written, or its file is open to others."""

    code = "keys"


class NotEnrolledError(StationError):
    """The station has no epoch, so it can neither seal nor deliver."""

    code = "not_enrolled"


class QueueError(StationError):
    """Sealing, keeping or delivering failed."""

    code = "queue"


class SpoolError(QueueError):
    """The spool cannot be read or written."""

    code = "spool"


class SpoolUnsafeError(SpoolError):
    """SQLite does not give what durability needs; the spool stays closed."""

    code = "spool.unsafe"


class SpoolBusyError(SpoolError):
    """Another process has this duty on this spool."""

    code = "spool.busy"


class DiskFullError(SpoolError):
    """There is no space left; what was being written was not accepted."""

    code = "disk.full"


class IllegalTransitionError(SpoolError):
    """A packet cannot go from its state to that one; nothing was changed."""

    code = "spool.transition"


class SealError(QueueError):
    """An apoyo was not sealed, and nothing of it was kept."""

    code = "seal"


class CaptureRefusedError(QueueError):
    """New apoyos are not taken now: `capture.disk_low`, `.revoked`, `.behind` or `.policy`."""

    code = "capture"


class ServerError(QueueError):
    """The server did not do what was asked."""

    code = "server"


class ServerUnreachableError(ServerError):
    """No answer came, or it was not from the server that enrolled this station."""

    code = "server.unreachable"


class ServerBusyError(ServerError):
    """The server asks to come back later: 5xx, 408 or 429."""

    code = "server.busy"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ServerRefusedError(ServerError):
    """The server said no; `code` is its own, `status` the HTTP status."""

    def __init__(self, message: str, *, code: str, status: int) -> None:
        super().__init__(message, code=code)
        self.status = status
