"""From the desk of the authority to Inicio in Chromium, and every way to be refused."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO

import numpy as np
import pyotp
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select, update

from central.accounts import invitations, providers
from central.accounts.passwords import hash_password
from central.accounts.permissions import Role
from central.models import Aspirante, User, UserIdentity
from tests.browser.conftest import Site, served_site
from tests.browser.inspection import Inspector
from tests.portal.graph import Graph, running_graph
from tests.portal.people import LETTER, OWN_EMAIL, STAFF_EMAIL, role_email
from tests.portal.provider import OWN, OWN_SECOND, STAFF, STRANGER, UNVERIFIED

PASSWORD, NEW_PASSWORD = "la que puso otra persona", "cuatro palabras propias nuevas"
NEW_EMAIL = "nueva@acopio.example"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A portal with every way to sign in, and somebody of the authority with a password."""
    with pytest.MonkeyPatch.context() as patch, running_graph(Graph()) as facebook:
        patch.setattr(providers, "FACEBOOK_GRAPH", facebook)
        patch.setattr(providers, "FACEBOOK_DIALOG", facebook)
        with served_site(tmp_path_factory.mktemp("desk"), google=True, facebook=True) as site:
            with site.world.database.write() as session:
                session.execute(
                    update(User)
                    .where(User.email == role_email(Role.AUTHORITY))
                    .values(password_hash=hash_password(PASSWORD), must_change_password=True)
                )
            yield site


class TestFromTheDeskToInicio:
    def test_an_aspirante_is_registered_and_arrives_by_the_letter(
        self, page: Page, browser: Browser, desk: Site
    ) -> None:
        inspector = Inspector(page)
        page.goto(f"{desk.url}/staff/aspirantes")
        self._come_in(page, desk, inspector)
        self._register(page, desk, inspector)
        with desk.world.database.write() as session:
            user = session.scalars(select(User).where(User.email == NEW_EMAIL)).one()
            token = invitations.invite(user, lifetime=timedelta(days=7), now=desk.world.clock.now())
        with browser.new_context(locale="es-MX") as context:
            self._arrive(context.new_page(), desk, token)
        page.reload()
        expect(page.get_by_text("Ya ingresó")).to_be_visible()
        assert inspector.check() == []

    def _come_in(self, page: Page, desk: Site, inspector: Inspector) -> None:
        assert inspector.check() == []
        page.get_by_label("Correo electrónico").fill(role_email(Role.AUTHORITY))
        page.get_by_label("Contraseña").fill("no es esta contraseña")
        page.get_by_role("button", name="Ingresar").click()
        expect(page.get_by_role("alert")).to_contain_text("No ingresaste")
        assert inspector.check() == []
        page.get_by_label("Contraseña").fill(PASSWORD)
        page.get_by_role("button", name="Ingresar").click()
        expect(page.get_by_role("heading", name="Configura tu segundo factor")).to_be_visible()
        assert inspector.check() == []
        secret = "".join(page.locator(".secret").inner_text().split())
        assert f"secret={secret}" in _read_qr(page)
        code = pyotp.TOTP(secret).at(desk.world.clock.now())
        page.get_by_label("Código de seis dígitos").fill(code)
        page.get_by_role("button", name="Confirmar el código").click()
        expect(page.get_by_role("heading", name="Elige tu propia contraseña")).to_be_visible()
        page.get_by_label("Contraseña actual").fill(PASSWORD)
        page.get_by_label("Contraseña nueva", exact=True).fill("corta")
        page.get_by_label("Contraseña nueva, otra vez").fill("corta")
        page.get_by_role("button", name="Cambiar la contraseña").click()
        expect(page.locator("#new-note")).to_contain_text("necesita de 12 a 200 caracteres")
        assert inspector.check() == []
        page.get_by_label("Contraseña actual").fill(PASSWORD)
        page.get_by_label("Contraseña nueva", exact=True).fill(NEW_PASSWORD)
        page.get_by_label("Contraseña nueva, otra vez").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Cambiar la contraseña").click()
        expect(page).to_have_url(f"{desk.url}/staff/aspirantes")

    def _register(self, page: Page, desk: Site, inspector: Inspector) -> None:
        page.get_by_label("Folio, nombre o correo electrónico").fill("ejemplo")
        page.get_by_role("button", name="Consultar").click()
        expect(page.locator(".rows tbody tr")).to_have_count(2)
        assert inspector.check() == []
        page.get_by_role("link", name="Registrar aspirante").click()
        page.get_by_label("Proceso y cargo").select_option(label="Gubernatura")
        page.get_by_label("Folio de la solicitud").fill("GOB001")
        page.get_by_label("Nombre de la persona aspirante").fill("Nueva Ejemplo Inventada")
        page.get_by_label("Tipo de cuenta").select_option(label="Google")
        page.get_by_label("Correo electrónico").fill(NEW_EMAIL)
        page.get_by_role("button", name="Registrar").click()
        expect(page.get_by_role("alert")).to_contain_text("Hay que corregir 2 datos")
        assert inspector.check() == []
        page.get_by_label("Folio de la solicitud").fill("NUEVA1")
        page.get_by_label("Entidad").select_option(label="Ciudad de México")
        page.get_by_role("button", name="Registrar").click()
        expect(page.get_by_role("status")).to_contain_text("La solicitud quedó registrada")
        assert inspector.check() == []

    def _arrive(self, page: Page, desk: Site, token: str) -> None:
        inspector = Inspector(page)
        page.goto(f"{desk.url}/welcome/{token}")
        assert inspector.check() == []
        page.get_by_role("button", name="Continuar").click()
        expect(page.get_by_role("status")).to_contain_text("Tu carta está confirmada")
        expect(page.get_by_role("link", name="Ingresar con Facebook")).to_have_count(0)
        assert inspector.check() == []
        _choose(page, "Google", STRANGER.subject)
        expect(page.get_by_role("heading", name="Inicio")).to_be_visible()
        assert inspector.check() == []
        page.get_by_role("link", name="Mis sesiones").first.click()
        expect(page.get_by_text("1 sesión abierta")).to_be_visible()
        assert inspector.check() == []


