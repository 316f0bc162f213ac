"""What the operator is told when something fails: what to do next, in Spanish, by stable code."""

from __future__ import annotations

from central.errors import CentralError

_SENTENCES = {
    "config.missing": "No se puede leer el archivo de configuración. Indíquelo con --config o "
    "créelo con «acopio-central init».",
    "config.syntax": "El archivo de configuración no es TOML válido. Corrija la línea indicada.",
    "config.setting": "El archivo de configuración tiene un ajuste desconocido o fuera de rango. "
    "Corríjalo y vuelva a intentar.",
    "config.process": "Un ajuste del proceso es desconocido o está fuera de rango.",
    "config.no_key": "El proceso no tiene llave de apertura. Ejecute «acopio-central init».",
    "config.stand_in": "Hay un ajuste de demostración que no se permite en producción.",
    "config.mail": "Los ajustes de correo ([mail]) no están completos o no son seguros. "
    "Corríjalos; docs/operations.md los explica.",
    "mail.auth": "El servidor de correo no acepta el usuario o la contraseña. Revise mail.user y "
    "keys/smtp.secret.",
    "mail.tls": "El certificado del servidor de correo no se pudo comprobar. Revise mail.host, "
    "mail.security y mail.authority.",
    "mail.not_offered": "El servidor de correo no ofrece STARTTLS o no pide contraseña. Revise "
    "mail.port, mail.security y mail.user.",
    "mail.unreachable": "El servidor de correo no responde. Revise mail.host, mail.port y la red.",
    "mail.folder": "No se puede escribir en la carpeta de cartas (mail.folder).",
    "mail.address": "Esa dirección de correo no se puede usar. Escriba una como nombre@ejemplo.mx.",
    "config.public_url": "La dirección pública debe ser https; http sólo se permite en esta misma "
    "máquina.",
    "secret": "Falta una llave o sus permisos no son seguros. Ejecute «acopio-central init» o "
    "corrija los permisos (chmod 600).",
    "secret.names": "Los nombres no se abren con esta llave. Revise keys/citizens.secret.",
    "database.not_ready": "La base de datos no responde. Revise que esté en marcha y la dirección "
    "en la configuración.",
    "database.not_migrated": "La base de datos no corresponde a esta versión. Ejecute "
    "«acopio-central migrate».",
    "process.unknown": "No existe ese proceso. Regístrelo con «acopio-central process add».",
    "office.unknown": "El proceso no tiene ese cargo. Agréguelo con «process add --office».",
    "aspirante.unknown": "No existe esa solicitud. Regístrela con «acopio-central aspirante add».",
    "aspirante.no_access": "Nadie ingresa por esa solicitud. Regístrela otra vez con «aspirante "
    "add».",
    "user.unknown": "No existe esa persona. Regístrela con «acopio-central user add».",
    "user.staff": "Esa persona es de la autoridad. Use «acopio-central user add --inactive».",
    "aspirante.process": "Ese folio de solicitud pertenece a otro proceso.",
    "auxiliar.taken": "Ese identificador de auxiliar pertenece a otra persona aspirante.",
    "station.process": "Esa estación pertenece a otro proceso.",
    "station.retired": "Esa estación fue dada de baja. Use otro identificador.",
    "station.unknown": "No existe esa estación.",
    "station.no_label": "Ninguna de esas estaciones espera un vale.",
    "file.unreadable": "El archivo no se puede leer y no se registró nada. Use CSV con los títulos "
    "Id, Sede, Proceso y Serie.",
    "station.key_used": "Esa clave ya se dio de alta o se aprobó para otra estación. Ejecute "
    "«acopio-station identity» en la estación y use la solicitud nueva.",
    "station.no_request": "Esa estación no tiene una solicitud aprobada.",
    "station.not_waiting": "Esa estación no espera su aceptación.",
    "identity.malformed": "El archivo no es la solicitud de una estación. Créelo en ella con "
    "«acopio-station identity --out».",
    "enrol.claim": "La aprobación venció o ya hubo otra. Apruebe de nuevo.",
    "removable.empty": "Ahí no hay ninguna carpeta «acopio-…» de una estación. Indique dónde está "
    "montada la memoria.",
    "bundle.malformed": "El archivo no es un paquete de Acopio o está dañado. Cópielo otra vez.",
    "bundle.truncated": "El archivo está incompleto. Cópielo otra vez.",
    "bundle.hash": "El contenido no es el que se firmó. Cópielo otra vez desde donde se armó.",
    "bundle.signature": "Una firma no es de la llave que dice. No use este paquete.",
    "bundle.signatures": "Le faltan firmas de llaves de versiones. Agréguelas con «release sign».",
    "bundle.signed": "Esa llave ya firmó este paquete. Firme con otra.",
    "bundle.expired": "La versión ya venció. Arme y firme una nueva.",
    "release.known": "Ya hay una versión con ese número. Los números crecen con cada versión.",
    "release.unknown": "No existe esa versión. Vea los id con «acopio-central release list».",
    "release.halted": "La versión está detenida. Vea por qué antes de «release resume».",
    "release.everywhere": "La versión ya se ofrece a todas las estaciones.",
    "release.young": "La versión lleva muy poco tiempo en su anillo. Espere a la hora indicada.",
    "release.keys": "No hay llaves de versiones en ese archivo. Cree una con «release keygen».",
    "release.payload": "Escriba cada parte como DESTINO=ARCHIVO, con un archivo que exista.",
    "release.exists": "Ese archivo ya existe. Escriba otro nombre; nada se reemplaza.",
    "release.unreadable": "No se puede leer o escribir ese archivo.",
    "vault.running": "Ya hay una bóveda en marcha con este socket.",
    "vault.identity": "El archivo de identidad de la bóveda no contiene una llave age.",
    "vault.unavailable": "La bóveda no responde. Iníciela con «acopio-central vault».",
    "storage.full": "El disco de los paquetes está lleno. Libere espacio; no se perdió nada.",
    "storage.io": "No se puede leer o escribir la carpeta de los paquetes.",
    "register.unavailable": "El registro no responde o no se ha cargado. Use «acopio-central "
    "import-register».",
    "objection.unknown": "No existe esa inconformidad. Vea los folios con «acopio-central "
    "objection list».",
    "objection.record": "Esa inconformidad no tiene ese registro. Véalos con «objection show».",
    "objection.closed": "La inconformidad ya no está abierta.",
    "objection.decided": "Ese registro ya está resuelto.",
    "hearing.decider": "Nadie con ese correo y un papel de revisión tiene acceso. Véalo con "
    "«acopio-central user list».",
    "hearing.ground": "Una resolución lleva su fundamento, de 1 a 1000 caracteres.",
    "hearing.clave": "No es una clave de elector, o la resolución no es «corrected». Léala otra "
    "vez de la imagen.",
    "hearing.who": "Una persona rechazó este registro: diga con --by quién resuelve.",
    "hearing.same_person": "Quien rechazó este registro no puede resolver sobre él. Debe hacerlo "
    "otra persona.",
    "hearing.duplicate": "El otro registro de la misma persona sigue contando, y solo uno cuenta. "
    "Corrija la clave con --clave-stdin si se leyó mal, o confirme.",
    "hearing.not_rejected": "El registro ya no está rechazado; resuelva «corrected».",
    "input": "Un dato no se puede aceptar. Corríjalo y vuelva a intentar.",
}
_OTHER = "No se pudo completar la operación."


def explain(error: CentralError) -> str:
    """Give the sentence for an error, its code and its detail."""
    return f"{_SENTENCES.get(error.code, _OTHER)}\n  [{error.code}] {error}"
