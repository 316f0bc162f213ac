"""Chromium as the tests start it: no window, nothing fetched by itself."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# As root and in a container: no sandbox, no GPU, no connection it opens by itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


class ChromiumMissingError(Exception):
    """No Chromium on this machine."""


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start Chromium: the one of ACOPIO_TEST_CHROMIUM, else the system's.

    One for all tests: Playwright runs one loop in a thread and refuses a second beside it.

    Raises:
        ChromiumMissingError: There is none.
    """
    path = os.environ.get("ACOPIO_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        raise ChromiumMissingError(
            "the tests of pages need Chromium (Debian: apt-get install chromium)"
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()
