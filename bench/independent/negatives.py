"""Things of a card's size that are no credential para votar, and papers that look official."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np
from numpy.random import Generator

from bench.independent import artwork, likeness, symbols, typefaces
from bench.independent.citizens import Citizen, digits, invent_citizen, pick
from bench.independent.design import HEIGHT, WIDTH, Design, invent_design
from bench.independent.press import Image, Press
from bench.independent.tables import words
from domain.credential.fields import Model
from domain.credential.mrz import name_line


def print_negative(press: Press, rng: Generator) -> tuple[Image, str]:
    """Print something that must not be taken for a credential; return it with its kind."""
    kinds: dict[str, Callable[[Citizen, Design, Generator], str]] = {
        "licence": _licence,
        "passport": _passport,
        "bank_card": _bank_card,
        "business_card": _business_card,
        "health_card": _health_card,
        "student_card": _student_card,
        "residence_card": _residence_card,
        "form": _form,
        "screen": _screen,
        "ticket": _ticket,
    }
    kind = list(kinds)[int(rng.integers(len(kinds)))]
    citizen = invent_citizen(rng, Model.E)
    design = invent_design(rng)
    body = kinds[kind](citizen, design, rng)
    html = (
        "<!doctype html><meta charset=utf-8><style>*{margin:0;box-sizing:border-box}"
        f"#sheet{{position:relative;width:{WIDTH}px;height:{HEIGHT}px;overflow:hidden;"
        f"background:#fff;color:{design.ink};font:22px '{design.value_face}'}}"
        "svg.ground{position:absolute;left:0;top:0}.p{position:absolute;white-space:nowrap}"
        f'b{{font-weight:600}}small{{font-size:.62em;display:block}}</style><div id="sheet">{body}'
        "</div>"
    )
    return press.print(html, WIDTH, HEIGHT).image, kind


def _p(x: float, y: float, inner: str, style: str = "") -> str:
    return f'<div class="p" style="left:{x:.0f}px;top:{y:.0f}px;{style}">{inner}</div>'


def _pairs(x: float, y: float, step: float, pairs: list[tuple[str, str]]) -> str:
    return "".join(
        _p(x, y + i * step, f"<small>{label}</small>{escape(value)}")
        for i, (label, value) in enumerate(pairs)
    )


def _face(
    citizen: Citizen, x: float, y: float, width: float, height: float, *, grey: bool = False
) -> str:
    picture = likeness.portrait(citizen, grey=grey, ground="#dfe6ee", crop=0.3)
    return _p(x, y, f'<div style="width:{width:.0f}px;height:{height:.0f}px">{picture}</div>')


def _full(citizen: Citizen) -> str:
    return f"{citizen.nombres} {citizen.apellido_paterno} {citizen.apellido_materno}".strip()


def _licence(citizen: Citizen, design: Design, rng: Generator) -> str:
    state = pick(rng, ("ESTADO DE MÉXICO", "JALISCO", "CIUDAD DE MÉXICO", "NUEVO LEÓN", "PUEBLA"))
    kind = pick(rng, ("AUTOMOVILISTA", "CHOFER", "MOTOCICLISTA"))
    return (
        artwork.ground(design, rng)
        + _p(40, 20, f"<b>{state}</b><small>SECRETARÍA DE MOVILIDAD</small>", "font-size:34px")
        + _p(560, 28, "LICENCIA PARA CONDUCIR", "font-size:22px")
        + _face(citizen, 40, 130, 210, 270)
        + _pairs(
            280, 130, 66,
            [
                ("NOMBRE", _full(citizen)),
                ("CURP", citizen.curp),
                ("NO. DE LICENCIA", "L" + digits(rng, 9)),
                ("TIPO", kind),
                ("VENCE", f"{citizen.born_on:%d/%m}/2027"),
            ],
        )
        + _p(660, 200, f"<b style='font-size:90px'>{pick(rng, 'ABCE')}</b>")
    )  # fmt: skip


def _passport(citizen: Citizen, design: Design, rng: Generator) -> str:
    first = ("P<MEX" + name_line(citizen.apellido_paterno, citizen.nombres)).ljust(44, "<")[:44]
    number = pick(rng, "GNKL") + digits(rng, 8)
    second = f"{number}{digits(rng, 1)}MEX{citizen.born_on:%y%m%d}{digits(rng, 1)}M{digits(rng, 7)}"
    zone = f"{escape(first)}<br>{escape(second.ljust(43, '<') + digits(rng, 1))}"
    return (
        artwork.ground(design, rng)
        + _p(30, 14, "ESTADOS UNIDOS MEXICANOS <small>PASAPORTE / PASSPORT</small>")
        + _face(citizen, 30, 100, 220, 280)
        + _pairs(
            290, 96, 62,
            [
                ("Apellidos / Surname", citizen.apellido_paterno),
                ("Nombres / Given names", citizen.nombres),
                ("Nacionalidad / Nationality", "MEXICANA"),
                ("Fecha de nacimiento / Date of birth", f"{citizen.born_on:%d %m %Y}"),
                ("CURP", citizen.curp),
            ],
        )
        + _p(26, 440, zone, f"font:30px/1.3 '{design.mrz_face}';letter-spacing:-4px")
    )  # fmt: skip


def _bank_card(citizen: Citizen, design: Design, rng: Generator) -> str:
    number = "  ".join(digits(rng, 4) for _ in range(4))
    return (
        f'<div style="position:absolute;inset:0;background:linear-gradient(130deg,'
        f'{design.hsl(0, 60, 30)},{design.hsl(1, 60, 45)})"></div>'
        + _p(60, 50, "BANCO DEL VALLE", "font-size:36px;color:#fff")
        + _p(70, 170, "", "width:100px;height:76px;border-radius:12px;background:#d9c27a")
        + _p(70, 290, number, "font:44px 'PT Mono';color:#f4f4f0;white-space:pre")
        + _p(70, 400, _full(citizen)[:26], "font-size:28px;color:#f4f4f0")
        + _p(520, 370, f"VÁLIDA HASTA 0{digits(rng, 1)}/29", "font-size:20px;color:#f4f4f0")
    )


def _business_card(citizen: Citizen, design: Design, rng: Generator) -> str:
    return (
        _p(80, 120, f"<b>{_full(citizen).title()}</b>", "font-size:40px")
        + _p(80, 190, "Contador público", "font-size:24px;color:#666")
        + _p(80, 340, f"Tel. {digits(rng, 2)} {digits(rng, 4)} {digits(rng, 4)}")
        + _p(80, 380, "despacho@ejemplo.invalid")
        + _p(80, 420, citizen.domicilio[0].title())
        + f'<svg class="p" style="right:60px;top:60px;width:160px" viewBox="0 0 100 100">'
        f"{artwork.emblem_shape(rng, design.hsl(1, 50, 45))}</svg>"
    )


def _health_card(citizen: Citizen, design: Design, rng: Generator) -> str:
    bars = symbols.code128(digits(rng, 11), colour="#111")
    return (
        artwork.ground(design, rng)
        + _p(30, 24, "<b>INSTITUTO DE SALUD</b><small>CARTILLA DE CITAS MÉDICAS</small>",
             "font-size:34px;color:#0a5a3c")
        + _pairs(40, 150, 72, [
            ("NOMBRE", _full(citizen)),
            ("NÚMERO DE SEGURIDAD SOCIAL", digits(rng, 11)),
            ("CURP", citizen.curp),
            ("UNIDAD", f"UMF {digits(rng, 2)} TURNO {pick(rng, ('MATUTINO', 'VESPERTINO'))}"),
        ])
        + _p(480, 430, f'<div style="width:330px;height:76px">{bars.svg}</div>')
    )  # fmt: skip


def _student_card(citizen: Citizen, design: Design, rng: Generator) -> str:
    code = symbols.qr(f"https://escuela.ejemplo.invalid/{digits(rng, 8)}", level="M", colour="#111")
    return (
        f'<div style="position:absolute;left:0;top:0;width:100%;height:120px;background:'
        f'{design.hsl(0, 65, 35)}"></div>'
        + _p(30, 26, "UNIVERSIDAD AUTÓNOMA<small>CREDENCIAL DE ESTUDIANTE</small>",
             "font-size:34px;color:#fff")
        + _face(citizen, 600, 150, 210, 270)
        + _pairs(40, 160, 74, [
            ("ALUMNO", _full(citizen)),
            ("MATRÍCULA", digits(rng, 9)),
            ("CARRERA", pick(rng, ("DERECHO", "ENFERMERÍA", "INGENIERÍA CIVIL"))),
            ("VIGENCIA", "2026 - 2027"),
        ])
        + _p(360, 390, f'<div style="width:120px;height:120px">{code.svg}</div>')
    )  # fmt: skip


def _residence_card(citizen: Citizen, design: Design, rng: Generator) -> str:
    lines = (
        f"IDUTO{digits(rng, 10)}".ljust(30, "<"),
        f"{citizen.born_on:%y%m%d}{digits(rng, 1)}F{digits(rng, 7)}UTO".ljust(29, "<") + "4",
        name_line(citizen.apellido_paterno, citizen.nombres),
    )
    return (
        artwork.ground(design, rng)
        + _p(40, 20, "PERMIT OF RESIDENCE", "font-size:30px")
        + _p(40, 80, f"<small>REMARKS</small>{words(rng, 6)}")
        + _face(citizen, 640, 60, 150, 190, grey=True)
        + _p(36, 370, "<br>".join(escape(line) for line in lines),
             f"font:36px/1.35 '{design.mrz_face}';letter-spacing:-1px")
    )  # fmt: skip


def _form(citizen: Citizen, _design: Design, rng: Generator) -> str:
    rows = "".join(
        f'<div style="border-bottom:1px solid #555;padding:9px 0">{label}: '
        f"<span style=\"font-family:'Dancing Script';font-size:1.3em\">"
        f"{escape(text.title())}</span>"
        "</div>"
        for label, text in (
            ("Nombre", _full(citizen)),
            ("Domicilio", citizen.domicilio[0]),
            ("Clave de elector", citizen.clave_elector.lower()),
            ("Municipio", citizen.domicilio[-1]),
            ("Sección", citizen.seccion),
            ("Firma", ""),
        )
    )
    return (
        f'<div style="padding:30px 50px;font-size:24px"><b>SOLICITUD DE APOYO VECINAL</b>'
        f'<p style="font-size:15px;margin:12px 0">{words(rng, 30)}.</p>{rows}</div>'
    )


def _screen(_citizen: Citizen, _design: Design, rng: Generator) -> str:
    messages = "".join(
        f'<div style="margin:10px {m}px;padding:12px 18px;border-radius:18px;background:{c};'
        f'width:60%;font-size:22px">{words(rng, int(rng.integers(4, 16)))}</div>'
        for m, c in ((20, "#fff"), (300, "#d5f5c8"), (20, "#fff"), (300, "#d5f5c8"))
    )
    style = "position:absolute;inset:14px;background:#e5ddd2;padding:20px"
    return f'<div style="{style}">{messages}</div>'


def _ticket(_citizen: Citizen, _design: Design, rng: Generator) -> str:
    rows = "".join(
        f"<div>{pick(rng, ('PAN', 'LECHE', 'JABON', 'FRIJOL', 'ARROZ'))} "
        f"<span style='float:right'>{rng.uniform(8, 190):.2f}</span></div>"
        for _ in range(9)
    )
    face = pick(rng, typefaces.MONO)
    return (
        f"<div style=\"padding:24px 120px;font:26px '{face}';color:#333\">TIENDA DE LA ESQUINA<br>"
        f"RFC XAXX010101000<br>{rows}<hr><b>TOTAL <span style='float:right'>"
        f"{float(np.round(rng.uniform(90, 900), 2))}</span></b></div>"
    )
