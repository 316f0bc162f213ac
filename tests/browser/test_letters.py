"""Letters as a program for mail shows them, and the page Avisos with some of them on it."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from central.models import MailKind
from tests.browser.conftest import Site
from tests.browser.inspection import Inspector, axe_violations
from tests.mail_server import Received, running_mail_server
from tests.portal.office import Office, links_in

PROGRESS = {"valid": 57_121, "required": 60_000, "units_reached": 2, "units_required": 3,
            "unit": "entidad"}  # fmt: skip
STATES = {"lista_nominal": 57_121, "duplicado": 803, "padron": 279, "baja": 73,
          "no_encontrado": 19, "fuera_de_ambito": 0, "inconsistencia": 8_362,
          "en_procesamiento": 892, "en_mesa_de_control": 3_840}  # fmt: skip
DETAILS: tuple[tuple[MailKind, dict[str, Any]], ...] = (
    (MailKind.ACCESS, {}),
    (
        MailKind.DIGEST,
        {"day": "2026-11-22", "sent": 4_213, "sent_valid": 3_390, "more_valid": -12,
         **STATES, **PROGRESS},
    ),
    (MailKind.THRESHOLD, {"what": "units", "reached": False, "turn": 2, **PROGRESS}),
    (
        MailKind.REJECTION,
        {"day": "2026-11-22", "rejected": 412, "decided": 1_210, "own_permille": 112,
         "usual_permille": 98, "auxiliares": ", ".join(f"AUX{n:013d} (98)" for n in range(5)),
         "duplicado": 300, "inconsistencia": 112},
    ),
    (
        MailKind.DEADLINE,
        {"what": "capture", "last_day": "2026-12-03", "sent": 71_389, "lista_nominal": 57_121,
         **PROGRESS},
    ),
    (
        MailKind.DEADLINE,
        {"what": "delivery", "waiting": 312, "stations": 2, "names": "E12 (204), E7 (108)"},
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def letters(site: Site) -> list[Received]:
    """One letter of each kind, as it arrived; one invitation did not."""
    with running_mail_server() as server:
        office = Office(site.world, server)
        while office.postman().run_once():
            server.received.clear()  # other tests of the same site wrote letters, too
        for kind, details in DETAILS:
            office.post(kind, details=details)
        office.invite()
        office.postman().run_once()
        server.on_recipient = lambda to: (
            "550 5.1.1 unknown" if to.startswith("aux") else "450 4.2.0"
        )
        office.invite()
        office.post(*DETAILS[2][:1], details=DETAILS[2][1])
        office.postman().run_once()
        return server.received


def test_each_letter_is_read_on_an_old_phone_and_on_a_desk(
    browser: Browser, letters: list[Received]
) -> None:
    assert len(letters) == len(DETAILS) + 1
    with browser.new_context(locale="es-MX", java_script_enabled=True) as context:
        page = context.new_page()
        asked_for: list[str] = []
        page.on("request", lambda request: asked_for.append(request.url))
        for letter in letters:
            page.set_content(letter.html)
            for width in (320, 390, 700, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert too_wide <= 0, (letter.message["Subject"], width)
            assert axe_violations(page) == [], letter.message["Subject"]
            buttons = page.locator("td[bgcolor='#0f4c5c'] a")
            assert buttons.count() <= 1
            for button in buttons.all():
                box = button.bounding_box()
                assert box is not None
                assert box["height"] >= 44
                assert button.get_attribute("href") in links_in(letter.text)
        assert asked_for == []


def test_the_page_of_notices_passes_inspection(
    own_page: Page, site: Site, letters: list[Received]
) -> None:
    inspector = Inspector(own_page)
    own_page.goto(f"{site.url}/notices")
    assert own_page.get_by_role("heading", name="Invitaciones que no llegaron").is_visible()
    assert inspector.check() == []
    own_page.get_by_role("button", name="Ya no enviarlo").click()
    own_page.get_by_role("button", name="Enviármelo cada día").wait_for()
    assert inspector.check() == []
    own_page.get_by_role("button", name="Enviármelo cada día").click()
