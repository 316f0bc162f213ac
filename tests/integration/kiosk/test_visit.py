"""A visit through the screens: replayed camera, scripted reader, and the real seal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from device.queue.enrolment import EnrolmentStore
from device.queue.schema import State
from tests.kiosks import NOTICE, PASSWORD, Stand, bring_to, stand
from tests.stations import AUXILIAR
from wire.packet import parse_packet
from wire.policy import Acceptance

STEPS = ["consent", "front", "back", "confirm", "live_photo", "signature", "summary", "sealed"]
PAGES = {step: step.replace("_", "-") for step in STEPS} | {"sealed": "done"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


class TestAVisit:
    def test_ends_in_a_packet_that_only_the_authority_opens(self, place: Stand) -> None:
        browser = place.browser()
        answer = bring_to(place, browser, "sealed")
        assert answer["folio"] == "S001-A0001-EST01-00000001"
        spool = place.station.spool
        ring = EnrolmentStore(spool.database).current().own_ring()
        packet = parse_packet(spool.path_of(answer["link"]).read_bytes(), ring)
        record, images = place.centre.open(packet)
        assert record.folio == answer["folio"]
        assert record.capture.fields["curp"].value == "EEPL900101MDFJRS02"
        assert record.capture.consent.language == "es_MX"
        assert images.face is not None
        assert images.signature is not None

    def test_says_guardado_only_after_the_seal(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "summary")
        assert "Guardado" not in browser.text("/capture/summary")
        assert browser.get("/capture/done").status_code == 303
        assert place.station.spool.counts()[State.SEALED] == 1  # the session alone
        browser.post("/capture/seal")
        page = browser.text("/capture/done")
        assert "Guardado" in page
        assert "S001-A0001-EST01-00000001" in page
        assert place.station.spool.counts()[State.SEALED] == 2

    @pytest.mark.parametrize("step", STEPS)
    def test_shows_a_page_for_each_step_and_leads_to_it(self, place: Stand, step: str) -> None:
        browser = place.browser()
        answer = bring_to(place, browser, step)
        assert answer["next"] == f"/capture/{PAGES[step]}"
        assert "<h1" in browser.text(answer["next"])
        assert browser.get("/capture").headers["Location"] == answer["next"]
        for other in PAGES.values():
            if other != PAGES[step]:
                moved = browser.get(f"/capture/{other}")
                assert (moved.status_code, moved.headers["Location"]) == (303, answer["next"])

    def test_is_taken_by_forms_as_by_json(self, place: Stand) -> None:
        browser = place.browser()
        sent = browser.post("/sign-in", auxiliar=AUXILIAR, password=PASSWORD)
        assert (sent.status_code, sent.headers["Location"]) == (303, "/")
        assert browser.post("/capture/start").headers["Location"] == "/capture/consent"
        assert NOTICE.split("\n", maxsplit=1)[0] in browser.text("/capture/consent")
        assert browser.post("/capture/consent", agree="1").headers["Location"] == "/capture/front"
        assert browser.post("/capture/front/shoot").headers["Location"] == "/capture/front"
        page = browser.text("/capture/front")
        assert "Coloque la credencial plana" in page
        place.show("front")
        assert browser.post("/capture/front/shoot").headers["Location"] == "/capture/back"

    def test_shows_the_fields_with_their_print(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "confirm")
        page = browser.text("/capture/confirm")
        for shown in ("EEPL900101MDFJRS02", "99 %", "renglones de códigos", "modelo G"):
            assert shown in page
        assert '<input id="field-' not in page
        for picture in ("crop/curp", "crop/cic", "photo/front", "photo/back"):
            answer = browser.get(f"/capture/{picture}")
            assert answer.mimetype == "image/jpeg"
            assert answer.data.startswith(b"\xff\xd8")
        for nothing in ("crop/estado", "crop/nonsense", "photo/face", "photo/signature"):
            assert browser.get(f"/capture/{nothing}").status_code == 404

    def test_says_before_the_confirmation_that_a_credential_has_expired(
        self, tmp_path: Path
    ) -> None:
        with stand(tmp_path, acceptance=Acceptance(refuse_expired=False)) as place:
            place.reader.vigencia = "2009-2019"
            browser = place.browser()
            bring_to(place, browser, "confirm")
            assert "La credencial ya venció." in browser.text("/capture/confirm")

    def test_refuses_typed_data_where_the_process_allows_none(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "confirm")
        answer = browser.call("/capture/confirm", field__nombres="LUIS")
        assert (answer["status"], answer["error"]["code"]) == (422, "capture.typing_refused")
        assert answer["next"] == "/capture/confirm"

    def test_cancelled_leaves_no_picture_behind(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "summary")
        assert browser.post("/capture/cancel").headers["Location"] == "/"
        for name in ("front", "back", "face", "signature"):
            assert browser.get(f"/capture/photo/{name}").status_code == 404
        assert place.station.spool.counts()[State.SEALED] == 1
        assert list(place.scenes.parent.joinpath("data").rglob("*.jpg")) == []

    def test_leaves_no_plain_text_on_the_disk(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "sealed")
        for path in (place.scenes.parent / "data").rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert b"EEPL900101MDFJRS02" not in content, path
                assert b"EJPRLS90010109M000" not in content, path

    def test_allows_typing_where_the_process_does(self, tmp_path: Path) -> None:
        with stand(tmp_path, typed_data_allowed=True) as place:
            browser = place.browser()
            bring_to(place, browser, "confirm")
            assert '<input id="field-nombres"' in browser.text("/capture/confirm")
            assert browser.call("/capture/confirm", field__nombres="luis")["step"] == "live_photo"

    def test_warns_of_a_person_captured_before(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "sealed")
        assert "ya se captó en esta estación" not in browser.text("/capture/done")
        bring_to(place, browser, "confirm")
        assert "ya se captó en esta estación" in browser.text("/capture/confirm")


class TestTheStation:
    def test_says_how_it_is_without_a_sign_in(self, place: Stand) -> None:
        health = place.browser().get("/health").get_json()
        assert health["ok"] is True
        assert health["camera"] == {"state": "running"}
        assert health["policy"] == 1
        assert set(health["queue"]) == {state.value for state in State}

    def test_tells_of_sealed_records_in_the_queue(self, place: Stand) -> None:
        browser = place.browser()
        answer = bring_to(place, browser, "sealed")
        assert answer["folio"] in browser.text("/queue")

    def test_notes_when_sessions_begin_and_end(self, place: Stand) -> None:
        browser = place.browser()
        browser.sign_in()
        browser.call("/sign-out")
        kinds = [row.kind.value for row in place.station.spool.in_state(State.SEALED)]
        assert kinds == ["session_open", "session_close"]
        assert browser.get("/").headers["Location"] == "/sign-in"

    def test_takes_one_browser_at_a_time(self, place: Stand) -> None:
        first, second = place.browser(), place.browser()
        first.sign_in()
        assert "Otra persona tiene su sesión abierta" in second.text("/sign-in")
        second.sign_in()
        assert first.get("/queue").headers["Location"] == "/sign-in"
        assert second.get("/queue").status_code == 200

    def test_says_that_the_camera_is_gone_and_goes_on_when_it_is_back(self, place: Stand) -> None:
        browser = place.browser()
        bring_to(place, browser, "front")
        now = place.scenes / "now"
        now.rename(place.scenes / "away")
        answer = browser.call("/capture/front/shoot")
        assert answer["status"] == 503
        assert answer["error"]["code"] in ("camera.gone", "camera.absent")
        (place.scenes / "away").rename(now)
        place.show("front")
        for _ in range(200):
            answer = browser.call("/capture/front/shoot")
            if answer["status"] == 200:
                break
            place.wait_for_camera()
        assert answer["accepted"]
