"""The system's Chromium as the pictures of the product are taken with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

_PROGRAM = "/usr/bin/chromium"
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
)  # fmt: skip


@contextmanager
def mexican_page() -> Iterator[Page]:
    """Give a page of a browser in Mexico, and close the browser afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("ACOPIO_TEST_CHROMIUM", _PROGRAM), args=list(_FLAGS)
        )
        try:
            yield browser.new_context(locale="es-MX", timezone_id="America/Mexico_City").new_page()
        finally:
            browser.close()
