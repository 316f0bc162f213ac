"""The pages on paper: what was asked for begins on the first sheet, and nothing else is printed."""

from io import BytesIO

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.conftest import Site


def _sheets(page: Page) -> list[str]:
    printed = page.pdf(format="Letter", print_background=False)
    return [sheet.extract_text() for sheet in PdfReader(BytesIO(printed)).pages]


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("/", "Apoyos en Lista Nominal", "inconformidad espera a la autoridad"),
        ("/reports/advance", "Avance hacia el umbral", "4 nov"),
        ("/records", "Folio de registro", "GOB001"),
        ("/manuals/auxiliares", "Lo más importante en una página", "Mesa de control"),
        ("/help", "800 433 2000", "Una persona pregunta por su apoyo"),
    ],
)
def test_prints_from_the_first_sheet_to_the_last(
    own_page: Page, site: Site, path: str, first: str, last: str
) -> None:
    own_page.goto(site.url + path)
    sheets = _sheets(own_page)
    assert first in sheets[0]
    assert last in " ".join(sheets[-1].split())
    whole = "\n".join(sheets)
    assert "Mis sesiones" not in whole
    assert "Ir al contenido" not in whole


def test_an_answer_that_is_shut_on_the_screen_is_open_on_paper(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/help")
    assert "la autoridad la da de baja" in " ".join("\n".join(_sheets(page)).split())
