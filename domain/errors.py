"""Errors of the rules.

DomainError (ValueError)
├── MrzError             machine-readable zone
├── CurpError
├── ClaveElectorError
├── CicError
├── NumeroOcrError
├── FolioError           folio de registro
├── CitizenCodeError     the code on a citizen's slip
├── ActivationCodeError  the code that an auxiliar activates with
├── PartitionError       states that do not add up to the apoyos sent
└── ThresholdError       a threshold that cannot be evaluated

A message names the position or the rule and never repeats the value: it may end in a log.
"""

from __future__ import annotations


class DomainError(ValueError):
    """A value breaks a rule; `code` is stable and may be stored or sent."""

    code = "domain"


class MrzError(DomainError):
    """The three lines of the machine-readable zone cannot be read or built."""

    code = "mrz"


class CurpError(DomainError):
    """The text is no CURP."""

    code = "curp"


class ClaveElectorError(DomainError):
    """The text is no clave de elector."""

    code = "clave_elector"


class CicError(DomainError):
    """The text is no CIC."""

    code = "cic"


class NumeroOcrError(DomainError):
    """The text is no OCR number."""

    code = "numero_ocr"


class FolioError(DomainError):
    """The folio de registro cannot be composed or taken apart."""

    code = "folio"


class CitizenCodeError(DomainError):
    """The text is no citizen's code."""

    code = "citizen_code"


class ActivationCodeError(DomainError):
    """The text is no activation code."""

    code = "activation_code"


class PartitionError(DomainError):
    """The states of the apoyos do not add up to the apoyos sent."""

    code = "partition"


class ThresholdError(DomainError):
    """The threshold has no meaning with these figures."""

    code = "threshold"
