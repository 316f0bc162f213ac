"""The stations' desk: fifty from one file, a key approved, and a station's life by the pages."""

import io
import re
from collections.abc import Sequence
from html import unescape

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from central.accounts.permissions import Role
from central.models import AuditEntry, Duty, Station, StationClaim, StationState
from tests.portal.visitor import Visitor
from tests.portal.world import World
from wire.claim import parse_voucher
from wire.identity import Identity, build_identity
from wire.keys import SoftwareSigner

PROCESS = "PEL-2027"


@pytest.fixture
def desk(world: World) -> Visitor:
    """A technician at the desk."""
    return Visitor(world.app).enter(world, Role.TECHNICIAN)


def fifty() -> list[list[str]]:
    """Fifty stations, of which the rows 7 and 31 of the sheet have an error each."""
    rows = [[f"F{n:02d}", f"Módulo {n}", PROCESS, f"1000000000{n:02d}"] for n in range(1, 51)]
    rows[5][0] = "F-06"  # row 7
    rows[29][2] = "PEL-2072"  # row 31
    return rows


def sheet(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    titles = ["Id", "Sede", "Proceso", "Serie"]
    return "\r\n".join(separator.join(row) for row in [titles, *rows]) + "\r\n"


def upload(desk: Visitor, content: bytes) -> str:
    return unescape(desk.upload("/staff/stations/file", content, "estaciones.csv").text)


def hidden(page: str, action: str) -> str:
    form = page[page.index(f'action="/staff/stations/file/{action}"') :]
    found = re.search(r'name="rows" value="([^"]*)"', form, re.DOTALL)
    assert found is not None
    return found[1]


def stations(world: World) -> dict[str, Station]:
    with world.database.read() as session:
        rows = session.scalars(select(Station).where(Station.id_dispositivo.like("F%")))
        return {row.id_dispositivo: row for row in rows}


def station(world: World, name: str = "E7") -> Station:
    with world.database.read() as session:
        return session.scalars(select(Station).where(Station.id_dispositivo == name)).one()


class TestFiftyFromOneFile:
    def test_names_the_errors_in_rows_7_and_31_and_lets_the_others_in(
        self, world: World, desk: Visitor
    ) -> None:
        desk.get("/staff/stations/file")
        page = upload(desk, sheet(fifty()).encode("utf-8-sig"))
        assert "Id: debe tener de 1 a 16 letras y números" in page
        assert "Proceso: no existe. Escriba uno de éstos: PEL-2027." in page
        assert re.findall(r'<th scope="row">(\d+)</th>', page) == ["7", "31"]
        assert stations(world) == {}, "a dry run changes nothing"
        desk.post("/staff/stations/file/import", rows=hidden(page, "import"))
        found = stations(world)
        assert len(found) == 48
        assert found["F01"].site == "Módulo 1"
        assert found["F01"].serial == "100000000001"
        assert {one.state for one in found.values()} == {StationState.CLAIMED}

    def test_takes_the_corrected_rows_and_doubles_nothing(
        self, world: World, desk: Visitor
    ) -> None:
        desk.get("/staff/stations/file")
        page = upload(desk, sheet(fifty()).encode())
        desk.post("/staff/stations/file/import", rows=hidden(page, "import"))
        answer = desk.post("/staff/stations/file/corrected", rows=hidden(page, "corrected"))
        given = answer.data.decode("utf-8-sig")
        assert given.count("\r\n") == 3
        assert "Qué falta corregir" in given
        mended = given.replace("F-06", "F06").replace("PEL-2072", PROCESS)
        again = upload(desk, mended.encode("utf-8-sig"))
        desk.post("/staff/stations/file/import", rows=hidden(again, "import"))
        assert len(stations(world)) == 50
        whole = fifty()
        whole[5][0], whole[29][2] = "F06", PROCESS
        last = upload(desk, sheet(whole).encode())
        assert "Ningún renglón de este archivo agrega una estación." in last
        assert len(stations(world)) == 50

    @pytest.mark.parametrize(
        ("separator", "encoding"),
        [(";", "cp1252"), ("\t", "utf-16"), (",", "mac_roman"), ("|", "utf-8")],
    )
    def test_reads_what_spreadsheets_write(
        self, world: World, desk: Visitor, separator: str, encoding: str
    ) -> None:
        desk.get("/staff/stations/file")
        rows = [["f01", " Módulo  único ", PROCESS.lower(), ""]]
        page = upload(desk, sheet(rows, separator).encode(encoding))
        desk.post("/staff/stations/file/import", rows=hidden(page, "import"))
        assert stations(world)["F01"].site == "Módulo único"

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (["", "A", PROCESS, ""], "Id: está vacío"),
            (["SINALTA", "A", PROCESS, ""], "Id: es una palabra reservada"),
            (["F01", "A", PROCESS, ""], "Id: también está en el renglón 2"),
            (["F02", "", PROCESS, ""], "Sede: está vacío"),
            (["F02", "x" * 121, PROCESS, ""], "Sede: debe tener a lo más 120"),
            (["F02", "A", PROCESS, "S 1"], "Serie: debe tener a lo más 40"),
            (["F02", "A", PROCESS, "S1"], "Serie: también está en el renglón 2"),
        ],
    )
    def test_says_what_to_do_with_each_error(
        self, desk: Visitor, row: list[str], said: str
    ) -> None:
        desk.get("/staff/stations/file")
        page = upload(desk, sheet([["F01", "A", PROCESS, "S1"], row]).encode())
        assert said in page

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "file"),
            (b"PK\x03\x04", "Guarde la hoja como CSV"),
            (b"Id,Sede\r\nF01,A\r\n", "Proceso"),
            (b"Id,Sede,Proceso\r\n", "ninguna estación debajo"),
        ],
    )
    def test_refuses_a_file_that_it_cannot_read(
        self, desk: Visitor, content: bytes, said: str
    ) -> None:
        desk.get("/staff/stations/file")
        assert said in upload(desk, content)

    def test_prints_a_label_with_a_voucher_for_each_and_ends_older_ones(
        self, world: World, desk: Visitor
    ) -> None:
        desk.get("/staff/stations/file")
        rows = [[f"F{n:02d}", f"Módulo {n}", PROCESS, ""] for n in range(1, 4)]
        page = upload(desk, sheet(rows).encode())
        desk.post("/staff/stations/file/import", rows=hidden(page, "import"))
        names = ["F01", "F02", "E7"]
        for _ in range(2):
            answer = desk.post("/staff/stations/labels", station=names)
            assert answer.mimetype == "application/pdf"
        text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
        assert "Módulo 1" in text
        assert "E7" not in text, "an enrolled station needs no voucher"
        code = re.search(r"F01.*?((?:[2-9A-Z]{4}-?\s*){5})", text, re.DOTALL)
        assert code is not None
        assert parse_voucher(f"F01:{code[1]}").station == "F01"
        with world.database.read() as session:
            claims = session.scalars(select(StationClaim)).all()
            assert len(claims) == 4
            assert len([one for one in claims if one.expires_at > world.clock.now()]) == 2