def _choose(page: Page, provider: str, subject: str) -> None:
    page.get_by_role("link", name=f"Ingresar con {provider}").click()
    page.locator(f"button[value={subject}]").click()


def _with(**values: object) -> Callable[[Site], None]:
    def change(desk: Site) -> None:
        with desk.world.database.write() as session:
            session.execute(update(User).where(User.email == OWN_EMAIL).values(**values))

    return change


def _joined_to_another(desk: Site) -> None:
    with desk.world.database.write() as session:
        user = session.scalars(select(User).where(User.email == OWN_EMAIL)).one()
        session.add(
            UserIdentity(
                user=user, issuer=desk.issuer, subject="first", created_at=desk.world.clock.now()
            )
        )


def _stopped(desk: Site) -> None:
    with desk.world.database.write() as session:
        stop = update(Aspirante).where(Aspirante.folio_solicitud == "GOB001").values(active=False)
        session.execute(stop)


def _put_back(desk: Site) -> None:
    with desk.world.database.write() as session:
        session.execute(update(Aspirante).values(active=True))
        session.execute(delete(UserIdentity).where(UserIdentity.subject == "first"))
        session.execute(
            update(User)
            .where(User.email == OWN_EMAIL)
            .values(active=True, expires_at=None, account_kind=None)
        )


class TestRefusals:
    def test_each_is_a_clear_page_that_passes_inspection(
        self, browser: Browser, desk: Site
    ) -> None:
        now = desk.world.clock.now()
        refusals: list[tuple[str, str | None, Callable[[Site], None] | None]] = [
            ("Esta cuenta no está registrada", STRANGER.subject, None),
            ("El correo de esta cuenta no está verificado", UNVERIFIED.subject, None),
            ("Esta cuenta no tiene solicitudes aquí", STAFF.subject, None),
            ("Antes ingresaste con otra cuenta", OWN_SECOND.subject, _joined_to_another),
            ("No es el tipo de cuenta que registraste", OWN.subject, _with(account_kind="f")),
            ("Tu acceso está desactivado", OWN.subject, _with(active=False)),
            ("Tu acceso venció", OWN.subject, _with(expires_at=now)),
            ("Tu solicitud está desactivada", OWN.subject, _stopped),
            ("La primera vez, empieza por tu carta", None, None),
        ]
        with desk.world.database.write() as session:
            # The journey before joined this account to another person.
            session.execute(delete(UserIdentity))
            assert session.scalar(select(User.id).where(User.email == STAFF_EMAIL)) is not None
        for heading, subject, prepare in refusals:
            if prepare is not None:
                prepare(desk)
            with browser.new_context(locale="es-MX") as context:
                page = context.new_page()
                inspector = Inspector(page)
                page.goto(f"{desk.url}/sign-in")
                if subject is None:
                    page.get_by_role("link", name="Ingresar con Facebook").click()
                else:
                    _choose(page, "Google", subject)
                expect(page.get_by_role("heading", name=heading)).to_be_visible()
                assert inspector.check() == [], heading
            _put_back(desk)

    def test_a_link_that_is_worth_nothing_says_why(self, page: Page, desk: Site) -> None:
        inspector = Inspector(page)
        now = desk.world.clock.now()
        page.goto(f"{desk.url}/welcome/nothing")
        expect(page.get_by_role("heading", name="Este enlace no es válido")).to_be_visible()
        assert inspector.check() == []
        _with(invitation_expires_at=now)(desk)
        page.goto(f"{desk.url}/welcome/{LETTER}")
        expect(page.get_by_role("heading", name="Este enlace venció")).to_be_visible()
        _joined_to_another(desk)
        page.reload()
        expect(page.get_by_role("heading", name="Este enlace ya se usó")).to_be_visible()
        page.goto(f"{desk.url}/sign-in/data/facebook")
        assert inspector.check() == []


def _read_qr(page: Page) -> str:
    """Read what stands on the screen as a telephone does."""
    with Image.open(BytesIO(page.locator(".qr").screenshot())) as picture:
        (code,) = zxingcpp.read_barcodes(np.asarray(picture.convert("L")))
    return str(code.text)
