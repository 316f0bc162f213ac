"""What fills every address and every form, for the tests that walk all routes of the portal.

Whoever adds a route adds a line here: a `Sample` for each parameter of its address, and the fields
that its form needs to succeed. The world has to hold what the lines name.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from werkzeug.routing import Rule

from central.models import Base, User, UserSession
from domain.apoyo import State
from tests.portal import batches
from tests.portal.fleet import ORDER_BATCH
from tests.portal.objections import OTHER_OBJECTION, OWN_OBJECTION
from tests.portal.people import LETTER, OTHER_EMAIL, OWN_EMAIL
from tests.portal.reports import FOREIGN_EXPORT, OWN_EXPORT
from tests.portal.world import World


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of one parameter: of the aspirante's own, of nobody, and of another aspirante."""

    own: Callable[[World], str]
    nobody: str
    # None: what it names belongs to no aspirante.
    foreign: Callable[[World], str] | None = None


def _session_of(world: World, email: str) -> str:
    with world.database.read() as session:
        found = (
            select(UserSession.id).join(User, User.id == UserSession.user_id)
            .where(User.email == email).order_by(UserSession.id).limit(1)
        )  # fmt: skip
        return str(session.scalar(found))


_ADMISSION = {
    "office": "PEL-2027:GOB",
    "folio_solicitud": "NUEVA1",
    "name": "Nueva Ejemplo Inventada",
    "account_kind": "g",
    "email": "nueva@acopio.example",
    "scope_entidad": "9",
    "letter": "yes",
}
# Of the authority, who sees the requests of all aspirantes: none is foreign to it.
_ASPIRANTE = Sample(lambda _: "GOB001", "GOB999")


def _file(token: str) -> Sample:
    return Sample(lambda _: token, batches.NOBODY, lambda _: batches.OF_ANOTHER)


_STATION = Sample(lambda _: "E7", "E999")
_CONTESTED = Sample(
    lambda world: world.contested[0],
    "GOB001-AUX01-E7-99999999",
    lambda world: world.foreign_contested[0],
)
_INVITED = Sample(lambda _: "AUX02", "AUX99", lambda _: "AUX09")

# By parameter, or by endpoint and parameter where one name means two things.
SAMPLES: Mapping[str, Sample] = {
    "portal.static filename": Sample(lambda _: "acopio.css", "nothing.css"),
    "sign_in.leave_for_provider name": Sample(lambda _: "local", "nobody"),
    "sign_in.come_back name": Sample(lambda _: "local", "nobody"),
    "manuals.read slug": Sample(lambda _: "aspirantes", "nobody"),
    "manuals.download slug": Sample(lambda _: "aspirantes", "nobody"),
    "manuals.picture name": Sample(lambda _: "estacion-start.webp", "nothing.webp"),
    "welcome.show token": Sample(lambda _: LETTER, "x" * 43),
    "welcome.follow token": Sample(lambda _: LETTER, "x" * 43),
    "account.end number": Sample(
        lambda world: _session_of(world, OWN_EMAIL),
        "987654321",
        lambda world: _session_of(world, OTHER_EMAIL),
    ),
    "staff.detail folio": _ASPIRANTE,
    "staff.edit folio": _ASPIRANTE,
    "staff.change folio": _ASPIRANTE,
    "staff.set_access folio": _ASPIRANTE,
    "staff.set_request folio": _ASPIRANTE,
    "staff.send_letter folio": _ASPIRANTE,
    "staff.release_account folio": _ASPIRANTE,
    "station": Sample(lambda _: "E7", "E99"),
    "stations.act act": Sample(lambda _: "revoke", "explode"),
    "releases.advance release": Sample(lambda _: "1", "987654321"),
    "releases.halt release": Sample(lambda _: "1", "987654321"),
    "releases.resume release": Sample(lambda _: "2", "987654321"),
    # Of no aspirante: those who tend stations see all of them.
    "fleet_orders.cancel batch": Sample(lambda _: ORDER_BATCH, "f" * 32),
    "fleet.detail station": _STATION,
    "fleet.incident station": _STATION,
    "files.template kind": Sample(lambda _: "csv", "pdf"),
    "files.corrected kind": Sample(lambda _: "csv", "pdf"),
    "files.follow token": _file(batches.CHECKED),
    "files.corrected token": _file(batches.CHECKED),
    "files.import_good token": _file(batches.CHECKED),
    "files.discard token": _file(batches.CHECKED),
    "files.ask_undo token": _file(batches.IMPORTED),
    "files.undo token": _file(batches.IMPORTED),
    "id_auxiliar": Sample(lambda _: "AUX01", "AUX99", lambda _: "AUX09"),
    # Only who has not activated can be corrected.
    "registration.show_correction id_auxiliar": _INVITED,
    "registration.correct id_auxiliar": _INVITED,
    "step": Sample(lambda _: "deactivate", "delete"),
    "records.detail folio": Sample(
        lambda world: world.own[1],
        "GOB001-AUX01-E7-99999999",
        lambda world: world.foreign[0],
    ),
    "export": Sample(
        lambda _: OWN_EXPORT,
        "0c0c0c0c-0000-4000-8000-00000000000c",
        lambda _: FOREIGN_EXPORT,
    ),
    "exports.public_key key": Sample(lambda _: "reports", "policy"),
    "records.receipt folio": Sample(
        lambda world: world.own[1],
        "GOB001-AUX01-E7-99999999",
        lambda world: world.foreign[0],
    ),
    "objection": Sample(lambda _: OWN_OBJECTION, "INC-9999-9999-9999", lambda _: OTHER_OBJECTION),
    "objections.record folio": _CONTESTED,
    "objections.picture folio": _CONTESTED,
    "objections.picture picture": Sample(lambda _: "front", "nothing"),
    "objections.attachment token": Sample(
        lambda world: world.contested[1],
        "00000000-0000-4000-8000-000000000000",
        lambda world: world.foreign_contested[1],
    ),
}