class TestApproving:
    def test_shows_the_fingerprint_before_it_asks_which_station_it_is(
        self, world: World, desk: Visitor
    ) -> None:
        signer = SoftwareSigner.generate()
        identity = Identity(signer.public_pem, "n" * 21 + "A", "10000000abcdef01", "pi5")
        text = build_identity(identity, signer)
        desk.get("/staff/stations/approve")
        page = desk.post("/staff/stations/approve", request=text).text
        shown = re.search(r'<p class="secret">(.*?)</p>', page, re.DOTALL)
        assert shown is not None
        assert re.findall(r"[0-9a-f]{4}", shown[1]) == identity.fingerprint.split()
        form = {"request": text, "id": "f01", "process": PROCESS, "site": "Oficina 9"}
        refused = desk.post("/staff/stations/approve", **form)
        assert refused.status_code == 422
        assert "Primero compare la huella" in unescape(refused.text)
        answer = desk.post("/staff/stations/approve", **form, compared="yes")
        assert answer.location == "/staff/stations/F01"
        with world.database.read() as session:
            claim = session.scalars(select(StationClaim)).one()
            assert (claim.bound_kid, claim.serial) == (identity.kid, "10000000abcdef01")
        assert "Su clave está aprobada hasta" in unescape(desk.get(answer.location).text)

    def test_refuses_what_is_no_request(self, desk: Visitor) -> None:
        desk.get("/staff/stations/approve")
        answer = desk.post("/staff/stations/approve", request="ACOPIO-CLAIM:a.b.c")
        assert answer.status_code == 422
        assert "no es la solicitud de una estación" in answer.text


class TestALife:
    def test_is_told_with_its_acts(self, world: World, desk: Visitor) -> None:
        desk.get("/staff/stations/E7")
        desk.post("/staff/stations/E7/move", site="Oficina 12")
        page = unescape(desk.get("/staff/stations/E7").text)
        assert (station(world).site, station(world).next_site) in (
            ("Oficina 12", None),
            ("", "Oficina 12"),
        )
        assert "Vaciándose" in page or "La puso en su sede" in page

    def test_moves_an_enrolled_station_only_once_it_is_drained(
        self, world: World, desk: Visitor
    ) -> None:
        with world.database.write() as session:
            session.scalars(select(Station)).one().kid = "k" * 43
        desk.get("/staff/stations/E7")
        desk.post("/staff/stations/E7/move", site="Oficina 12")
        assert station(world).duty is Duty.DRAIN
        assert "Va a" in desk.get("/staff/stations/E7").text

    def test_ends_a_lost_station_from_a_moment_on(self, world: World, desk: Visitor) -> None:
        desk.get("/staff/stations/E7")
        desk.post("/staff/stations/E7/lost", since="2026-01-02T03:04")
        one = station(world)
        assert one.state is StationState.REVOKED
        assert f"{one.lost_at:%Y-%m-%dT%H:%M}" == "2026-01-02T09:04"
        with world.database.read() as session:
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
            assert last is not None
            assert (last.action, last.subject) == ("station.revoked", "E7")

    @pytest.mark.parametrize(
        ("path", "form", "said"),
        [
            ("lost", {"since": ""}, "Escriba día y hora"),
            ("lost", {"since": "2100-01-01T00:00"}, "todavía no llega"),
            ("move", {"site": ""}, "120 caracteres"),
            ("replace", {"successor": "E99"}, "ninguna estación con ese nombre"),
            ("activate", {}, "no espera su aceptación"),
            ("release", {}, "no se puede hacer"),
        ],
    )
    def test_says_why_something_cannot_be_done(
        self, desk: Visitor, path: str, form: dict[str, str], said: str
    ) -> None:
        desk.get("/staff/stations/E7")
        answer = desk.post(f"/staff/stations/E7/{path}", **form)
        assert answer.status_code == 422
        assert said in unescape(answer.text)
