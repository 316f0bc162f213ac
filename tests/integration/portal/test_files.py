"""A file of auxiliares from its upload to its taking back, on both databases."""

import csv
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import event, func, select, update

from central.models import (
    AuditEntry,
    Auxiliar,
    AuxiliarBatch,
    AuxiliarState,
    BatchState,
    Mail,
    MailKind,
    User,
)
from central.roster.files.batches import Keys, drop_stale, import_good
from central.roster.files.sealed import PURPOSE
from central.roster.registration import CLAVE_PURPOSE
from central.services import services
from tests.portal import batches
from tests.portal.files import people, person, text, workbook
from tests.portal.people import OWN_EMAIL
from tests.portal.visitor import Visitor
from tests.portal.world import World

FORM = "/auxiliares/files"
# What happens before anybody comes in is the same on both databases.
on_sqlite = pytest.mark.parametrize("world", ["sqlite"], indirect=True)


def _given(visitor: Visitor, content: bytes) -> str:
    """Upload a file; give the address of its dry run."""
    visitor.get(FORM)
    answer = visitor.upload(FORM, content)
    assert answer.status_code == 303, unescape(answer.text)
    visitor.get(answer.location)
    return str(answer.location)


def _shown(visitor: Visitor, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def _imported(visitor: Visitor, content: bytes) -> str:
    address = _given(visitor, content)
    assert visitor.post(f"{address}/import").status_code == 303
    return address


def _batch(world: World, address: str) -> AuxiliarBatch:
    with world.database.read() as session:
        token = address.rpartition("/")[2]
        return session.scalars(select(AuxiliarBatch).where(AuxiliarBatch.token == token)).one()


def _of_file(world: World, address: str) -> list[Auxiliar]:
    batch_id = _batch(world, address).id
    with world.database.read() as session:
        return list(session.scalars(select(Auxiliar).where(Auxiliar.batch_id == batch_id)))


def _keys(world: World) -> Keys:
    with world.app.app_context():
        parts = services()
    return Keys(
        parts.sealer(PURPOSE), parts.sealer(CLAVE_PURPOSE), parts.secrets.random("register")
    )


def _change(world: World, address: str, number: int, **values: object) -> None:
    """Let something happen to one of the people of a file."""
    one = sorted(_of_file(world, address), key=lambda auxiliar: auxiliar.email)[number]
    with world.database.write() as session:
        session.execute(update(Auxiliar).where(Auxiliar.id == one.id).values(**values))


@contextmanager
def _counted(world: World) -> Iterator[Callable[[], int]]:
    """Count the statements that reach the database."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engines = {world.database.engine, world.database.writer()}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield lambda: len(statements)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


@on_sqlite
class TestDryRun:
    def test_counts_rows_and_imports_nobody(self, world: World, aspirante: Visitor) -> None:
        rows = [*people(3), person(3, born="31/02/1990"), person(4, email="")]
        address = _given(aspirante, text(rows).encode("cp1252"))
        page = _shown(aspirante, address)
        assert "Renglones leídos 5" in page
        assert "Renglones buenos 3" in page
        assert "Renglones por corregir 2" in page
        assert "1 Fechas de nacimiento por corregir" in page
        assert _of_file(world, address) == []

    def test_shows_what_was_put_right_and_how_it_was_written(self, aspirante: Visitor) -> None:
        row = person(
            1,
            nombres="  Ma.   José ",
            born="4 de enero de 1960",
            phone="+52 1 55 1234 5678",
            email="Maria.Jose@GMAIL.com",
            kind="Google",
            clave="mznxjs 600104 09h001",
        )
        page = _shown(aspirante, _given(aspirante, text([row]).encode()) + "?show=mended")
        for now, before in (
            ("Ma. José", "  Ma.   José "),
            ("04/01/1960", "4 de enero de 1960"),
            ("5512345678", "+52 1 55 1234 5678"),
            ("maria.jose@gmail.com", "Maria.Jose@GMAIL.com"),
            ("g", "Google"),
            ("MZNXJS60010409H001", "mznxjs 600104 09h001"),
        ):
            assert now in page
            assert f"Decía: «{re.sub(' +', ' ', before)}»" in page

    def test_pages_the_rows_by_their_number(self, aspirante: Visitor) -> None:
        rows = [person(number, born="nunca") for number in range(60)]
        address = _given(aspirante, text(rows).encode())
        seen: list[str] = []
        page = f"{address}?show=wrong"
        while page:
            answer = aspirante.get(page)
            seen += re.findall(r'id="row-(\d+)"', answer.text)
            following = re.search(r'rel="next" href="([^"#]+)', answer.text)
            page = unescape(following[1]) if following else ""
        assert seen == [str(number) for number in range(2, 62)]

    def test_the_same_file_again_takes_the_place_of_the_first(
        self, world: World, aspirante: Visitor
    ) -> None:
        content = text(people(2)).encode()
        assert _given(aspirante, content) == _given(aspirante, content)

    def test_its_rows_lie_sealed(self, world: World, aspirante: Visitor) -> None:
        address = _given(aspirante, text([person(1, nombres="Zacarías")]).encode())
        content = _batch(world, address).content or b""
        assert b"Zacar" not in content
        assert person(1)[5].encode() not in content

    def test_of_another_is_not_there(self, aspirante: Visitor) -> None:
        assert aspirante.get(f"{FORM}/{batches.OF_ANOTHER}").status_code == 404

    def test_five_thousand_rows_cost_few_statements(self, world: World, aspirante: Visitor) -> None:
        content = text(people(5_000)).encode()
        aspirante.get(FORM)
        with _counted(world) as count:
            address = aspirante.upload(FORM, content).location
            assert count() < 60
        with _counted(world) as count:
            aspirante.get(address)
            assert count() < 15
        with _counted(world) as count:
            assert aspirante.post(f"{address}/import").status_code == 303
            assert count() < 120
        assert len(_of_file(world, address)) == 5_000


class TestImport:
    def test_lets_the_good_rows_in_and_keeps_the_others_to_be_mended(
        self, world: World, aspirante: Visitor
    ) -> None:
        rows = [*people(3), person(3, born="31/02/1990")]
        address = _imported(aspirante, text(rows).encode())
        assert {one.email for one in _of_file(world, address)} == {row[5] for row in rows[:3]}
        assert {one.state for one in _of_file(world, address)} == {AuxiliarState.REGISTERED}
        page = _shown(aspirante, address)
        assert "Se registró a 3 personas" in page
        assert "1 renglón no se importó" in page

    def test_happens_once_however_often_the_button_is_pressed(
        self, world: World, aspirante: Visitor
    ) -> None:
        address = _imported(aspirante, text(people(3)).encode())
        assert aspirante.post(f"{address}/import").status_code == 303
        assert len(_of_file(world, address)) == 3
        with world.database.read() as session:
            noted = session.scalar(
                select(func.count()).where(AuditEntry.action == "auxiliar_file.imported")
            )
        assert noted == 1

    def test_happens_once_in_two_windows_at_the_same_moment(
        self, world: World, aspirante: Visitor
    ) -> None:
        address = _given(aspirante, text(people(40)).encode())
        keys, outcomes = _keys(world), []
        ready = threading.Barrier(2)

        def press() -> None:
            with world.database.writing() as session:
                batch = session.scalars(
                    select(AuxiliarBatch).where(AuxiliarBatch.token == address.rpartition("/")[2])
                ).one()
                session.commit()
                ready.wait()
                user_id = session.scalars(select(User.id).where(User.email == OWN_EMAIL)).one()
                outcomes.append(
                    import_good(session, batch, user_id=user_id, keys=keys, now=world.clock.now())
                )

        threads = [threading.Thread(target=press) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes == [True, True]
        assert len(_of_file(world, address)) == 40

    def test_is_of_nobody_when_somebody_came_in_by_another_way_meanwhile(
        self, world: World, aspirante: Visitor
    ) -> None:
        first = _given(aspirante, text(people(3)).encode())
        _imported(aspirante, text(people(1, first=2)).encode())
        aspirante.get(first)
        answer = aspirante.post(f"{first}/import")
        assert _of_file(world, first) == []
        page = _shown(aspirante, answer.location)
        assert "No se registró a nadie" in page
        assert "Ya tienes un auxiliar con este correo" in page
        assert aspirante.post(f"{first}/import").status_code == 303
        assert len(_of_file(world, first)) == 2

    def test_of_dropped_rows_says_so(self, world: World, aspirante: Visitor) -> None:
        address = _given(aspirante, text(people(2)).encode())
        later = world.clock.now() + timedelta(days=1, seconds=1)
        assert drop_stale(world.database, later) >= 1
        assert drop_stale(world.database, later) == 0
        assert aspirante.post(f"{address}/import").status_code == 303
        assert "ya no se conservan" in _shown(aspirante, address)
        assert _of_file(world, address) == []

    def test_discarded_rows_are_gone(self, world: World, aspirante: Visitor) -> None:
        address = _given(aspirante, text(people(2)).encode())
        assert aspirante.post(f"{address}/discard").location == f"{FORM}?solicitud=GOB001"
        assert _batch(world, address).content is None
        assert "Descartado sin importar" in _shown(aspirante, FORM)

    def test_people_are_followed_until_they_are_active(
        self, world: World, aspirante: Visitor
    ) -> None:
        address = _imported(aspirante, text(people(4)).encode())
        now = world.clock.now()
        listed = {"situacion_registral": "Lista Nominal", "clave_sealed": None}
        _change(world, address, 0, **listed)
        _change(world, address, 1, **listed, state=AuxiliarState.INVITED, invited_at=now)
        _change(
            world,
            address,
            2,
            **listed,
            state=AuxiliarState.ACTIVE,
            invited_at=now,
            activated_at=now,
        )
        _change(world, address, 3, situacion_registral="Bajas", clave_sealed=None)
        page = _shown(aspirante, address)
        assert "Consultadas en el padrón 4 de 4" in page
        assert "Invitadas por correo 2 de 4" in page
        assert "Activadas en una estación 1 de 4" in page
        assert "1 persona no está en la Lista Nominal" in page
        assert "data-renew-s" in aspirante.get(address).text
        _change(world, address, 0, state=AuxiliarState.INVITED, invited_at=now)
        # The centre has nothing left to do: the page is quiet.
        assert "data-renew-s" not in aspirante.get(address).text


@on_sqlite
class TestCorrectedFile:
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_mended_it_is_imported(self, world: World, aspirante: Visitor, kind: str) -> None:
        rows = [person(0, born="1-feb-85"), person(1, phone="12"), person(2, nombres="=1+1")]
        titles = ["NOMBRES", "paterno", "Materno", "nacimiento", "cel", "e-mail", "tipo", "clave"]
        address = _given(aspirante, text(rows, titles=titles).encode("utf-16"))
        table = _table(aspirante.get(f"{address}/corrected.{kind}").data, kind)
        assert table[0][0] == "Nombre(s)"
        assert table[0][-2:] == ["Qué falta corregir", "Qué ya se corrigió"]
        assert table[1][3] == "01/02/1985"
        assert "1-feb-85" in table[1][-1]
        assert "diez dígitos" in table[2][-2]
        assert table[3][0] in ("=1+1", "'=1+1")
        table[2][4], table[3][0] = "5512345678", "Ana"
        again = _given(aspirante, workbook(table))
        assert "Renglones buenos 3" in _shown(aspirante, again)
        aspirante.post(f"{again}/import")
        assert len(_of_file(world, again)) == 3

    def test_has_no_cell_that_a_spreadsheet_would_compute(self, aspirante: Visitor) -> None:
        evil = ["=1+1", "+1+1", "-1+1", "@SUM(1)"]
        rows = [person(number, nombres=cell) for number, cell in enumerate(evil)]
        address = _given(aspirante, text(rows).encode())
        cells = [
            cell
            for row in _table(aspirante.get(f"{address}/corrected.csv").data, "csv")
            for cell in row
        ]
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
        assert {f"'{cell}" for cell in evil} <= set(cells)
        parts = aspirante.get(f"{address}/corrected.xlsx").data
        assert b"<f>" not in _sheet_xml(parts)

    def test_keeps_columns_of_the_person_and_leaves_out_good_rows_when_asked(
        self, aspirante: Visitor
    ) -> None:
        rows = [[*person(0), "Norte"], [*person(1, born="x"), "Sur"]]
        titles = [*"nombre paterno materno nacimiento celular correo tipo clave".split(), "Zona"]
        address = _given(aspirante, text(rows, titles=titles).encode())
        assert "no se leyeron: Zona" in _shown(aspirante, address)
        table = _table(aspirante.get(f"{address}/corrected.csv?rows=wrong").data, "csv")
        assert [row[8] for row in table] == ["Zona", "Sur"]


class TestUndo:
    def test_takes_out_who_never_activated_and_deactivates_who_did(
        self, world: World, aspirante: Visitor
    ) -> None:
        address = _imported(aspirante, text(people(5)).encode())
        now = world.clock.now()
        _change(world, address, 0, state=AuxiliarState.INVITED, invited_at=now)
        _change(world, address, 1, state=AuxiliarState.ACTIVE, activated_at=now, verifier="x")
        _change(world, address, 2, state=AuxiliarState.SUSPENDED)
        _change(world, address, 3, state=AuxiliarState.DEACTIVATED, activated_at=now)
        self._write_letter(world, address, now)
        page = _shown(aspirante, f"{address}/undo")
        assert "2 personas que nunca se activaron" in page
        assert "1 persona que ya se activó" in page
        assert "2 personas desactivadas antes o bloqueadas por la autoridad" in page
        assert len(_of_file(world, address)) == 5

        assert aspirante.post(f"{address}/undo").status_code == 303
        left = sorted(_of_file(world, address), key=lambda one: one.email)
        assert [one.state for one in left] == [
            AuxiliarState.DEACTIVATED,
            AuxiliarState.SUSPENDED,
            AuxiliarState.DEACTIVATED,
        ]
        with world.database.read() as session:
            letters = session.scalar(select(func.count()).where(Mail.kind == MailKind.ACTIVATION))
        assert letters == 0
        assert "3 personas de este archivo siguen en la lista" in _shown(aspirante, address)

    def test_happens_once_and_only_to_what_was_imported(
        self, world: World, aspirante: Visitor
    ) -> None:
        checked = _given(aspirante, text(people(2)).encode())
        assert aspirante.post(f"{checked}/undo").status_code == 303
        assert _batch(world, checked).state is BatchState.CHECKED
        assert aspirante.get(f"{checked}/undo").status_code == 303
        address = _imported(aspirante, text(people(2, first=20)).encode())
        aspirante.post(f"{address}/undo")
        undone_at = _batch(world, address).undone_at
        world.clock.time += timedelta(minutes=5)
        aspirante.post(f"{address}/undo")
        assert _batch(world, address).undone_at == undone_at

    def test_lets_the_same_people_come_in_again(self, world: World, aspirante: Visitor) -> None:
        content = text(people(3)).encode()
        aspirante.post(f"{_imported(aspirante, content)}/undo")
        again = _imported(aspirante, content)
        assert len(_of_file(world, again)) == 3

    @staticmethod
    def _write_letter(world: World, address: str, now: object) -> None:
        with world.database.write() as session:
            for one in _of_file(world, address)[:2]:
                session.add(
                    Mail(
                        kind=MailKind.ACTIVATION,
                        auxiliar_id=one.id,
                        aspirante_id=one.aspirante_id,
                        details={},
                        created_at=now,
                        next_try_at=now,
                    )
                )


@on_sqlite
class TestTemplate:
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_given_back_as_it_is_has_nobody_in_it(self, aspirante: Visitor, kind: str) -> None:
        aspirante.get(FORM)
        content = aspirante.get(f"{FORM}/template.{kind}").data
        aspirante.get(FORM)
        answer = aspirante.upload(FORM, content)
        assert answer.status_code == 422
        assert "ninguna persona debajo" in answer.text


def _table(content: bytes, kind: str) -> list[list[str]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


def _sheet_xml(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read("xl/worksheets/sheet1.xml")