# Somebody invented, as the form of Registro sends them.
PERSON = {
    "account_kind": "g",
    "nombres": "Luisa",
    "apellido_paterno": "Ejemplo",
    "apellido_materno": "Prueba",
    "born_day": "1",
    "born_month": "1",
    "born_year": "1990",
    "telefono_movil": "55 1234 5678",
    "email": "luisa.ejemplo@gmail.com",
    "clave_elector": "EJPRLS90010109M000",
}

# Fields with which a form is taken: the answer leads on (303), and something has changed.
FORMS: Mapping[str, Callable[[World], Mapping[str, str]]] = {
    "files.import_good": lambda _: {},
    "files.discard": lambda _: {},
    "files.undo": lambda _: {},
    "records.search": lambda _: {"nombres": "María"},
    "objections.submit": lambda world: {
        "folio": world.by_state[State.INCONSISTENCIA][0],
        "statement": "Se entregó a tiempo.",
    },
    "objections.withdraw": lambda _: {},
    "sign_in.leave": lambda _: {},
    "account.end": lambda _: {},
    "account.end_others": lambda _: {},
    "fleet_orders.give": lambda _: {
        "station": "E7",
        "kind": "message",
        "text": "La sede abre a las 8.",
        "hours": "12",
        "confirmed": "1",
    },
    "fleet_orders.cancel": lambda _: {},
    "staff.search": lambda _: {"text": "aurora"},
    "staff.add": lambda _: _ADMISSION,
    "staff.change": lambda _: _ADMISSION | {"email": OWN_EMAIL},
    "staff.set_access": lambda _: {"active": "no"},
    "staff.set_request": lambda _: {"active": "no"},
    "staff.send_letter": lambda _: {},
    "staff.release_account": lambda _: {},
    "stations.act": lambda _: {},
    "stations.move": lambda _: {"site": "Oficina 12"},
    "stations.lost": lambda _: {"since": "2026-01-01T00:00"},
    "releases.advance": lambda _: {},
    "releases.halt": lambda _: {},
    "releases.resume": lambda _: {},
    "exports.ask": lambda _: {"kind": "receipts", "format": "csv"},
    "registration.register": lambda _: PERSON,
    "registration.correct": lambda _: PERSON,
    "auxiliares.take": lambda _: {},
}

# Addresses that may be asked with `?solicitud=`: another's is answered as one that is not there.
QUERY = ("solicitud", "GOB001", "GOB002", "GOB999")

# A GET changes nothing, but for what is noted of who took something away; by endpoint the tables.
NOTED: Mapping[str, frozenset[str]] = {
    "exports.download": frozenset({"audit_entries"}),
    "exports.signature": frozenset({"audit_entries"}),
    "objections.picture": frozenset({"audit_entries"}),
}


def sample(rule: Rule, parameter: str) -> Sample | None:
    """Give what fills a parameter of a rule; None when nobody said."""
    return SAMPLES.get(f"{rule.endpoint} {parameter}") or SAMPLES.get(parameter)


def own_path(rule: Rule, world: World) -> str:
    """Give the address of a rule over the aspirante's own things."""
    return _path(rule, {name: _known(rule, name).own(world) for name in rule.arguments})


def paths_of_others(rule: Rule, world: World) -> list[tuple[str, str]]:
    """Give pairs of addresses that must be answered alike: of another's thing, and of nobody's."""
    pairs = []
    own = {name: _known(rule, name).own(world) for name in rule.arguments}
    for name in sorted(rule.arguments):
        found = _known(rule, name)
        if found.foreign is not None:
            foreign, nobody = found.foreign(world), found.nobody
            pairs.append((_path(rule, own | {name: foreign}), _path(rule, own | {name: nobody})))
    return pairs


def paths_of_nobody(rule: Rule, world: World) -> list[str]:
    """Give addresses of a rule in which one thing is not there, for each of its parameters."""
    own = {name: _known(rule, name).own(world) for name in rule.arguments}
    paths = []
    for name in sorted(rule.arguments):
        # Of a parameter with a closed set of values the map itself knows no other.
        with contextlib.suppress(ValueError):
            paths.append(_path(rule, own | {name: _known(rule, name).nobody}))
    return paths


def dump(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Give all rows of all tables, but for when a session was seen last."""
    rows = {}
    with world.database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "last_seen_at"]
            query = table.select().with_only_columns(*columns).order_by(*table.primary_key.columns)
            rows[table.name] = [tuple(row) for row in connection.execute(query)]
    return rows


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """Give the names of the tables that differ."""
    return {name for name in after if before[name] != after[name]}


def _known(rule: Rule, parameter: str) -> Sample:
    found = sample(rule, parameter)
    assert found is not None, f"tests/portal/samples.py: what fills <{parameter}> of {rule.rule}?"
    return found


def _path(rule: Rule, values: Mapping[str, str]) -> str:
    _domain, path = rule.build(dict(values)) or ("", "")
    return path
