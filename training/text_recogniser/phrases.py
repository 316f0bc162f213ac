"""What the lines of a credential say, invented: the text of training lines by kind.

The words are common ones, combined at random and mixed with words that do not exist, so that the
net learns letters and not a lexicon. No line is of a real person. Check digits are random: the
recogniser reads what is printed, and `domain` judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from training.text_recogniser.alphabet import ALPHABET

Generator = np.random.Generator

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_CONSONANTS = "BCDFGHJKLMNPQRSTVWXYZ"

_GIVEN = (
    "MARÍA", "JOSÉ", "JUAN", "LUIS", "GUADALUPE", "FRANCISCO", "JESÚS", "ANTONIO", "MIGUEL",
    "ÁNGEL", "ALEJANDRO", "PEDRO", "MANUEL", "MARGARITA", "VERÓNICA", "ELIZABETH", "ROSA",
    "LETICIA", "YOLANDA", "PATRICIA", "GABRIELA", "ADRIANA", "SOFÍA", "XIMENA", "VALERIA", "REGINA",
    "RENATA", "CAMILA", "FERNANDA", "DANIELA", "ANDREA", "PAOLA", "ITZEL", "XÓCHITL", "CITLALI",
    "NAYELI", "JOAQUÍN", "SEBASTIÁN", "MATÍAS", "NICOLÁS", "EMILIANO", "LEONARDO", "DIEGO",
    "SANTIAGO", "MATEO", "RODRIGO", "ÍÑIGO", "BEGOÑA", "IÑAKI", "TOÑA", "JERÓNIMO", "ÚRSULA",
    "INÉS", "ÉRIKA", "ÓSCAR", "RAÚL", "SAÚL", "ÁLVARO", "WENDY", "KEVIN", "BRYAN", "JACQUELINE",
    "WALTER", "KARLA", "HUGO", "IVÁN", "YAHIR", "ZAIRA", "QUETZALLI", "EZEQUIEL", "ENRIQUETA",
    "EFRAÍN", "HÉCTOR", "VÍCTOR", "RUBÉN", "ÁFRICA", "CONCEPCIÓN", "ASUNCIÓN", "ENCARNACIÓN",
    "TRINIDAD", "DOLORES", "REFUGIO", "SOCORRO", "ISABEL", "BEATRIZ", "OLGA", "FÉLIX", "ALICIA",
    "LILIA", "WILFRIDO", "GRISELDA", "ZENÓN", "ZULEMA", "KENIA", "JAZMÍN", "BELÉN", "AGUSTÍN",
    "ARGÜELLO",
)  # fmt: skip
_SURNAMES = (
    "HERNÁNDEZ", "GARCÍA", "MARTÍNEZ", "LÓPEZ", "GONZÁLEZ", "PÉREZ", "RODRÍGUEZ", "SÁNCHEZ",
    "RAMÍREZ", "CRUZ", "FLORES", "GÓMEZ", "MORALES", "VÁZQUEZ", "REYES", "JIMÉNEZ", "TORRES",
    "DÍAZ", "GUTIÉRREZ", "RUIZ", "MENDOZA", "AGUILAR", "ORTIZ", "MORENO", "CASTILLO", "ROMERO",
    "ÁLVAREZ", "MÉNDEZ", "CHÁVEZ", "RIVERA", "JUÁREZ", "RAMOS", "DOMÍNGUEZ", "HERRERA", "MEDINA",
    "CASTRO", "VARGAS", "GUZMÁN", "VELÁZQUEZ", "MUÑOZ", "NÚÑEZ", "PEÑA", "IBÁÑEZ", "ORDÓÑEZ",
    "ZÚÑIGA", "QUIÑONES", "CASTAÑEDA", "PATIÑO", "AVENDAÑO", "CAÑEDO", "OCAÑA", "ACUÑA", "MONTAÑO",
    "TREVIÑO", "BRISEÑO", "CEDEÑO", "YÁÑEZ", "ESPÍNDOLA", "QUEZADA", "QUIROZ", "ESQUIVEL", "VÉLEZ",
    "OROZCO", "OJEDA", "OLVERA", "OCHOA", "XOLALPA", "XICOTÉNCATL", "TZOMPANTZI", "IXTLAHUAC",
    "EHÉCATL", "KUK", "WONG", "ÁVILA", "ÍÑIGUEZ", "ÚBEDA", "ÓRNELAS", "ÑUÑO", "ÑONTHE", "GÜEMES",
    "ARGÜELLES", "ECHEVERRÍA", "YBARRA", "LEAL", "ZAVALA", "VILLASEÑOR", "BUENDÍA", "LLAMAS",
    "LLERENAS", "CARRILLO", "ZALDÍVAR", "IZQUIERDO", "JÁUREGUI", "GALLEGOS", "FIGUEROA",
)  # fmt: skip
_PARTICLES = ("DE", "DE LA", "DEL", "DE LOS", "DE LAS", "Y", "SAN", "SANTA", "MC", "VON", "VAN DER")
_SAINTS = (
    "CENTRO", "LA LOMA", "EL MIRADOR", "SAN ÁNGEL", "LOMAS DE CHAPULTEPEC", "LAS FLORES", "BENITO",
    "STA. MARÍA", "SAN JOSÉ DEL VALLE", "EL ROSARIO", "LA JOYA", "BUENAVISTA", "VILLAS DEL SOL",
    "OBRERA", "NIÑOS HÉROES", "LÁZARO CÁRDENAS", "INDEPENDENCIA", "EMILIANO ZAPATA", "AÑIL",
    "PEÑÓN",
    "TEXCOCO", "IXTAPALUCA", "CUAUTITLÁN IZCALLI", "TLALNEPANTLA DE BAZ", "JIUTEPEC", "XALAPA",
    "QUERÉTARO", "CD. VICTORIA", "MÉRIDA", "TUXTLA GUTIÉRREZ", "ZAPOPAN", "AGUASCALIENTES",
    "GRAL. ESCOBEDO", "DR. GONZÁLEZ", "ÁLVARO OBREGÓN", "HUIXQUILUCAN", "OAXACA DE JUÁREZ",
)  # fmt: skip
_STREETS = (
    "HIDALGO", "MORELOS", "16 DE SEPTIEMBRE", "5 DE MAYO", "REFORMA", "BENITO JUÁREZ",
    "INSURGENTES",
    "PINO SUÁREZ", "FRANCISCO I. MADERO", "NIÑO ARTILLERO", "CEDRO", "ROBLE", "ENCINO", "GIRASOL",
    "RÍO LERMA", "MAR DEL NORTE", "LAGO DE CHAPALA", "CONSTITUCIÓN", "IGNACIO ALLENDE", "JAZMÍN",
    "VENUSTIANO CARRANZA", "20 DE NOVIEMBRE", "LÓPEZ MATEOS", "GUADALUPE VICTORIA", "PEÑAS", "3A",
)  # fmt: skip
_STREET_KINDS = ("C", "C.", "CALLE", "AV", "AV.", "BLVD.", "BLVD", "PRIV", "PRIV.", "CDA.", "CJON",
                 "AND", "CARR.", "CARR", "PROL.", "CALZ.", "RTNO.", "CTO", "CTO.", "2A CDA",
                 "EJE 3",
                 "VIA", "DOM CONOCIDO", "1A. PRIV")  # fmt: skip
_SETTLEMENTS = ("COL", "COL.", "FRACC", "FRACC.", "U HAB", "U.H.", "BARR", "BO.", "LOC", "LOC.",
                "PBLO", "PBLO.", "EJIDO", "RCHO.", "UNIDAD", "RES.", "COLONIA",
                "BARRIO")  # fmt: skip
_STATES = (
    "AGS.", "B.C.", "B.C.S.", "CAMP.", "COAH.", "COL.", "CHIS.", "CHIH.", "CDMX", "CDMX.", "D.F.",
    "DGO.", "GTO.", "GRO.", "HGO.", "JAL.", "MÉX.", "MEX.", "MICH.", "MOR.", "NAY.", "N.L.", "OAX.",
    "PUE.", "QRO.", "Q. ROO.", "Q.ROO", "S.L.P.", "SIN.", "SON.", "TAB.", "TAMPS.", "TLAX.", "VER.",
    "YUC.", "ZAC.",
)  # fmt: skip
_STATE_LETTERS = (
    "AS", "BC", "BS", "CC", "CL", "CM", "CS", "CH", "DF", "DG", "GT", "GR", "HG", "JC", "MC", "MN",
    "MS", "NT", "NL", "OC", "PL", "QT", "QR", "SP", "SL", "SR", "TC", "TS", "TL", "VZ", "YN", "ZS",
    "NE",
)  # fmt: skip
_LABELS = (
    "NOMBRE", "APELLIDO PATERNO", "APELLIDO MATERNO", "NOMBRE(S)", "NOMBRES", "DOMICILIO", "EDAD",
    "SEXO", "SEXO H", "SEXO M", "SEXO X", "SEXO: H", "SEXO: M", "FOLIO", "CLAVE DE ELECTOR", "CURP",
    "CLAVE DE ELECTOR:", "AÑO DE REGISTRO", "AÑO DE REG.", "AÑO REGISTRO", "FECHA DE NACIMIENTO",
    "FECHA DE NAC.", "F. DE NACIMIENTO", "SECCIÓN", "SECCION", "VIGENCIA", "EMISIÓN", "EMISION",
    "VIGENCIA HASTA", "LOCALIDAD", "MUNICIPIO", "ESTADO", "DISTRITO", "GRUPO", "CIC", "OCR",
    "IDENTIFICADOR", "IDMEX", "MÉXICO", "INSTITUTO NACIONAL ELECTORAL", "CREDENCIAL PARA VOTAR",
    "INSTITUTO FEDERAL ELECTORAL", "REGISTRO FEDERAL DE ELECTORES", "REGISTRO FEDERAL DE",
    "ESTADOS UNIDOS MEXICANOS", "CREDENCIAL PARA VOTAR DESDE EL EXTRANJERO", "DESDE EL EXTRANJERO",
    "SECRETARIO EJECUTIVO", "SECRETARIA EJECUTIVA DEL INE", "ELECCIONES FEDERALES", "LOCALES Y",
    "LOCALES Y EXTRAORDINARIAS", "FIRMA", "HUELLA", "ENTIDAD", "CÓDIGO POSTAL", "C.P.", "IFE",
    "INE",
    "EMISIÓN Y VIGENCIA", "NÚMERO DE EMISIÓN", "NACIMIENTO", "REGISTRO", "ELECTOR", "CLAVE",
    "CLAVE ELECTOR", "DOMICILIO:", "NOMBRE:", "SECCIÓN:", "CURP:", "ESTADO:", "LOCALIDAD:",
    "PRIMER APELLIDO", "SEGUNDO APELLIDO", "APELLIDOS Y NOMBRE(S)", "NOMBRE COMPLETO", "DIRECCIÓN",
    "NOMBRE DEL CIUDADANO", "CVE. DE ELECTOR", "AÑO REG.", "INSCRIPCIÓN", "AÑO DE EMISIÓN",
    "EMITIDA",
    "FECHA DE EMISIÓN", "EXPEDICIÓN", "VÁLIDA HASTA", "VIGENTE HASTA", "VENCE", "VIG.", "VIGENCIA:",
    "EMISIÓN - VIGENCIA", "EMISIÓN/VIGENCIA", "SECC.", "SEC.", "SECCIÓN ELECTORAL", "FECHA NAC.",
    "F. NACIMIENTO", "F. DE NAC.", "F. NAC.", "GÉNERO", "EDO.", "ENTIDAD FEDERATIVA", "MPIO.",
    "MUN.",
    "ALCALDÍA", "LOC.", "AÑO DE REGISTRO:", "MUNICIPIO:", "EMISIÓN:", "FECHA DE NACIMIENTO:",
    "CLAVE ÚNICA DE REGISTRO DE POBLACIÓN", "EN EL EXTRANJERO", "LUGAR DE NACIMIENTO",
)  # fmt: skip


def pick(rng: Generator, options: Sequence[str]) -> str:
    """One of the options, all as likely."""
    return options[int(rng.integers(len(options)))]


def _characters(rng: Generator, alphabet: str, length: int) -> str:
    return "".join(alphabet[int(i)] for i in rng.integers(len(alphabet), size=length))


def _digits(rng: Generator, length: int) -> str:
    return _characters(rng, _DIGITS, length)


def _date(rng: Generator) -> tuple[str, str, str]:
    """Day, month and year of a date of birth or of validity."""
    return (
        f"{int(rng.integers(1, 32)):02d}",
        f"{int(rng.integers(1, 13)):02d}",
        f"{int(rng.integers(1925, 2045)):04d}",
    )


def _invented_word(rng: Generator) -> str:
    vowels = "AAEEIOOUÁÉÍÓÚÜ" if rng.random() < 0.5 else "AEIOU"
    word = ""
    for _ in range(int(rng.integers(1, 5))):
        consonant = "Ñ" if rng.random() < 0.08 else pick(rng, _CONSONANTS)
        word += consonant + pick(rng, vowels) + (pick(rng, "NSRLZXM") if rng.random() < 0.3 else "")
    return word if rng.random() < 0.8 else pick(rng, "AEIOUÁÉÍÓÚ") + word


def _word(rng: Generator, known: Sequence[str]) -> str:
    return pick(rng, known) if rng.random() < 0.6 else _invented_word(rng)


def name(rng: Generator) -> str:
    """A surname, given names, or a whole name."""
    form = rng.random()
    if form < 0.35:
        words = [_word(rng, _SURNAMES)]
    elif form < 0.7:
        words = [_word(rng, _GIVEN) for _ in range(int(rng.integers(1, 4)))]
    elif form < 0.85:
        words = [pick(rng, _PARTICLES), _word(rng, _SURNAMES)]
    elif form < 0.9:
        return f"{pick(rng, ('MA.', 'J.', 'MA', 'M.', 'JO.'))} {_word(rng, _GIVEN)}"
    elif form < 0.94:
        return f"{_word(rng, _SURNAMES)}-{_word(rng, _SURNAMES)}"
    elif form < 0.96:
        return f"{pick(rng, ('O', 'D', 'L'))}'{_word(rng, _SURNAMES)}"
    else:
        words = [_word(rng, _SURNAMES), _word(rng, _SURNAMES), _word(rng, _GIVEN)]
    text = " ".join(words)
    return text if len(text) <= 34 else text[:34].rstrip()


def curp(rng: Generator) -> str:
    """Eighteen characters in the order of a CURP."""
    day, month, year = _date(rng)
    tail = pick(rng, _DIGITS) if rng.random() < 0.6 else pick(rng, _LETTERS)
    return (
        _characters(rng, _LETTERS, 4) + year[2:] + month + day + pick(rng, "HHMMX")
        + pick(rng, _STATE_LETTERS) + _characters(rng, _CONSONANTS, 3) + tail + pick(rng, _DIGITS)
    )  # fmt: skip


def clave_elector(rng: Generator) -> str:
    """Eighteen characters in the order of a clave de elector."""
    day, month, year = _date(rng)
    state = int(rng.choice([*range(1, 33), 87, 88]))
    return (
        _characters(rng, _LETTERS, 6) + year[2:] + month + day + f"{state:02d}" + pick(rng, "HM")
        + _digits(rng, 3)
    )  # fmt: skip


def mrz(rng: Generator) -> str:
    """One of the three lines of the back, thirty characters."""
    line = rng.random()
    if line < 0.36:
        return f"IDMEX{_digits(rng, 10)}<<{_digits(rng, 13)}"
    if line < 0.68:
        day, month, year = _date(rng)
        return (
            f"{year[2:]}{month}{day}{_digits(rng, 1)}{pick(rng, 'HHMMX')}{_digits(rng, 2)}1231"
            f"{_digits(rng, 1)}MEX<{_digits(rng, 2)}<<{_digits(rng, 5)}<{_digits(rng, 1)}"
        )
    if line < 0.74:
        return _characters(rng, _LETTERS + _DIGITS + "<<<<<<", 30)
    plain = str.maketrans("ÁÉÍÓÚÜÑ", "AEIOUUN")
    words = [_word(rng, _SURNAMES) for _ in range(2)]
    given = [_word(rng, _GIVEN) for _ in range(int(rng.integers(1, 4)))]
    text = "<".join(words) + "<<" + "<".join(given)
    return text.translate(plain)[:30].ljust(30, "<")


def address(rng: Generator) -> str:
    """One line of a domicile: street and number, settlement and post code, or town and state."""
    form = rng.random()
    if form < 0.4:
        kind, street = pick(rng, _STREET_KINDS), _word(rng, _STREETS)
        number = pick(
            rng,
            (
                str(int(rng.integers(1, 3000))), f"# {int(rng.integers(1, 900))}", "S/N", "SN",
                f"{int(rng.integers(1, 500))} INT {int(rng.integers(1, 40))}",
                f"{int(rng.integers(1, 500))}-{pick(rng, _LETTERS)}",
                f"MZ {int(rng.integers(1, 90))} LT {int(rng.integers(1, 90))}",
                f"#{int(rng.integers(1, 900))} {pick(rng, _LETTERS)}",
                f"MZA. {int(rng.integers(1, 90))} L-{int(rng.integers(1, 90))}",
                f"KM. {int(rng.integers(1, 90))}.{int(rng.integers(0, 10))}",
                f"NO. {int(rng.integers(1, 900))}, DEPTO. {int(rng.integers(1, 900))}",
                f"EDIF {pick(rng, _LETTERS)} DPTO {int(rng.integers(1, 900))}",
            ),
        )  # fmt: skip
        text = f"{kind} {street} {number}"
    elif form < 0.7:
        text = f"{pick(rng, _SETTLEMENTS)} {_word(rng, _SAINTS)}"
        if rng.random() < 0.75:
            text += f" {_digits(rng, 5)}"
        elif rng.random() < 0.3:
            text += f" C.P. {_digits(rng, 5)}"
    elif form < 0.95:
        comma = "," if rng.random() < 0.85 else ""
        text = f"{_word(rng, _SAINTS)}{comma} {pick(rng, _STATES)}"
    else:
        text = f"{_word(rng, _SAINTS)} ({_word(rng, _STREETS)}) & {_word(rng, _STREETS)}"
    return text[:42].rstrip()


def date(rng: Generator) -> str:
    """A date of birth as printed, or the years of emission and validity."""
    day, month, year = _date(rng)
    form = rng.random()
    if form < 0.4:
        return f"{day}/{month}/{year}"
    if form < 0.48:
        return f"{day}-{month}-{year}"
    if form < 0.52:
        return f"{day}.{month}.{year}"
    if form < 0.72:
        return f"{year} - {_digits(rng, 4)}"
    if form < 0.8:
        return f"{year}-{_digits(rng, 4)}"
    return f"{year} {_digits(rng, 2)}"


def number(rng: Generator) -> str:
    """Digits: sección, year, municipality, age, CIC, OCR number, folio."""
    length = int(rng.choice([1, 2, 3, 3, 4, 4, 4, 9, 10, 13, 13]))
    text = _digits(rng, length)
    return f"IDMEX{text}" if length >= 9 and rng.random() < 0.15 else text


def label(rng: Generator) -> str:
    """A printed label, sometimes with its value on the same line."""
    text = pick(rng, _LABELS)
    form = rng.random()
    if form < 0.72:
        return text
    values = (clave_elector, curp, date, number, number, date, name)
    value = values[int(rng.integers(len(values)))](rng)
    joined = f"{text} {value}"
    return joined if len(joined) <= 36 else text


def label_length(text: str) -> int:
    """How much of a line is the label before its value; all of it where none is known."""
    known = [words for words in _LABELS if text.startswith(words)]
    return max(map(len, known), default=len(text))


def invented(rng: Generator) -> str:
    """Characters that mean nothing, so that no sequence is impossible to the net."""
    form = rng.random()
    length = int(rng.integers(1, 24))
    if form < 0.35:
        return _characters(rng, _LETTERS + _DIGITS, length)
    if form < 0.5:
        return _characters(rng, _LETTERS + "ÑÁÉÍÓÚÜÑ", length)
    if form < 0.65:
        return " ".join(_invented_word(rng) for _ in range(int(rng.integers(1, 5))))[:40].strip()
    if form < 0.75:
        # Runs of one character are where a CTC path drops or doubles.
        return "".join(pick(rng, ALPHABET[:38]) * int(rng.integers(1, 5)) for _ in range(6))
    if form < 0.85:
        # Pairs that look alike in print.
        return _characters(rng, "O0Q8BI1LS5Z2NÑUVYWMGC6DEF", length)
    text = " ".join(_characters(rng, ALPHABET.replace(" ", ""), length).split())
    if rng.random() < 0.5 and length > 4:
        text = f"{text[: length // 2]} {text[length // 2 :]}"
    return text


KINDS: dict[str, tuple[Callable[[Generator], str], float]] = {
    "mrz": (mrz, 0.19),
    "curp": (curp, 0.08),
    "clave_elector": (clave_elector, 0.08),
    "name": (name, 0.18),
    "address": (address, 0.17),
    "date": (date, 0.06),
    "number": (number, 0.06),
    "label": (label, 0.14),
    "invented": (invented, 0.10),
}
"""Each kind of line: its generator and its share of the training lines."""


def phrase(rng: Generator, kind: str | None = None) -> tuple[str, str]:
    """A kind, drawn by its share unless given, and a text of that kind."""
    if kind is None:
        names = list(KINDS)
        shares = np.array([KINDS[k][1] for k in names])
        kind = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    return kind, KINDS[kind][0](rng)
