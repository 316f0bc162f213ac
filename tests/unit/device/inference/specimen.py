"""The invented specimen of the papers, laid out on a card as scripted texts."""

from collections.abc import Mapping

from device.inference.base import TextBox
from device.inference.scripted import ScriptedText

MRZ = (
    "IDMEX1234567897<<0001000000001",
    "9001011M3412318MEX<01<<00001<6",
    "EJEMPLO<PRUEBA<<LUISA<<<<<<<<<",
)
CURP = "EEPL900101MDFJRS02"
CLAVE = "EJPRLS90010109M000"

Doubts = Mapping[int, tuple[str, float]]


def at(
    x: float, y: float, text: str, *, cap: float = 28, doubts: Doubts | None = None
) -> ScriptedText:
    """One text whose left top corner is at (x, y), with glyphs about 0.62 of their height wide."""
    return ScriptedText(text, TextBox(x, y, x + 0.62 * cap * len(text), y + cap), doubts or {})


def front(
    *, clave: str = CLAVE, curp: str = CURP, doubts: Mapping[str, Doubts] | None = None
) -> list[ScriptedText]:
    """A front with labels above some values and beside others."""
    unsure = doubts or {}
    return [
        at(420, 40, "INSTITUTO NACIONAL ELECTORAL"),
        at(420, 90, "CREDENCIAL PARA VOTAR"),
        at(420, 160, "NOMBRE", cap=20),
        at(420, 190, "EJEMPLO", doubts=unsure.get("apellido_paterno")),
        at(420, 230, "PRUEBA"),
        at(420, 270, "LUISA", doubts=unsure.get("nombres")),
        at(1000, 160, "SEXO M", cap=22),
        at(420, 330, "DOMICILIO", cap=20),
        at(420, 360, "C MUNICIPIO LIBRE 12"),
        at(420, 400, "COL CENTRO 06000"),
        at(420, 440, "CUAUHTÉMOC, CDMX"),
        at(420, 500, "CLAVE DE ELECTOR", cap=20),
        at(760, 496, clave, doubts=unsure.get("clave_elector")),
        at(420, 550, "CURP", cap=20),
        at(420, 578, curp, doubts=unsure.get("curp")),
        at(860, 550, "AÑO DE REGISTRO", cap=20),
        at(860, 578, "2008 01"),
        at(420, 650, "FECHA DE NACIMIENTO", cap=20),
        at(420, 680, "01/01/1990"),
        at(760, 650, "SECCIÓN", cap=20),
        at(760, 680, "0001"),
        at(960, 650, "VIGENCIA", cap=20),
        at(960, 680, "2024 - 2034"),
    ]


def zone_line(row: int, text: str, doubts: Doubts | None = None) -> ScriptedText:
    """One line of the zone at its place: 73 mm wide."""
    return ScriptedText(text, TextBox(60, 600 + 60 * row, 1155, 634 + 60 * row), doubts or {})


def back(*, doubts: Mapping[int, Doubts] | None = None) -> list[ScriptedText]:
    """A back with the zone alone."""
    unsure = doubts or {}
    return [zone_line(row, line, unsure.get(row)) for row, line in enumerate(MRZ)]
