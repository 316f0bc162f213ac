"""Errors of what travels. Each has a stable `code`; a message names the place, never the value.

WireError
├── ShapeError            a JSON or TOML value does not have the agreed shape
├── TokenError            a signed token (JWS) is malformed, unsigned or signed by another key
├── PacketRefusedError    a packet is not accepted, in no part; `code` says why
├── EnvelopeError         a part could not be encrypted, or not opened with this key
├── RecordError           the record or the images of an opened apoyo are not as agreed
├── ReceiptError          a receipt is not the centre's, or speaks of another packet
├── CheckpointError      a head of the log of receipts is not the centre's
├── ReportError           the signature of a report is not the centre's, or not of this file
├── PolicyError           a policy or time token is not the centre's, or is an older one
├── StatementError        a close-out or passport is not its station's
├── ProofError            a request is not proved to come from its station
├── IdentityError         what a station says of itself before it is enrolled cannot be used
├── ReturnedError         a removable disk brings nothing that a centre returns
├── ClaimError            an enrolment claim cannot be used
└── BundleError           a release is not whole, not signed by enough keys, or for others
"""


class WireError(ValueError):
    """Anything that travelled and cannot be used."""

    code = "wire"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class ShapeError(WireError):
    """A value does not have the agreed shape; the message starts with its path."""

    code = "shape"


class TokenError(WireError):
    """A JWS is malformed, of another type or algorithm, or not signed by a known key."""

    code = "token"


class PacketRefusedError(WireError):
    """A packet was refused as a whole; `code` is one of `wire.packet.REFUSALS`."""

    code = "packet"


class EnvelopeError(WireError):
    """A part could not be encrypted to its recipients, or not opened with this key."""

    code = "envelope"


class RecordError(WireError):
    """The record or the images archive of an opened apoyo are not as agreed."""

    code = "record"


class ReceiptError(WireError):
    """A receipt is not the centre's, or does not speak of this packet."""

    code = "receipt"


class CheckpointError(WireError):
    """A signed head of the log of receipts is not the centre's."""

    code = "checkpoint"


class ReportError(WireError):
    """The signature of a report is not the centre's, or speaks of another file."""

    code = "report"


class PolicyError(WireError):
    """A policy or a time token is not the centre's, or is older than the one in force."""

    code = "policy"


class StatementError(WireError):
    """A close-out, passport or readiness report is not what its station signed."""

    code = "statement"


class ProofError(WireError):
    """A request does not prove that its station sent it; `code` says what is missing."""

    code = "proof"


class ClaimError(WireError):
    """An enrolment claim is malformed or has expired."""

    code = "claim"


class ReturnedError(WireError):
    """What a removable disk brings back is not of the agreed shape."""

    code = "returned.malformed"


class BundleError(WireError):
    """A release is not taken, in no part; `code` says why."""

    code = "bundle"


class IdentityError(WireError):
    """The request of a new station is malformed, or not signed with the key that it names."""

    code = "identity.malformed"
