"""The printed fields of an anverso: which of them a model has, and each with its label."""

from __future__ import annotations

from numpy.random import Generator

from bench.independent.citizens import MODERN, pick
from bench.independent.sheets import Side
from domain.credential.fields import Model


def _cell(side: Side, key: str, field: str | None, text: str, *, style: str = "") -> str:
    """Return a label with its value, as the design sets them."""
    colon = ":" if side.design.labels == "colon" else ""
    label = f'<span class="label">{side.design.label(key)}{colon}</span>'
    value = (
        side.value(field, text, style=style)
        if field
        else f'<span class="value"><span>{text}</span></span>'
    )
    return f'<div class="cell">{label}{value}</div>'


def name(side: Side, rng: Generator, *, parted: bool = False) -> str:
    """Return the three lines of the name, under one label or each with its own."""
    citizen = side.citizen
    trio = (
        ("paterno", "apellido_paterno", citizen.apellido_paterno),
        ("materno", "apellido_materno", citizen.apellido_materno),
        ("nombres", "nombres", citizen.nombres),
    )
    if parted:
        return "".join(_cell(side, key, field, text) for key, field, text in trio if text)
    size = rng.uniform(1.0, 1.22)
    lines = "".join(
        f'<div style="font-size:{size:.2f}em">{side.value(field, text)}</div>'
        for _, field, text in trio
        if text
    )
    return f"<div>{_caption(side, 'nombre')}{lines}</div>"


def _caption(side: Side, key: str) -> str:
    """Return a label that stands above its lines whatever the others do."""
    return f'<span class="label" style="display:block">{side.design.label(key)}</span>'


def address(side: Side, rng: Generator) -> str:
    """Return the domicile: whole, without its street, or absent, as the model allows."""
    lines = side.citizen.domicilio
    if side.citizen.model is not Model.C:
        draw = rng.random()
        if draw < 0.12:
            return ""
        if draw < 0.22:
            lines = lines[1:]
    size = rng.uniform(0.86, 1.02)
    rows = "".join(
        f'<div style="font-size:{size:.2f}em">{side.value("domicilio", line)}</div>'
        for line in lines
    )
    return f"<div>{_caption(side, 'domicilio')}{rows}</div>"


def _sex(side: Side, rng: Generator) -> list[str]:
    if side.citizen.model in MODERN and rng.random() < 0.3:
        return []
    return [_cell(side, "sexo", "sexo", side.citizen.sexo)]


def _birth(side: Side) -> str:
    born = f"{side.citizen.born_on:%d/%m/%Y}"
    return _cell(side, "fecha_nacimiento", "fecha_nacimiento", born)


def about(side: Side, rng: Generator) -> list[str]:
    """Return what stands near the name: age or birth, and sex."""
    if side.citizen.model is Model.C:
        return [_cell(side, "edad", None, str(side.citizen.age)), *_sex(side, rng)]
    if side.citizen.model in MODERN:
        return _sex(side, rng)
    cells = [_birth(side), *_sex(side, rng)]
    return cells[::-1] if rng.random() < 0.3 else cells


def clave(side: Side) -> str:
    """Return the clave de elector."""
    return _cell(side, "clave_elector", "clave_elector", side.citizen.clave_elector)


def curp(side: Side) -> str:
    """Return the CURP."""
    return _cell(side, "curp", "curp", side.citizen.curp)


def registro(side: Side) -> str:
    """Return the year of registration with the number of emission."""
    text = f"{side.citizen.registered} {side.citizen.numero_emision}"
    return _cell(side, "anio_registro", "anio_registro", text)


def _seccion(side: Side, rng: Generator) -> str:
    style = f"font-size:{rng.choice([1, 1, 1.15, 1.4]):.2f}em"
    cell = _cell(side, "seccion", "seccion", side.citizen.seccion, style=style)
    if side.citizen.model in MODERN and rng.random() < 0.35:
        return cell.replace('class="value"', 'class="value boxed"')
    return cell


def _years(side: Side, rng: Generator) -> list[str]:
    citizen = side.citizen
    if citizen.model in MODERN:
        dash = pick(rng, (" - ", " - ", "-"))
        text = f"{citizen.issued}{dash}{citizen.expires}"
        return [_cell(side, "combinada", "vigencia", text)]
    return [
        _cell(side, "emision", "emision", str(citizen.issued)),
        _cell(side, "vigencia", "vigencia", str(citizen.expires)),
    ]


def _codes(side: Side) -> list[str]:
    """Return the codes of the geography, which models before G print."""
    citizen = side.citizen
    if citizen.model in MODERN:
        return []
    return [
        _cell(side, "estado", "estado", citizen.estado),
        _cell(side, "municipio", "municipio", citizen.municipio),
        _cell(side, "localidad", "localidad", citizen.localidad),
    ]


def short_values(side: Side, rng: Generator) -> list[str]:
    """Return the short cells of the lower part, in an order of this card."""
    cells = [_seccion(side, rng), *_codes(side), *_years(side, rng)]
    if side.citizen.model in MODERN:
        cells.insert(0, _birth(side))
    if rng.random() < 0.4:
        cells = [cells[int(i)] for i in rng.permutation(len(cells))]
    return cells
