"""The printed fields of a front among a peer's lines: by label, by format and by neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.peers.text import Part
from domain.credential.text import normalise_printed

_YEAR = r"(?:19|20)\d{2}"
# What a value looks like once look-alikes are digits; the groups are joined by the second text.
_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "anio_registro": (re.compile(rf"({_YEAR})[ .]?(\d{{2}})"), " "),
    "emision": (re.compile(rf"({_YEAR})"), ""),
    "vigencia": (re.compile(rf"({_YEAR})(?: ?([-–—~.]) ?({_YEAR}))?"), ""),
    "seccion": (re.compile(r"(\d{4})"), ""),
    "fecha_nacimiento": (re.compile(r"(\d{2})[/.\-1 ]?(\d{2})[/.\-1 ]?((?:19|20)\d{2})"), "/"),
    "sexo": (re.compile(r"([HMX])"), ""),
    "estado": (re.compile(r"(\d{2})"), ""),
    "municipio": (re.compile(r"(\d{3})"), ""),
    "localidad": (re.compile(r"(\d{4})"), ""),
}
_FOOT = {
    "seccion": re.compile(rf"^(\d{{4}})(?= ?{_YEAR} ?[-–] ?{_YEAR}$)"),
    "vigencia": re.compile(rf"({_YEAR})( ?[-–] ?)({_YEAR})$"),
}
_DIGITS = str.maketrans("OQDILZSBG|", "0001125861")
_MOST_DISTANCE = 5.0  # heights between a label and its value
_NAMES = ("apellido_paterno", "apellido_materno", "nombres")


def labelled(parts: Sequence[Part]) -> dict[str, str]:
    """Return the short fields: each label takes the nearest value of its form, beside or below."""
    values = [part for part in parts if part.label is None]
    pairs = []
    for label in parts:
        if label.label not in _FORMS:
            continue
        for value in values:
            text = shaped(label.label, value.text)
            cost = _distance(label, value)
            if text is not None and cost < _MOST_DISTANCE:
                pairs.append((cost, label.label, id(label), id(value), text))
    found: dict[str, str] = {}
    taken: set[int] = set()
    for _, field, label_id, value_id, text in sorted(pairs):
        if field not in found and label_id not in taken and value_id not in taken:
            found[field] = text
            taken |= {label_id, value_id}
    _by_form(values, taken, found)
    years = re.fullmatch(rf"({_YEAR}) ?- ?{_YEAR}", found.get("vigencia", ""))
    if years is not None:
        found.setdefault("emision", years[1])
    return found


def _by_form(values: Sequence[Part], taken: set[int], found: dict[str, str]) -> None:
    """Add what its form alone tells: a birth date, a year with its two digits, two years."""
    for field in ("fecha_nacimiento", "anio_registro", "vigencia"):
        for value in values:
            text = shaped(field, value.text) if id(value) not in taken else None
            if field == "vigencia" and text is not None and "-" not in text:
                continue
            if text is not None and field not in found:
                found[field] = text
                taken.add(id(value))


def shaped(field: str, text: str) -> str | None:
    """Return a text in the printed form of a field, or None when it is no value of it."""
    form, sign = _FORMS[field]
    squeezed = text.strip(" .:,;-")
    match = form.fullmatch(squeezed if field == "sexo" else squeezed.upper().translate(_DIGITS))
    if match is None and field in ("seccion", "vigencia"):
        # A peer may join the two values at the foot of a card, or a label that it could not read.
        match = _FOOT[field].search(squeezed)
    if match is None:
        return None
    groups = [group for group in match.groups() if group]
    if field == "vigencia" and len(groups) == 3:
        space = " " if " " in match[0] else ""
        return f"{groups[0]}{space}-{space}{groups[2]}"
    return sign.join(groups)


def _distance(label: Part, value: Part) -> float:
    """Return how far a value stands from its label, in heights; infinite where none would."""
    if value.line == label.line:
        return 0.0 if 0 <= value.x0 - label.x1 < label.height else 0.3
    height = 0.5 * (label.height + value.height)
    rise = (value.middle_y - label.middle_y) / height
    right = (value.x0 - label.x1) / height
    if abs(rise) < 0.5 and right > -0.5:
        return 0.4 + max(right, 0.0)
    overlap = min(label.x1, value.x1) - max(label.x0, value.x0)
    if 0.4 < rise < 2.6 and overlap > -0.5 * height:
        return 0.5 + (rise - 1.0 if rise > 1.0 else 0.0) + abs(value.x0 - label.x0) / height / 4
    if -2.0 < rise < -0.4 and overlap > 0:
        return 3.0 - rise  # seldom: above
    return float("inf")


def names(parts: Sequence[Part]) -> dict[str, str]:
    """Return surnames and given names: the lines under their label, or each beside its own."""
    if any(part.label == "apellido_paterno" for part in parts):
        return _names_each(parts)
    lines = _block(parts, "nombre", most=3)
    texts = [_name(part.text) for part in lines]
    if len(texts) == 2:
        return {"apellido_paterno": texts[0], "nombres": texts[1]}
    return dict(zip(_NAMES, texts, strict=True)) if len(texts) == 3 else {}


def _names_each(parts: Sequence[Part]) -> dict[str, str]:
    """Return each name by the label it has: the nearest line of letters beside or below it."""
    labels = {"nombre": "nombres"} | {name: name for name in _NAMES}
    values = [p for p in parts if p.label is None and re.search(r"[A-Za-zÁÉÍÓÚÑ]{2}", p.text)]
    found: dict[str, str] = {}
    for label in (part for part in parts if part.label in labels):
        near = sorted((_distance(label, value), n) for n, value in enumerate(values))
        if near and near[0][0] < _MOST_DISTANCE:
            found.setdefault(labels[str(label.label)], _name(values[near[0][1]].text))
    return found


def _name(text: str) -> str:
    letters = text.upper().translate(str.maketrans("01586|", "OISBGI"))
    spaced = re.sub(r"\.(?=[A-ZÁÉÍÓÚÜÑ]{2})", ". ", letters)
    return normalise_printed(spaced.strip(" ,:;-_"))


def domicile(parts: Sequence[Part]) -> list[str]:
    """Return the lines under the label of the domicile."""
    lines = [_address(part.text) for part in _block(parts, "domicilio", most=3)]
    return [line for line in lines if line]


def _address(text: str) -> str:
    spaced = re.sub(r",(?=\S)", ", ", text.upper())
    # A comma before the state; a full stop behind its short form, which peers tend to lose.
    spaced = re.sub(r"(?<=[A-Z])\.(?=[A-Z]{2,4}\.?$)", ", ", spaced)
    spaced = re.sub(r"(, [A-Z]{2,5})$", r"\1.", spaced)
    # Words joined to numbers: a peer that drops spaces drops them there too.
    spaced = re.sub(r"(?<=[A-Z]{2})(?=\d)|(?<=\d)(?=[A-Z]{2})", " ", spaced)
    return normalise_printed(spaced.strip(" ,:;_"))


def _block(parts: Sequence[Part], label: str, *, most: int) -> list[Part]:
    """Return the values under a label, flush left with each other, up to the next label."""
    head = next((part for part in parts if part.label == label), None)
    if head is None:
        return []
    lines: list[Part] = []
    for part in sorted(parts, key=lambda part: part.middle_y):
        last = lines[-1] if lines else head
        height = part.height
        below = part.middle_y > last.middle_y + 0.4 * min(height, last.height)
        left = abs(part.x0 - (lines[0] if lines else head).x0)
        beside = part.line == head.line and part is not head and not lines and part.label is None
        if part is head or not (below or beside):
            continue
        if part.label is not None:
            if left < 2.0 * height:
                break
            continue
        if not beside and left > (1.2 if lines else 3.5) * height:
            continue
        if part.y0 - last.y1 > 1.6 * height:
            break
        if len(re.sub(r"[^A-ZÁÉÍÓÚÜÑ0-9]", "", part.text.upper())) >= 2:
            lines.append(part)
        if len(lines) == most:
            break
    return lines
