"""The pictures of the README, taken from the running product with the system's Chromium."""

from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
)  # fmt: skip
_SIZE = (1280, 960)


def take(folder: Path, portal: str, account: str) -> list[Path]:
    """Take the pictures of the portal; those of the kiosk are `demo.screens`'."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            return [_portal(browser, folder, portal, account)]
        finally:
            browser.close()


def _portal(browser: Browser, folder: Path, portal: str, account: str) -> Path:
    page = _page(browser)
    page.goto(f"{portal}/sign-in/local")
    page.click(f'button[value="{account}"]')
    page.wait_for_url(f"{portal}/**")
    page.goto(f"{portal}/reports/advance", wait_until="networkidle")
    return _shoot(page, folder / "portal-advance.png")


def _page(browser: Browser) -> Page:
    width, height = _SIZE
    context = browser.new_context(
        locale="es-MX",
        viewport={"width": width, "height": height},
        timezone_id="America/Mexico_City",
    )
    return context.new_page()


def _shoot(page: Page, path: Path) -> Path:
    page.screenshot(path=str(path))
    return path
