"""Invented citizens whose printed values agree with each other by the rules in `domain`.

Names and places are common words put together at random: no value is a person's.
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass

from numpy.random import Generator

from domain.credential.clave_elector import build_clave_elector
from domain.credential.curp import build_curp
from domain.credential.mrz import Mrz, build_mrz

MODELS = ("C", "D", "E", "F", "G", "H", "new")

# Years in which each model was issued: domain.md section 6.1.
ISSUED = {
    "C": (2008, 2013),
    "D": (2013, 2014),
    "E": (2014, 2019),
    "F": (2016, 2019),
    "G": (2019, 2026),
    "H": (2019, 2026),
    "new": (2026, 2026),
}
VALIDITY_YEARS = 10
# Longest printed name, spaces included: 50 since models G and H, 32 before (section 6.2).
NAME_LIMIT = {model: 50 if model in ("G", "H", "new") else 32 for model in MODELS}

WOMEN = (
    "MARÍA GUADALUPE MARGARITA JUANA VERÓNICA ELIZABETH ALEJANDRA LETICIA ROSA GABRIELA YOLANDA "
    "PATRICIA ADRIANA CLAUDIA SILVIA ARACELI TERESA MARTHA ALICIA ROCÍO NORMA LAURA ANA SANDRA "
    "ISABEL CARMEN DOLORES CECILIA DIANA FERNANDA DANIELA XIMENA VALERIA SOFÍA CAMILA REGINA "
    "RENATA MONTSERRAT ITZEL XÓCHITL CITLALI NAYELI YAZMÍN JAZMÍN BRENDA KARLA KARINA MÓNICA "
    "LORENA MIRIAM ESTHER RAQUEL SARA REBECA BEATRIZ GLORIA OFELIA GRACIELA HORTENSIA EULALIA "
    "BERENICE PERLA PALOMA ESPERANZA CONSUELO SOCORRO AMPARO LUZ EDITH INÉS IRMA BLANCA ÍNGRID "
    "WENDY YURIDIA ZULEMA QUETZALI FRIDA EVELYN VIANEY BELÉN NOEMÍ ABIGAÍL BEGOÑA ÚRSULA"
).split()
MEN = (
    "JOSÉ LUIS JUAN MIGUEL FRANCISCO JESÚS ANTONIO ALEJANDRO PEDRO MANUEL CARLOS ROBERTO "
    "FERNANDO DANIEL JORGE RICARDO EDUARDO JAVIER RAFAEL MARTÍN RAÚL DAVID JOSUÉ ARTURO MARCO "
    "ÓSCAR ENRIQUE VÍCTOR HÉCTOR MARIO SERGIO GERARDO ALBERTO ALFREDO ARMANDO GUILLERMO RUBÉN "
    "SALVADOR ÁNGEL GUSTAVO IGNACIO ISMAEL ULISES ADRIÁN IVÁN OMAR HUGO ABEL SAÚL NOÉ JOEL "
    "EMILIANO SANTIAGO MATEO LEONARDO DIEGO SEBASTIÁN RODRIGO CUAUHTÉMOC MOISÉS EZEQUIEL FÉLIX "
    "GREGORIO HILARIO TOMÁS VICENTE WILFRIDO XAVIER YAHIR ZACARÍAS QUIRINO ÍÑIGO BRAULIO "
    "EFRAÍN FABIÁN GILBERTO HUMBERTO JACINTO KEVIN LÁZARO NICOLÁS ORLANDO PABLO TOÑO ERIK"
).split()
SURNAMES = (
    "HERNÁNDEZ GARCÍA MARTÍNEZ LÓPEZ GONZÁLEZ PÉREZ RODRÍGUEZ SÁNCHEZ RAMÍREZ CRUZ FLORES GÓMEZ "
    "MORALES VÁZQUEZ REYES JIMÉNEZ TORRES DÍAZ GUTIÉRREZ RUIZ MENDOZA AGUILAR ORTIZ MORENO "
    "CASTILLO ROMERO ÁLVAREZ MÉNDEZ CHÁVEZ RIVERA JUÁREZ RAMOS DOMÍNGUEZ HERRERA MEDINA CASTRO "
    "VARGAS GUZMÁN VELÁZQUEZ MUÑOZ ROJAS CONTRERAS SALAZAR LUNA DE_LA_CRUZ ORTEGA GUERRERO "
    "SANTIAGO ESTRADA BAUTISTA CORTÉS SOTO ALVARADO ESPINOZA LARA ÁVILA RÍOS CERVANTES SILVA "
    "DELGADO VEGA MÁRQUEZ SANDOVAL CARRILLO LEÓN MEJÍA SOLÍS ROSAS IBARRA NÚÑEZ VALDEZ CAMPOS "
    "SANTOS CAMACHO NAVARRO PEÑA MALDONADO ROSALES ACOSTA MIRANDA TREJO CABRERA VALENCIA NAVA "
    "PACHECO ROBLES MOLINA FUENTES RANGEL HUERTA MEZA AGUIRRE CÁRDENAS PADILLA ESPINOSA SALAS "
    "VELASCO OROZCO ZAMORA CORONA OCHOA ACEVEDO SUÁREZ AYALA ARELLANO ZÁRATE QUINTERO IÑIGUEZ "
    "YÁÑEZ ZÚÑIGA UGALDE XOLALPA TZOMPAXTLE TECUAPETLA CHI PECH UC CANUL DZUL POOT AKÉ OSUNA "
    "DE_LEÓN DE_LA_ROSA DEL_ÁNGEL DE_LOS_SANTOS DE_LA_TORRE MONTES_DE_OCA DEL_RÍO PONCE_DE_LEÓN "
    "SAN_JUAN Y_PÉREZ BOLAÑOS CASTAÑEDA PATIÑO QUIÑONES TREVIÑO BRISEÑO CARREÑO ORDÓÑEZ AGÜERO "
    "BARBOSA BECERRA BELTRÁN BRAVO CANO CANTÚ COLÍN CORREA DÁVILA DURÁN ELIZONDO ESCOBEDO FIERRO "
    "GALINDO GALVÁN GAYTÁN HIDALGO JASSO KURI LAZCANO LEYVA LOZANO MACÍAS MONTOYA OLVERA PALACIOS "
    "QUEZADA QUIROZ RENTERÍA SERRANO TAPIA URIBE VILLA VILLEGAS WONG ZAPATA ZAVALA"
).split()
STREETS = (
    "MORELOS;HIDALGO;BENITO JUÁREZ;5 DE MAYO;16 DE SEPTIEMBRE;20 DE NOVIEMBRE;INSURGENTES SUR;"
    "REVOLUCIÓN;EMILIANO ZAPATA;FRANCISCO I. MADERO;LÁZARO CÁRDENAS;NIÑOS HÉROES;ALLENDE;ALDAMA;"
    "GUERRERO;VICENTE GUERRERO;IGNACIO ZARAGOZA;MATAMOROS;ABASOLO;CONSTITUCIÓN;REFORMA;PINO SUÁREZ;"
    "LAS FLORES;LOS PINOS;EL ROSAL;LAS PALMAS;JACARANDAS;BUGAMBILIAS;NARANJOS;AHUEHUETE;CEDROS;"
    "RÍO LERMA;RÍO BALSAS;LAGO DE CHAPALA;SIERRA MADRE;PICO DE ORIZABA;NEVADO DE TOLUCA;"
    "TENOCHTITLAN;NEZAHUALCÓYOTL;CUAUHTÉMOC;MOCTEZUMA;XICOTÉNCATL;QUETZALCÓATL;LIBERTAD;UNIÓN;"
    "PROGRESO;INDEPENDENCIA;VENUSTIANO CARRANZA;FRANCISCO VILLA;ÁLVARO OBREGÓN;MARIANO ESCOBEDO;"
    "12 DE OCTUBRE;24 DE FEBRERO;SOR JUANA INÉS DE LA CRUZ;NUEVO LEÓN;VERACRUZ;TAMAULIPAS;"
    "CERRADA DEL PARQUE;ANTIGUO CAMINO REAL;PASEO DE LAS LOMAS;VALLE DE BRAVO;SAN FELIPE;"
    "SANTA CECILIA;SAN MARTÍN;MIGUEL ALEMÁN;ADOLFO LÓPEZ MATEOS;EJE 3 SUR;NORTE 45;SUR 117"
).split(";")
STREET_KINDS = ("C", "C", "C", "AV", "AV", "CDA", "PRIV", "BLVD", "CALZ", "AND", "PROL", "CJON", "")
SETTLEMENTS = (
    "CENTRO;REFORMA;DEL VALLE;LAS AMÉRICAS;EL MIRADOR;LA LOMA;SAN JOSÉ;SAN ANTONIO;SANTA MARÍA;"
    "GUADALUPE;BUENAVISTA;BENITO JUÁREZ;LÁZARO CÁRDENAS;EMILIANO ZAPATA;VISTA HERMOSA;LOS ÁLAMOS;"
    "LA ESPERANZA;EL PORVENIR;JARDINES DEL SUR;VILLAS DEL SOL;LOMAS VERDES;SAN JUAN DE ARAGÓN;"
    "PUEBLO NUEVO;LA PRESA;EL CARMEN;TIERRA Y LIBERTAD;INDEPENDENCIA;MIGUEL HIDALGO;LA CAÑADA;"
    "CAMPESTRE;LAS PEÑAS;EL ROSARIO;ARBOLEDAS;BOSQUES DEL LAGO;PRIMERO DE MAYO;AMPLIACIÓN NORTE;"
    "SAN PEDRO MÁRTIR;OBRERA;INDUSTRIAL;FERROCARRILERA;MODERNA;LINDAVISTA;PEDREGAL DE SANTO DOMINGO"
).split(";")
SETTLEMENT_KINDS = ("COL", "COL", "COL", "COL", "FRACC", "BO", "LOC", "UNID HAB", "PBLO", "RCHO")
# Number, letters of the CURP, short name printed in an address, some municipalities.
STATES: tuple[tuple[str, str, str, str], ...] = (
    ("01", "AS", "AGS.", "AGUASCALIENTES;CALVILLO;JESÚS MARÍA"),
    ("02", "BC", "B.C.", "TIJUANA;MEXICALI;ENSENADA;TECATE"),
    ("03", "BS", "B.C.S.", "LA PAZ;LOS CABOS;COMONDÚ"),
    ("04", "CC", "CAMP.", "CAMPECHE;CARMEN;CALKINÍ"),
    ("05", "CL", "COAH.", "SALTILLO;TORREÓN;MONCLOVA;PIEDRAS NEGRAS"),
    ("06", "CM", "COL.", "COLIMA;MANZANILLO;TECOMÁN"),
    ("07", "CS", "CHIS.", "TUXTLA GUTIÉRREZ;TAPACHULA;SAN CRISTÓBAL DE LAS CASAS;OCOSINGO"),
    ("08", "CH", "CHIH.", "CHIHUAHUA;JUÁREZ;DELICIAS;PARRAL"),
    ("09", "DF", "CDMX", "CUAUHTÉMOC;IZTAPALAPA;COYOACÁN;GUSTAVO A. MADERO;TLALPAN;XOCHIMILCO"),
    ("10", "DG", "DGO.", "DURANGO;GÓMEZ PALACIO;LERDO"),
    ("11", "GT", "GTO.", "LEÓN;IRAPUATO;CELAYA;GUANAJUATO;DOLORES HIDALGO"),
    ("12", "GR", "GRO.", "ACAPULCO DE JUÁREZ;CHILPANCINGO;IGUALA;TAXCO DE ALARCÓN"),
    ("13", "HG", "HGO.", "PACHUCA DE SOTO;TULANCINGO;TULA DE ALLENDE;IXMIQUILPAN"),
    ("14", "JC", "JAL.", "GUADALAJARA;ZAPOPAN;TLAQUEPAQUE;TONALÁ;PUERTO VALLARTA"),
    ("15", "MC", "MÉX.", "ECATEPEC DE MORELOS;NEZAHUALCÓYOTL;TOLUCA;NAUCALPAN;TEXCOCO"),
    ("16", "MN", "MICH.", "MORELIA;URUAPAN;ZAMORA;PÁTZCUARO"),
    ("17", "MS", "MOR.", "CUERNAVACA;CUAUTLA;JIUTEPEC;TEPOZTLÁN"),
    ("18", "NT", "NAY.", "TEPIC;BAHÍA DE BANDERAS;COMPOSTELA"),
    ("19", "NL", "N.L.", "MONTERREY;GUADALUPE;APODACA;SAN NICOLÁS DE LOS GARZA"),
    ("20", "OC", "OAX.", "OAXACA DE JUÁREZ;SALINA CRUZ;JUCHITÁN;TUXTEPEC"),
    ("21", "PL", "PUE.", "PUEBLA;TEHUACÁN;ATLIXCO;CHOLULA;HUAUCHINANGO"),
    ("22", "QT", "QRO.", "QUERÉTARO;SAN JUAN DEL RÍO;CADEREYTA"),
    ("23", "QR", "Q. ROO", "BENITO JUÁREZ;OTHÓN P. BLANCO;SOLIDARIDAD;COZUMEL"),
    ("24", "SP", "S.L.P.", "SAN LUIS POTOSÍ;SOLEDAD;CIUDAD VALLES;MATEHUALA"),
    ("25", "SL", "SIN.", "CULIACÁN;MAZATLÁN;AHOME;GUASAVE"),
    ("26", "SR", "SON.", "HERMOSILLO;CAJEME;NOGALES;GUAYMAS"),
    ("27", "TC", "TAB.", "CENTRO;CÁRDENAS;COMALCALCO;MACUSPANA"),
    ("28", "TS", "TAMPS.", "REYNOSA;MATAMOROS;TAMPICO;VICTORIA"),
    ("29", "TL", "TLAX.", "TLAXCALA;APIZACO;HUAMANTLA"),
    ("30", "VZ", "VER.", "VERACRUZ;XALAPA;COATZACOALCOS;CÓRDOBA;ORIZABA;POZA RICA"),
    ("31", "YN", "YUC.", "MÉRIDA;VALLADOLID;TIZIMÍN;PROGRESO"),
    ("32", "ZS", "ZAC.", "ZACATECAS;FRESNILLO;GUADALUPE;JEREZ"),
)
ABROAD = (
    "{n} N MAPLE AVE;CHICAGO, IL {z};ESTADOS UNIDOS",
    "{n} W OAK ST APT {a};LOS ANGELES, CA {z};ESTADOS UNIDOS",
    "{n} PECAN VALLEY DR;SAN ANTONIO, TX {z};ESTADOS UNIDOS",
    "{n} E BROADWAY;PHOENIX, AZ {z};EUA",
    "{n} RIVER RD # {a};HOUSTON, TX {z};EUA",
    "{n} RUE DES LILAS;MONTREAL, QC;CANADA",
    "CALLE MAYOR {a}, 3 B;{z} MADRID;ESPAÑA",
)


@dataclass(frozen=True)
class Person:
    """One invented citizen and everything a credential of `model` could print.

    Values are as printed, upper case. `apellido_materno` is empty for people with one surname and
    `mrz` is empty for model C. `face_seed` and `hand_seed` fix the drawn face and handwriting.
    """

    model: str
    nombres: str
    apellido_paterno: str
    apellido_materno: str
    domicilio: tuple[str, ...]
    clave_elector: str
    curp: str
    anio_registro: str
    numero_emision: str
    emision: str
    vigencia: str
    fecha_nacimiento: str
    born_on: dt.date
    sexo: str
    edad: str
    entidad: str
    estado: str
    municipio: str
    localidad: str
    seccion: str
    identificador: str
    numero_ocr: str
    cic: str
    mrz: tuple[str, ...]
    face_seed: int
    hand_seed: int

    @property
    def abroad(self) -> bool:
        """Tell whether the credential is one of those issued abroad."""
        return self.model in ("F", "H")

    @property
    def printed_vigencia(self) -> str:
        """Give the vigencia as printed: models since G join it with the year of emisión."""
        if self.model in ("G", "H", "new"):
            return f"{self.emision} - {self.vigencia}"
        return self.vigencia

    @property
    def full_name(self) -> str:
        """Join given names and surnames, single spaces."""
        return " ".join(
            part for part in (self.nombres, self.apellido_paterno, self.apellido_materno) if part
        )


def _pick(rng: Generator, words: tuple[str, ...] | list[str]) -> str:
    return words[int(rng.integers(len(words)))]


def _digits(rng: Generator, count: int) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, count))


def _without_accents(text: str) -> str:
    kept = unicodedata.normalize("NFD", text.replace("Ñ", "\0"))
    return "".join(c for c in kept if not unicodedata.combining(c)).replace("\0", "Ñ")


def _given_names(rng: Generator, sex: str) -> str:
    names = WOMEN if sex == "M" or (sex == "X" and rng.random() < 0.5) else MEN
    count = int(rng.choice([1, 2, 3], p=[0.42, 0.53, 0.05]))
    chosen: list[str] = []
    while len(chosen) < count:
        name = _pick(rng, names)
        if name not in chosen:
            chosen.append(name)
    if sex == "M" and rng.random() < 0.22:
        chosen = [_pick(rng, ["MARÍA", "MARÍA", "MA.", "MARÍA DE LOS"]), *chosen[:1]]
        if chosen[0].endswith("LOS"):
            chosen[1] = _pick(rng, ["ÁNGELES", "REMEDIOS", "DOLORES"])
    elif sex == "H" and rng.random() < 0.16:
        chosen = [_pick(rng, ["JOSÉ", "JOSÉ", "J."]), *[n for n in chosen[:1] if n != "JOSÉ"]]
        if len(chosen) == 1:
            chosen.append("LUIS")
    return " ".join(chosen)


def _surname(rng: Generator) -> str:
    # A fifth of the weight goes to the whole list so that rare names and Ñ are well seen.
    span = 60 if rng.random() < 0.45 else len(SURNAMES)
    return SURNAMES[int(rng.integers(span))].replace("_", " ")


def _address(rng: Generator, abroad: bool, state: tuple[str, str, str, str]) -> tuple[str, ...]:
    if abroad and rng.random() < 0.8:
        text = _pick(rng, ABROAD).format(
            n=int(rng.integers(10, 9999)), a=int(rng.integers(1, 90)), z=_digits(rng, 5)
        )
        return tuple(text.split(";"))
    kind = _pick(rng, STREET_KINDS)
    number = _pick(rng, [str(int(rng.integers(1, 3000))), str(int(rng.integers(1, 200))), "S/N"])
    if rng.random() < 0.12:
        number = f"MZ {int(rng.integers(1, 90))} LT {int(rng.integers(1, 60))}"
    inside = ""
    if rng.random() < 0.25:
        inside = " " + _pick(
            rng,
            [
                f"INT {int(rng.integers(1, 40))}",
                f"DEPTO {int(rng.integers(1, 600))}",
                f"{_pick(rng, ['A', 'B', 'C'])}",
                f"EDIF {_pick(rng, ['A', 'B', 'C', 'D'])}-{int(rng.integers(1, 40))}",
            ],
        )
    street = f"{kind} {_pick(rng, STREETS)} {number}{inside}".strip()
    settlement = f"{_pick(rng, SETTLEMENT_KINDS)} {_pick(rng, SETTLEMENTS)} {_digits(rng, 5)}"
    town = f"{_pick(rng, state[3].split(';'))}, {state[2]}"
    return (street, settlement, town)


def invent_person(rng: Generator, *, model: str | None = None) -> Person:
    """Invent a citizen and the values a credential of `model` prints for them.

    Models are drawn evenly when none is given.
    """
    model = model if model is not None else _pick(rng, MODELS)
    first, last = ISSUED[model]
    emision = int(rng.integers(first, last + 1))
    registered = int(rng.integers(max(1991, emision - 30), emision + 1))
    age = int(_age(rng))
    born_year = emision - max(age, 18)
    registered = min(emision, max(registered, born_year + 18, 1991))
    born_on = dt.date(born_year, 1, 1) + dt.timedelta(days=int(rng.integers(0, 365)))
    sex = str(rng.choice(["H", "M", "X"], p=[0.492, 0.5, 0.008]))
    if model in ("C", "D"):
        sex = "H" if sex == "X" else sex
    while True:
        nombres = _given_names(rng, sex)
        paterno, materno = _surname(rng), _surname(rng)
        if rng.random() < 0.03:
            materno = ""
        if len(f"{nombres} {paterno} {materno}".strip()) <= NAME_LIMIT[model]:
            break
    home = STATES[int(rng.integers(32))]
    birth = home if rng.random() < 0.7 else STATES[int(rng.integers(32))]
    number, letters = birth[0], birth[1]
    if rng.random() < (0.12 if model in ("F", "H") else 0.015):
        number, letters = _pick(rng, ["87", "88"]), "NE"
    address = _address(rng, model in ("F", "H"), home)
    if rng.random() < 0.6:
        nombres, paterno, materno = map(_without_accents, (nombres, paterno, materno))
        address = tuple(map(_without_accents, address))
    numero_emision = (
        f"{int(rng.choice([0, 1, 2, 3, 4, 5], p=[0.3, 0.25, 0.2, 0.12, 0.08, 0.05])):02d}"
    )
    seccion = f"{int(rng.integers(1, 7000)):04d}"
    identificador = _digits(rng, 9)
    cic = _digits(rng, 9)
    vigencia = emision + VALIDITY_YEARS
    homoclave = _digits(rng, 1) if born_year < 2000 else _pick(rng, list("ABCDEFGHJ"))
    mrz: tuple[str, ...] = ()
    if model != "C":
        mrz = build_mrz(
            Mrz(
                cic=cic,
                numero_ocr=seccion + identificador,
                born=f"{born_on:%y%m%d}",
                sex=sex,
                expires=f"{vigencia % 100:02d}1231",
                numero_emision=numero_emision,
                optional=_digits(rng, 5),
                surnames=f"{paterno} {materno}".strip(),
                given_names=nombres,
            )
        )
    return Person(
        model=model,
        nombres=nombres,
        apellido_paterno=paterno,
        apellido_materno=materno,
        domicilio=address,
        clave_elector=build_clave_elector(
            nombres, paterno, materno, born_on, sex, number, _digits(rng, 3)
        ),
        curp=build_curp(nombres, paterno, materno, born_on, sex, letters, homoclave),
        anio_registro=f"{registered} {numero_emision}",
        numero_emision=numero_emision,
        emision=str(emision),
        vigencia=str(vigencia),
        fecha_nacimiento=f"{born_on:%d/%m/%Y}",
        born_on=born_on,
        sexo=sex,
        edad=str(emision - born_year),
        entidad=number,
        estado=home[0],
        municipio=f"{int(rng.integers(1, 220)):03d}",
        localidad=f"{int(rng.integers(1, 400)):04d}",
        seccion=seccion,
        identificador=identificador,
        numero_ocr=seccion + identificador,
        cic=cic,
        mrz=mrz,
        face_seed=int(rng.integers(2**31)),
        hand_seed=int(rng.integers(2**31)),
    )


def _age(rng: Generator) -> float:
    """Draw an age at issue in years: 18 to 95, most below 60."""
    return 18 + min(77.0, float(rng.gamma(2.0, 11.0)))
