"""A report as people get it: counted on the screen, asked for, followed, downloaded, checked."""

import hashlib
from pathlib import Path

from playwright.sync_api import Page, expect

from audit.cli import main as audit
from tests.browser.conftest import Site
from tests.browser.inspection import Inspector
from tests.portal.reports import make_all


def test_from_the_count_to_a_file_that_holds(own_page: Page, site: Site, tmp_path: Path) -> None:
    page = own_page
    inspector = Inspector(page)
    page.goto(f"{site.url}/reports/detailed")
    page.get_by_label("Contar por").select_option(label="Día de recepción")
    page.get_by_label("Y por", exact=True).select_option(label="Estado del apoyo")
    page.get_by_role("button", name="Mostrar").click()
    expect(page.get_by_role("heading", name="Apoyos por día de recepción")).to_be_visible()
    assert "by=day&then=state" in page.url
    assert inspector.check() == []
    page.get_by_role("button", name="CSV").click()
    expect(page.get_by_role("status")).to_contain_text("está en preparación")
    newest = page.locator(".reports > li").first
    expect(newest.get_by_text("En espera")).to_be_visible()
    assert inspector.check() == []
    make_all(site.world)
    # The page renews itself.
    expect(newest.get_by_text("Listo")).to_be_visible(timeout=20_000)
    for name, saved in (("Descargar", "report.csv"), ("Firma", "report.csv.jws")):
        with page.expect_download() as download:
            newest.get_by_role("link", name=name).click()
        download.value.save_as(tmp_path / saved)
    with page.expect_download() as download:
        page.get_by_role("link", name="reports.pub.pem").click()
    download.value.save_as(tmp_path / "key.pem")
    newest.get_by_text("Número y huella").click()
    digest = hashlib.sha256((tmp_path / "report.csv").read_bytes()).hexdigest()
    expect(newest.get_by_text(digest)).to_be_visible()
    assert inspector.check() == []
    files = [str(tmp_path / name) for name in ("report.csv", "report.csv.jws")]
    assert audit(["report", *files, "--key", str(tmp_path / "key.pem")]) == 0


def test_a_search_becomes_a_file_with_the_keyboard_alone(own_page: Page, site: Site) -> None:
    page = own_page
    inspector = Inspector(page)
    page.goto(f"{site.url}/records?situacion=Bajas")
    page.get_by_label("Con los nombres de las personas").focus()
    page.keyboard.press("Space")
    assert inspector.check() == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("está en preparación")
    expect(
        page.locator(".reports > li").first.get_by_text("Tiene datos personales")
    ).to_be_visible()


def test_without_a_script_a_link_shows_how_far_it_is(own_page: Page, site: Site) -> None:
    page = own_page
    page.route("**/renew.js", lambda route: route.abort())
    page.goto(f"{site.url}/reports/files")
    page.locator("section[aria-labelledby=receipts]").get_by_role("button", name="XLSX").click()
    expect(page.locator(".reports > li").first.locator("progress")).to_be_visible()
    make_all(site.world)
    page.get_by_role("link", name="Ver cómo va").click()
    expect(page.locator(".reports > li").first.get_by_text("Listo")).to_be_visible()
