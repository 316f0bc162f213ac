"""What verification takes from the opened `record` part of a packet."""

from __future__ import annotations

from dataclasses import dataclass, field

from central.storage.citizens import CitizenNames
from central.verification.decide import Risk
from domain.credential.text import fold, normalise_printed
from wire.canonical import loads
from wire.record import Record as WireRecord
from wire.shape import decode


@dataclass(frozen=True, slots=True)
class Captured:
    """Who gave the apoyo, and what about the capture should be looked at."""

    names: CitizenNames
    risk: Risk
    clave_elector: str | None = field(repr=False)


def read_captured(padded: bytes) -> Captured:
    """Read the plaintext that the vault gave; it has checked its shape and its packet.

    Raises:
        ShapeError: It is not a record.
    """
    record = decode(WireRecord, loads(padded))
    capture = record.capture
    scores = [attack.score for attack in capture.attacks]
    detected = [f"attack_{attack.kind}" for attack in capture.attacks if attack.detected]
    typed = {f.source.value for f in capture.fields.values()} & {"typed"}
    clave = _text(record, "clave_elector")
    return Captured(
        names=CitizenNames(
            nombres=normalise_printed(_text(record, "nombres")),
            apellido_paterno=normalise_printed(_text(record, "apellido_paterno")),
            apellido_materno=normalise_printed(_text(record, "apellido_materno")),
            clave_elector=clave,
        ),
        risk=Risk(
            attack_permille=round(max(scores) * 1000) if scores else None,
            checks=tuple(capture.checks),
            flags=tuple(dict.fromkeys([*capture.flags, *detected, *typed])),
        ),
        clave_elector=fold(clave).replace(" ", "") or None,
    )


def _text(record: WireRecord, name: str) -> str:
    found = record.capture.fields.get(name)
    if found is None:
        return ""
    return found.value if isinstance(found.value, str) else " ".join(found.value)
