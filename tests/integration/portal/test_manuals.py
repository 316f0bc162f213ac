"""Manuales and Mesa de ayuda, open to whoever needs them."""

import pytest

from central.manuals.source import SLUGS, read_manual
from central.models import Process
from tests.portal.visitor import Visitor
from tests.portal.world import World


class TestManuals:
    def test_a_stranger_reads_each_of_them_and_takes_it_away(self, stranger: Visitor) -> None:
        shelf = stranger.get("/manuals").text
        for slug in SLUGS:
            manual = read_manual(slug)
            assert manual is not None
            assert f'href="/manuals/{slug}"' in shelf
            assert manual.title in stranger.get(f"/manuals/{slug}").text
            taken = stranger.get(f"/manuals/{slug}.pdf")
            assert taken.data.startswith(b"%PDF-")
            assert taken.headers["Content-Disposition"] == f"inline; filename=manual-{slug}.pdf"
            for name in manual.pictures:
                seen = stranger.get(f"/manuals/pictures/{name}")
                assert (seen.status_code, seen.mimetype) == (200, "image/webp"), name

    def test_pictures_are_kept_by_the_browser_and_pages_are_not(self, stranger: Visitor) -> None:
        picture = stranger.get("/manuals/pictures/estacion-start.webp")
        assert picture.cache_control.max_age
        assert stranger.get("/manuals").cache_control.no_store

    @pytest.mark.parametrize(
        "path", ["/manuals/nada", "/manuals/nada.pdf", "/manuals/pictures/..%2f__init__.py"]
    )
    def test_what_is_not_there_is_not_found(self, stranger: Visitor, path: str) -> None:
        assert stranger.get(path).status_code == 404

    def test_in_english_the_text_says_that_it_is_spanish(self, stranger: Visitor) -> None:
        stranger.get("/manuals")
        stranger.post("/language", language="en", back="/manuals")
        assert "They are in Spanish." in stranger.get("/manuals").text
        assert (
            '<article class="card manual" lang="es-MX">' in stranger.get("/manuals/tecnicos").text
        )


def _help_of(world: World, code: str, phone: str, mail: str) -> None:
    with world.database.write() as session:
        process = session.query(Process).filter_by(code=code).one()
        process.settings = {"capture": {"help_phone": phone, "help_mail": mail}}


class TestHelpDesk:
    def test_a_stranger_finds_whom_to_call_without_an_account(self, stranger: Visitor) -> None:
        page = stranger.get("/help")
        assert 'href="tel:8004332000"' in page.text
        assert "No me ha llegado el correo con mi acceso." in page.text

    def test_names_the_help_desk_of_the_process(self, world: World, aspirante: Visitor) -> None:
        _help_of(world, "PEL-2027", "55 0000 0000", "ayuda@acopio.example")
        for visitor in (aspirante, Visitor(world.app)):
            page = visitor.get("/help").text
            assert 'href="tel:5500000000"' in page
            assert 'href="mailto:ayuda@acopio.example"' in page
            assert "Proceso electoral local de la demostración" in page

    def test_says_once_that_inetel_is_the_help_desk(self, world: World, stranger: Visitor) -> None:
        _help_of(world, "PEL-2027", "800 433 2000", "")
        assert stranger.get("/help").text.count('href="tel:8004332000"') == 1

    def test_every_page_leads_there(self, stranger: Visitor, aspirante: Visitor) -> None:
        for page in (stranger.get("/sign-in"), stranger.get("/nothing"), aspirante.get("/")):
            assert 'href="/help"' in page.text
            assert 'href="/manuals"' in page.text
