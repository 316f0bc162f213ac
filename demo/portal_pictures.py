"""Pictures of the portal for the manuals, taken from the invented process of `make portal`."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Page

from central.roster.files.columns import TITLES
from demo import portal
from demo.cast import invent_visits
from demo.chromium import mexican_page
from demo.places import Places
from demo.processes import Supervisor
from demo.terminal import Terminal

# Wide enough for the menu beside the page, narrow enough to be read on paper.
_SIZE = (1040, 640)
_TELEPHONE = (390, 720)
_PATIENCE_MS = 60_000
_SEED = 41


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: where it is taken, what a person does before, and what stands on top of it."""

    name: str
    path: str
    before: Callable[[Page], None] | None = None
    top: str = ""
    size: tuple[int, int] = _SIZE


def _open_menu(page: Page) -> None:
    page.locator(".menu-narrow summary").click()


def _open_first_rejected(page: Page) -> None:
    page.locator(".rows tbody th a").first.click()


def _open_busiest(page: Page) -> None:
    page.locator(".rows.people tbody th a").first.click()


def _check_file(page: Page) -> None:
    """Upload a list of invented people, some of them with a mistake."""
    page.locator("#file").set_input_files(
        FilePayload(name="auxiliares.csv", mimeType="text/csv", buffer=_auxiliares_csv())
    )
    page.get_by_role("button", name="Revisar el archivo").click()
    page.wait_for_url("**/auxiliares/files/*")


def _ask_for_file(page: Page) -> None:
    """Ask for a report and wait for it, as a person would."""
    page.get_by_role("button", name="XLSX").click()
    page.wait_for_url("**/reports/files*")
    page.get_by_role("link", name="Descargar").first.wait_for(timeout=_PATIENCE_MS)


_BEFORE = Shot("sign-in", "/sign-in")
SHOTS = (
    Shot("inicio", "/"),
    Shot("menu", "/", _open_menu, size=_TELEPHONE),
    Shot("registro-auxiliar", "/auxiliares/new"),
    Shot("archivo", "/auxiliares/files", _check_file, "#rows"),
    Shot("auxiliares", "/auxiliares?sort=sent", top="#found"),
    Shot("auxiliar", "/auxiliares?sort=sent", _open_busiest, "#captured"),
    Shot("avance", "/reports/advance"),
    Shot("unidades", "/reports/advance", top="#units"),
    Shot("estados", "/reports/advance", top="#parts"),
    Shot("causas", "/reports/advance", top="#next"),
    Shot("registros", "/records"),
    Shot("registro", "/records?valid=no", _open_first_rejected),
    Shot("inconformidades", "/objections"),
    Shot("detallado", "/reports/detailed?by=auxiliar", top="#counted"),
    Shot("archivos", "/reports/detailed?by=auxiliar", _ask_for_file),
    Shot("avisos", "/notices"),
)


def take_portal(root: Path, folder: Path) -> list[Path]:
    """Run a portal of its own, take every picture into a folder and give the files.

    Raises:
        SetupError, ProcessFailedError: The portal did not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    terminal = Terminal()
    supervisor = Supervisor(root, terminal.note)
    places = Places(root / "var" / "manuals-portal")
    try:
        ports = portal.start(places, supervisor, terminal, fresh=True)
        address = f"http://127.0.0.1:{ports.portal}"
        with mexican_page() as page:
            taken = [_take(page, address, folder, _BEFORE)]
            _sign_in(page, address)
            return taken + [_take(page, address, folder, shot) for shot in SHOTS]
    finally:
        supervisor.stop()


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in/local")
    page.click(f'button[value="{portal.ACCOUNT}"]')
    page.wait_for_url(f"{address}/**")


def _take(page: Page, address: str, folder: Path, shot: Shot) -> Path:
    width, height = shot.size
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address + shot.path, wait_until="networkidle")
    if shot.before:
        shot.before(page)
        page.wait_for_load_state("networkidle")
    if shot.top:
        # The box around a heading has its margin.
        page.locator(shot.top).first.evaluate(
            "e => (e.closest('section') ?? e).scrollIntoView({block: 'start'})"
        )
    file = folder / f"portal-{shot.name}.png"
    page.screenshot(path=str(file))
    return file


def _auxiliares_csv() -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(TITLES.values())
    for number, visit in enumerate(invent_visits(_SEED, 8), start=1):
        person = visit.person
        born = f"{person.born_on:%d/%m/%Y}" if number != 2 else "31/02/1990"
        kind = "g" if number != 4 else "x"
        writer.writerow(
            [
                person.nombres,
                person.apellido_paterno,
                person.apellido_materno,
                born,
                "",
                f"auxiliar{number:02d}@acopio.example",
                kind,
                person.clave_elector,
            ]
        )
    return out.getvalue().encode("utf-8-sig")
