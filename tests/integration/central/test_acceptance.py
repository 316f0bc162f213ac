"""Enrolled, not active: a station captures once its signed report is all green, or by a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from central.intake.lifecycle import REQUIRED
from central.models import AuditEntry, Duty, Process
from central.models import Station as StationRow
from device.readiness.report import sign_report
from tests.centres import Centre, run
from tests.integration.central.pairs import NAME
from tests.integration.central.test_enrolment_attacks import deliver
from tests.stations import VERSIONS, Station

pytestmark = pytest.mark.parametrize("centre_folder", ["sqlite"], indirect=True)

GREEN = dict.fromkeys(REQUIRED, "ok") | {"clock": "clock.unverified"}


@pytest.fixture
def centre(centre: Centre) -> Centre:
    """A centre whose process asks for the acceptance."""
    with centre.database.write() as session:
        process = session.scalars(select(Process)).one()
        process.settings = {**process.settings, "stations": {"acceptance_required": True}}
    return centre


def duty(centre: Centre) -> Duty:
    with centre.database.read() as session:
        return session.scalars(
            select(StationRow.duty).where(StationRow.id_dispositivo == NAME)
        ).one()


def refusal(station: Station) -> str | None:
    refused = station.sealer.refusal()
    return None if refused is None else refused.code


class TestAStationThatHasEnrolled:
    def test_captures_nothing_until_its_report_was_accepted(
        self, centre: Centre, station: Station
    ) -> None:
        assert refusal(station) == "capture.acceptance"
        assert duty(centre) is Duty.ACCEPTANCE
        deliver(station)
        assert refusal(station) == "capture.acceptance"
        sign_report(station.config, VERSIONS, GREEN)
        deliver(station)
        assert refusal(station) is None
        assert duty(centre) is Duty.CAPTURE
        with centre.database.read() as session:
            acts = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert acts[-2:] == ["station.readiness", "station.activated"]

    @pytest.mark.parametrize(
        "report",
        [
            GREEN | {"power_cut": "power.lost"},
            GREEN | {"printer": "printer.absent"},
            {name: code for name, code in GREEN.items() if name != "card_3"},
        ],
    )
    def test_goes_on_waiting_with_a_fault_until_a_person_decides(
        self, centre: Centre, station: Station, report: dict[str, str]
    ) -> None:
        sign_report(station.config, VERSIONS, report)
        deliver(station)
        assert duty(centre) is Duty.ACCEPTANCE
        run(centre.folder, "station", "activate", "--id", NAME)
        deliver(station)
        assert refusal(station) is None

    def test_may_send_its_report_on_a_disk(
        self, centre: Centre, station: Station, tmp_path: Path
    ) -> None:
        file = tmp_path / "readiness.jws"
        file.write_text(sign_report(station.config, VERSIONS, GREEN) + "\n")
        assert "puede captar" in run(centre.folder, "station", "readiness", str(file))
        assert duty(centre) is Duty.CAPTURE

    def test_does_not_believe_what_another_key_signed(
        self, centre: Centre, station: Station
    ) -> None:
        token = sign_report(station.config, VERSIONS, GREEN)
        station.store.set("readiness", token[:-6] + "AAAAAA")
        assert deliver(station).error is None
        assert duty(centre) is Duty.ACCEPTANCE
