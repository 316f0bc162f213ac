"""What every page must pass: axe-core, no word on the console, fingers hit, nothing sticks out."""

import json
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response

_VENDOR = Path(__file__).parents[1] / "vendor" / "axe-core"
_AXE = (_VENDOR / "axe.min.js").read_text(encoding="utf-8")
_SPANISH = json.loads((_VENDOR / "es.json").read_text(encoding="utf-8"))
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAST_TARGET_PX = 44
# A desktop, a telephone, and the smallest screen that is promised.
SIZES = ((1280, 800), (390, 844), (360, 640))

_SMALL_TARGETS = """least => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.checkVisibility() && !e.classList.contains('skip'))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.width < least - 0.5 || box.height < least - 0.5)
  .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
_OVERFLOW_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Inspector:
    """Watches one page from its opening; `check` says all that is wrong with what it shows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        self._refused: set[str] = set()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("response", self._remember)

    def _remember(self, response: Response) -> None:
        if response.status >= 400:
            self._refused.add(response.url)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        # Chromium reports every page whose status is an error; a page of ours may have one.
        source = message.location.get("url", "")
        is_page = source == self.page.url or source in self._pages_asked_for
        if "Failed to load resource" in message.text and is_page:
            return
        self.problems.append(f"console: {message.text} ({source})")

    @property
    def _pages_asked_for(self) -> set[str]:
        return {url for url in self._refused if "/assets/" not in url and "/static/" not in url}

    def check(self) -> list[str]:
        """Give what is wrong with the page as it is now, on each screen; nothing: an empty list."""
        page = self.page
        # Through the debugger: the page's own policy would refuse a script.
        _load_axe(page)
        found: list[str] = []
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{width} px: {problem}" for problem in self._check_screen()]
        return self.problems + found

    def _check_screen(self) -> list[str]:
        page = self.page
        found = [f"target {small}" for small in page.evaluate(_SMALL_TARGETS, LEAST_TARGET_PX)]
        overflow = page.evaluate(_OVERFLOW_PX)
        if overflow > 0:
            found.append(f"{overflow} px stick out to the right")
        return found + _run_axe(page)


def axe_violations(page: Page) -> list[str]:
    """Give what axe-core says against a page at its present size, and nothing else."""
    _load_axe(page)
    return _run_axe(page)


def _load_axe(page: Page) -> None:
    page.evaluate(_AXE)
    page.evaluate("locale => axe.configure({locale})", _SPANISH)


def _run_axe(page: Page) -> list[str]:
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", _RULES)
    return [
        f"axe {violation['id']}: {node['html'][:120]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
