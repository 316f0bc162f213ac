"""The stations' pages: who sees them, what they say, and what the incident bundle holds."""

import io
import json
import re
import zipfile

import pytest

from central.accounts.permissions import Role
from tests.portal.fleet import add_fleet, add_history
from tests.portal.visitor import Visitor
from tests.portal.world import World

STATIONS = 120
_NAMES = re.compile(r'<a class="folio" href="/fleet/([A-Z0-9]+)">')
_NEXT = re.compile(r'rel="next" href="([^"]+)"')

pytestmark = pytest.mark.parametrize("world", ["sqlite"], indirect=True)


@pytest.fixture
def technician(world: World) -> Visitor:
    with world.database.write() as session:
        add_fleet(session, STATIONS, now=world.clock.now())
        add_history(session, "F0001", now=world.clock.now())
    return Visitor(world.app).enter(world, Role.TECHNICIAN)


def names(visitor: Visitor, path: str) -> list[str]:
    return _NAMES.findall(visitor.get(path).text)


class TestTheList:
    def test_is_walked_page_by_page_with_each_station_once_and_trouble_first(
        self, technician: Visitor
    ) -> None:
        path, seen = "/fleet", []
        while path:
            text = technician.get(path).text
            seen += _NAMES.findall(text)
            found = _NEXT.search(text)
            path = found[1].replace("&amp;", "&") if found else ""
        assert len(seen) == len(set(seen)) == STATIONS + 1
        troubled = names(technician, "/fleet?condition=trouble")
        assert seen[: len(troubled)] == troubled

    def test_shows_those_that_stand_so_or_begin_so(self, technician: Visitor) -> None:
        resting = names(technician, "/fleet?condition=resting")
        assert len(resting) == 21
        assert sorted(names(technician, "/fleet?search=f001")) == [f"F001{n}" for n in range(10)]
        assert names(technician, "/fleet?search=%25") == []

    @pytest.mark.parametrize("after", ["x", "999.E1", "0.e1", "1.", "-1.E1"])
    def test_of_a_mark_that_is_none_begins_at_the_first(
        self, technician: Visitor, after: str
    ) -> None:
        assert len(names(technician, f"/fleet?after={after}")) in (0, 50)

    def test_is_the_first_page_of_a_technician_and_closed_to_an_aspirante(
        self, world: World, technician: Visitor
    ) -> None:
        assert technician.get("/staff").location == "/fleet"
        assert 'href="/staff/aspirantes"' not in technician.get("/fleet").text
        assert Visitor(world.app).enter(world, Role.ASPIRANTE).get("/fleet").status_code == 403
        assert Visitor(world.app).get("/fleet").location == "/staff/sign-in"


class TestAStation:
    def test_has_its_history_drawn_with_a_table_each(self, technician: Visitor) -> None:
        text = technician.get("/fleet/F0001?period=month").text
        assert text.count("<figure>") == text.count("Como tabla") == 7
        assert "Temperatura del procesador, °C" in text

    def test_of_an_unknown_id_or_period_is_not_found(self, technician: Visitor) -> None:
        assert technician.get("/fleet/NONE").status_code == 404
        assert technician.get("/fleet/F0001?period=century").status_code == 404


class TestTheIncidentBundle:
    def test_holds_the_station_and_nobody(self, world: World, technician: Visitor) -> None:
        answer = technician.get("/fleet/F0001/incident.zip")
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            files = {name.split("/")[1]: archive.read(name).decode() for name in archive.namelist()}
        assert json.loads(files["chains.json"])[0]["missing"] == [[41, 42]]
        assert json.loads(files["station.json"])["health"]["software"] == "0.1.0"
        assert files["history.csv"].count("\n") > 200

    def test_of_a_station_with_records_names_none_of_them(
        self, world: World, technician: Visitor
    ) -> None:
        answer = technician.get("/fleet/E7/incident.zip")
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist())
        for known in (*world.own, "AUX01", "GOB001", "EJEMPLO"):
            assert known not in text
