"""A portal and its provider on loopback, and Chromium to look at them."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState
from werkzeug.serving import make_server

from central.accounts.local_provider import Account
from central.config import ProviderConfig
from tests.portal.graph import FACEBOOK
from tests.portal.provider import OWN, running_provider
from tests.portal.world import World, build_world


@dataclass(frozen=True)
class Site:
    """A served portal."""

    url: str
    issuer: str
    world: World


@contextlib.contextmanager
def served_site(folder: Path, *, google: bool = False, facebook: bool = False) -> Iterator[Site]:
    """Serve the invented world on loopback; the accounts of the local provider may be Google's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        with running_provider(url) as issuer:
            of_google = ProviderConfig("google", "Google", "openid", issuer, "acopio-portal")
            providers = ((of_google,) if google else ()) + ((FACEBOOK,) if facebook else ())
            world = build_world(
                folder,
                f"sqlite:///{folder / 'acopio.db'}",
                public_url=url,
                issuer=issuer,
                providers=providers,
            )
            server = make_server("127.0.0.1", port, world.app, threaded=True, fd=listener.fileno())
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield Site(url, issuer, world)
            finally:
                server.shutdown()
                thread.join()
                world.database.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The invented world, served on loopback for as long as the session."""
    with served_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh profile, of somebody who has not signed in."""
    with browser.new_context(locale="es-MX") as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def signed_in_state(browser: Browser, site: Site) -> StorageState:
    """The cookies of the aspirante after signing in through the pages."""
    with browser.new_context(locale="es-MX") as context:
        sign_in(context.new_page(), site, OWN)
        return context.storage_state()


@pytest.fixture
def own_page(browser: Browser, signed_in_state: StorageState) -> Iterator[Page]:
    """A page of the aspirante, signed in."""
    with browser.new_context(locale="es-MX", storage_state=signed_in_state) as context:
        yield context.new_page()


def sign_in(page: Page, site: Site, account: Account) -> None:
    """Sign in as people do: the start page, the provider's, and back."""
    page.goto(f"{site.url}/sign-in")
    page.get_by_role("link", name="Ingresar con una cuenta local").click()
    page.locator(f"button[value={account.subject}]").click()
    page.wait_for_url(f"{site.url}/**")
