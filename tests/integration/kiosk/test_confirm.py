"""The page of the data: what stands first, what is explained, chosen, typed and asked about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from device.capture.session import AwaitingLivePhoto
from device.inference.base import Model
from tests.kiosk_screen import LARGE, LOW, NARROW, Screen, open_screen
from tests.kiosks import Stand, bring_to, stand
from wire.record import Edit, Source


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path) as built:
        yield built


@pytest.fixture
def typing(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path, typed_data_allowed=True) as built:
        yield built


def read(place: Stand) -> AwaitingLivePhoto:
    case = place.station.kiosk.desk.case
    assert isinstance(case, AwaitingLivePhoto)
    return case


def order(page: str) -> list[str]:
    return re.findall(r'class="line \w+" role="group" aria-label="([^"]+)"', page)


def test_what_was_not_read_stands_first_then_what_is_doubtful(place: Stand) -> None:
    place.reader.front = {"clave_elector": "", "apellido_materno": ""}
    place.reader.confidence = {"seccion": 0.6}
    place.reader.zone = None
    place.reader.model = Model.C
    browser = place.browser()
    bring_to(place, browser, "front")
    place.show("front")
    for _ in range(3):
        browser.call("/capture/front/shoot")
    browser.call("/capture/front/keep")
    place.show("back")
    browser.call("/capture/back/shoot")
    page = browser.text("/capture/confirm")
    assert order(page)[:3] == ["Clave de elector", "Apellido materno", "Sección"]
    assert "No se leyó" in page
    assert "Compare bien" in page


def test_a_disagreement_names_both_witnesses_and_both_values(place: Stand) -> None:
    place.reader.front = {"fecha_nacimiento": "01/10/1990"}
    browser = place.browser()
    bring_to(place, browser, "confirm")
    page = browser.text("/capture/confirm")
    for said in ("la CURP dice 01/01/1990", "renglones de códigos dicen 01/01/1990"):
        assert said in page
    assert "El anverso dice 01/10/1990" in page
    assert order(page)[0] == "Fecha de nacimiento"


def test_another_reading_is_chosen_where_nothing_may_be_typed(place: Stand) -> None:
    place.reader.front = {"fecha_nacimiento": "01/10/1990"}
    browser = place.browser()
    bring_to(place, browser, "confirm")
    assert 'value="01/01/1990"' in browser.text("/capture/confirm")
    answer = browser.call("/capture/confirm", field__fecha_nacimiento="01/01/1990")
    assert answer["step"] == "live_photo"
    case = read(place)
    assert case.fields["fecha_nacimiento"].source is Source.MRZ
    (edit,) = case.edits
    assert (edit.name, edit.before, edit.after) == (
        "fecha_nacimiento", "01/10/1990", "01/01/1990",
    )  # fmt: skip


def test_what_nobody_read_is_no_choice(place: Stand) -> None:
    browser = place.browser()
    bring_to(place, browser, "confirm")
    answer = browser.call("/capture/confirm", field__fecha_nacimiento="02/02/1990")
    assert answer["error"]["code"] == "capture.typing_refused"


def test_two_sides_of_two_credentials_are_said_and_marked(place: Stand) -> None:
    place.reader.front = {"nombres": "OTRA", "fecha_nacimiento": "05/05/1980"}
    browser = place.browser()
    bring_to(place, browser, "confirm")
    page = browser.text("/capture/confirm")
    assert "parecen de dos credenciales distintas" in page
    assert "Repetir anverso" in page


def test_a_copy_is_said_and_goes_on(place: Stand) -> None:
    place.reader.is_copy = True
    browser = place.browser()
    bring_to(place, browser, "confirm")
    assert "Esto parece una copia o una pantalla." in browser.text("/capture/confirm")
    assert browser.call("/capture/confirm")["step"] == "live_photo"


def test_a_slip_is_asked_about_once_and_never_blocks(typing: Stand) -> None:
    browser = typing.browser()
    bring_to(typing, browser, "confirm")
    wrong = {"field__curp": "EEPL900101MDFJRS03", "field__nombres": "LUISA"}
    answer = browser.post("/capture/confirm", **wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "La CURP está incompleta o tiene un carácter equivocado." in page
    assert 'value="EEPL900101MDFJRS03"' in page
    assert browser.call("/capture/confirm", **wrong)["error"]["code"] == "confirm.slips"
    assert browser.post("/capture/confirm", sure="1", **wrong).status_code == 303
    assert read(typing).edits == (
        Edit("curp", "EEPL900101MDFJRS02", "EEPL900101MDFJRS03", read(typing).edits[0].at_ms),
    )


@pytest.mark.parametrize("size", [LARGE, LOW, NARROW], ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("is_typing", [False, True], ids=["read", "typing"])
def test_the_page_has_nothing_to_mind_and_enlarges_what_is_printed(
    tmp_path: Path, browser: Chromium, size: tuple[int, int], is_typing: bool
) -> None:
    with (
        stand(tmp_path, typed_data_allowed=is_typing) as place,
        open_screen(place, browser, size) as screen,
    ):
        place.reader.front = {
            "fecha_nacimiento": "01/10/1990", "nombres": "LUIS", "apellido_materno": "",
        }  # fmt: skip
        place.reader.confidence = {"seccion": 0.6, "curp": 0.9}
        place.reader.is_copy = True
        bring_to(place, screen, "confirm")
        screen.open("/capture/confirm")
        screen.look(f"confirm-{'typing' if is_typing else 'read'}")
        screen.page.get_by_role("button", name="Ampliar: CURP como está impreso").click()
        dialog = screen.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        screen.photograph(f"confirm-zoom-{is_typing}")
        dialog.get_by_role("button", name="Cerrar").click()
        expect(dialog).to_be_hidden()
        _choose_the_code_lines(screen, is_typing=is_typing)
        screen.tap("Los datos son correctos")
        assert read(place).fields["fecha_nacimiento"].source is Source.MRZ
        assert screen.complaints == []


def _choose_the_code_lines(screen: Screen, *, is_typing: bool) -> None:
    name = "01/01/1990 renglones de códigos del reverso"
    if is_typing:
        screen.page.get_by_role("button", name=name).click()
    else:
        screen.page.get_by_role("radio", name=name).check()
