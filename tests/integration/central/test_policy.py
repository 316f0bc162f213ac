"""What the centre tells its stations in the signed policy."""

from sqlalchemy import select

from central.models import Process
from tests.centres import Centre
from wire import api
from wire.policy import Policy, verify_policy

TEXTS = {
    "citizen_page": "https://apoyo.example.mx/c",
    "help_mail": "ayuda@example.mx",
    "help_phone": "800 000 0000",
}


def _policy(centre: Centre) -> Policy:
    station = centre.station()
    answer = station.call("GET", "/policy")
    return verify_policy(api.from_json(api.PolicyAnswer, answer.data).policy, station.keys)


class TestTexts:
    def test_the_contacts_of_the_help_desk_and_the_citizen_page_reach_stations(
        self, centre: Centre
    ) -> None:
        with centre.database.write() as session:
            process = session.scalars(select(Process)).one()
            process.settings = {**process.settings, "capture": TEXTS}
        assert _policy(centre).texts == TEXTS

    def test_what_is_not_set_is_not_said(self, centre: Centre) -> None:
        assert _policy(centre).texts == {}
