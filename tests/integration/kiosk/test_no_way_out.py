"""Attempts to leave the kiosk, or to open anything beside it, in a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Download, Error, Page

from tests.chromium import FLAGS
from tests.kiosk_screen import LOW, Screen, open_screen, serving
from tests.kiosks import Stand, bring_to, stand

POLICY = Path(__file__).parents[3] / "device" / "kiosk" / "chromium-policy.json"

# Each is swallowed by the page before the browser can take it for itself.
KEYS = (
    "Control+n", "Control+t", "Control+w", "Control+Shift+n", "Control+Shift+t", "Control+Tab",
    "Control+p", "Control+s", "Control+o", "Control+f", "Control+g", "Control+h", "Control+j",
    "Control+d", "Control+u", "Control+l", "Control+k", "Control+e", "Control+r", "Control+q",
    "Control+Shift+i", "Control+Shift+j", "Control+Shift+c", "Control+Shift+Delete",
    "Control+Shift+m", "Control+Equal", "Control+Minus", "Control+0", "Control+Enter",
    "F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "Shift+F10", "ContextMenu",
    "Alt+ArrowLeft", "Alt+ArrowRight", "Alt+Home", "Alt+d", "Alt+f", "Alt+F4", "Backspace",
)  # fmt: skip
# Where a page could try to lead: nothing of it may replace the kiosk.
ADDRESSES = (
    "file:///etc/passwd", "chrome://settings", "chrome://inspect", "view-source:http://127.0.0.1/",
    "javascript:document.title='out'", "data:text/html,out", "about:blank#out",
    "mailto:nadie@ejemplo.mx", "tel:5550000000", "devtools://devtools/bundled/inspector.html",
)  # fmt: skip
# Those of Chromium itself are not among them: driven to one, a headless Chromium may end.
BLOCKED_BY_POLICY = (
    "file:///etc/passwd",
    "view-source:http://127.0.0.1/",
    "http://example.org/",
    "https://example.org/",
)


def click(**options: object) -> Callable[[Page], None]:
    """Click the only link of the page with a modifier or another button."""
    return lambda page: page.get_by_role("link", name="La persona no puede firmar").click(**options)  # type: ignore[arg-type]  # Playwright's own names


def run(script: str) -> Callable[[Page], None]:
    """Do in the page what a visitor with its console would."""
    return lambda page: page.evaluate(script)


def pinch(page: Page) -> None:
    """Spread two fingers."""
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.synthesizePinchGesture",
        {"x": 400, "y": 240, "scaleFactor": 2.5, "relativeSpeed": 2000},
    )
    assert page.evaluate("visualViewport.scale") == 1


def hold(page: Page) -> None:
    """Press long with a finger, as for a menu."""
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.synthesizeTapGesture",
        {"x": 400, "y": 450, "duration": 1200, "gestureSourceType": "touch"},
    )


def zoom_by_wheel(page: Page) -> None:
    page.mouse.move(400, 240)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    assert page.evaluate("[innerWidth, visualViewport.scale]") == [LOW[0], 1]


def drop(kind: str, content: str) -> Callable[[Page], None]:
    """Drop something from elsewhere on the page."""

    def act(page: Page) -> None:
        taken = page.evaluate(
            """([kind, content]) => { const carried = new DataTransfer();
                 if (kind === "file") { carried.items.add(new File([content], "x.html")); }
                 else { carried.setData("text/uri-list", content); }
                 const event = (name) => new DragEvent(
                   name, { bubbles: true, cancelable: true, dataTransfer: carried });
                 return !["dragenter", "dragover", "drop"]
                   .map((name) => document.body.dispatchEvent(event(name))).some(Boolean); }""",
            [kind, content],
        )
        assert taken

    return act


def drag_the_link(page: Page) -> None:
    assert page.evaluate(
        """() => !document.querySelector("main a").dispatchEvent(
                 new DragEvent("dragstart", { bubbles: true, cancelable: true }))"""
    )


def press_history_buttons(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    for button in ("back", "forward"):
        for kind in ("mousePressed", "mouseReleased"):
            session.send(
                "Input.dispatchMouseEvent",
                {"type": kind, "x": 400, "y": 240, "button": button, "clickCount": 1},
            )


GESTURES: dict[str, Callable[[Page], None]] = {
    "right click": click(button="right"),
    "middle click": click(button="middle"),
    "control click": click(modifiers=["Control"]),
    "shift click": click(modifiers=["Shift"]),
    "alt click": click(modifiers=["Alt"]),
    "meta click": click(modifiers=["Meta"]),
    "long press": hold,
    "pinch": pinch,
    "control wheel": zoom_by_wheel,
    "history buttons of a mouse": press_history_buttons,
    "dragging a link": drag_the_link,
    "dropping an address": drop("uri", "https://example.org/"),
    "dropping a file": drop("file", "<h1>out</h1>"),
    "window.open": run("window.open('https://example.org/')?.close()"),
    "window.open of its own": run("window.open('/')?.close()"),
    "a foreign frame": run(
        """() => { const f = document.createElement("iframe"); f.src = "https://example.org/";
                   document.body.append(f); }"""
    ),
    "a form of another origin": run(
        """() => { const f = document.createElement("form"); f.action = "https://example.org/";
                   document.body.append(f); f.submit(); f.remove(); }"""
    ),
    "a download": run(
        """() => { const a = document.createElement("a"); a.download = "x.html";
                   a.href = "data:text/html,out"; document.body.append(a);
                   a.click(); a.remove(); }"""
    ),
    "a foreign script": run(
        """() => { const s = document.createElement("script");
                   s.textContent = "document.title = 'out'"; document.body.append(s);
                   s.remove(); }"""
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand(tmp_path_factory.mktemp("ways")) as built:
        yield built


class Kept:
    """A visit at the signature, and whatever opened beside it."""

    def __init__(self, screen: Screen, place: Stand) -> None:
        self.screen = screen
        self.page = screen.page
        self.opened: list[str] = []
        bring_to(place, screen, "signature")
        self.page.on("dialog", self._note_dialog)
        self.page.on("download", self._note_download)
        self.page.on("filechooser", lambda _: self.opened.append("file chooser"))
        self.visit = place.station.kiosk.desk.visit
        self.desk = place.station.kiosk.desk

    def begin(self) -> None:
        """Stand at the signature again."""
        self.opened.clear()
        self.screen.open("/capture/signature")
        self.page.evaluate(
            """() => { window.out = [];
                       for (const kind of ["keydown", "contextmenu", "dragstart"]) {
                         addEventListener(kind, (e) => e.defaultPrevented || out.push(kind));
                       }
                       addEventListener("beforeprint", () => out.push("print")); }"""
        )

    def check(self) -> None:
        """Hold that nothing happened: one page, of the kiosk, at the same visit."""
        assert [page.url for page in self.page.context.pages] == [self.page.url]
        assert self.page.url.startswith(f"{self.screen.address}/capture/signature")
        assert self.page.get_by_role("heading", name="Firma", exact=True).count() == 1
        assert "out" not in self.page.title()
        assert self.opened == []
        assert self.desk.visit == self.visit

    def _note_dialog(self, dialog: Dialog) -> None:
        self.opened.append("dialog")
        dialog.dismiss()

    def _note_download(self, download: Download) -> None:
        self.opened.append(f"download {download.suggested_filename}")
        download.cancel()


@pytest.fixture(scope="module")
def kept(place: Stand, browser: Browser) -> Iterator[Kept]:
    with open_screen(place, browser, LOW) as screen:
        yield Kept(screen, place)


class TestNothingLeadsOut:
    @pytest.mark.parametrize("keys", KEYS)
    def test_by_keys(self, kept: Kept, keys: str) -> None:
        kept.begin()
        kept.page.keyboard.press(keys)
        kept.check()
        swallowed = kept.page.evaluate("out")
        assert [kind for kind in swallowed if kind != "keydown"] == []
        # Only the modifiers themselves pass: alone they do nothing.
        modifiers = keys.count("+")
        assert swallowed.count("keydown") <= modifiers

    @pytest.mark.parametrize("name", GESTURES)
    def test_by_gestures_and_scripts(self, kept: Kept, name: str) -> None:
        kept.begin()
        GESTURES[name](kept.page)
        kept.check()
        assert "contextmenu" not in kept.page.evaluate("out")

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_by_addresses(self, kept: Kept, address: str) -> None:
        kept.begin()
        kept.page.evaluate(
            """(address) => { const a = document.createElement("a"); a.href = address;
                              document.body.append(a); a.click(); a.remove(); }""",
            address,
        )
        kept.check()

    def test_by_links_or_files_of_any_page(self, kept: Kept) -> None:
        kept.begin()
        found = kept.page.evaluate(
            """() => [...document.querySelectorAll(
                 "a[target], a[download], form[target], input[type=file], iframe, object, embed")]
                 .concat([...document.querySelectorAll("a[href]")]
                   .filter((a) => a.origin !== location.origin)).length"""
        )
        assert found == 0
        templates = POLICY.parent / "templates"
        for page in templates.glob("*.html"):
            text = page.read_text(encoding="utf-8")
            for word in ("target=", "download", 'type="file"', "<iframe", "http://", "https://"):
                assert word not in text, (page.name, word)


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chromium under the managed policy, in a mount namespace of its own."""
    chromium = os.environ.get("ACOPIO_TEST_CHROMIUM") or shutil.which("chromium")
    folder = tmp_path_factory.mktemp("managed")
    rules = json.loads(POLICY.read_text(encoding="utf-8"))
    # The test itself drives Chromium by its developer tools.
    del rules["DeveloperToolsAvailability"]
    (folder / "kiosk.json").write_text(json.dumps(rules))
    program = folder / "chromium"
    program.write_text(
        "#!/bin/sh\n"
        "exec unshare --mount sh -c '"
        "mount -t tmpfs none /etc/chromium && mkdir -p /etc/chromium/policies/managed && "
        f'cp {folder}/kiosk.json /etc/chromium/policies/managed/ && exec "$0" "$@"\' '
        f'{chromium} "$@"\n'
    )
    program.chmod(0o755)
    may_mount = chromium and shutil.which("unshare") and Path("/etc/chromium").is_dir()
    if not may_mount or subprocess.run([program, "--version"], capture_output=True).returncode:
        pytest.skip("a mount namespace for the policy needs root")
    return program


def test_the_managed_policy_lets_only_the_kiosk_in(
    place: Stand, browser: Browser, managed: Path, tmp_path: Path
) -> None:
    with serving(place) as address:
        profile = browser.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path=managed, args=list(FLAGS)
        )
        page = profile.new_page()
        page.goto(address)
        assert page.get_by_role("heading", name="Iniciar sesión").is_visible()
        for blocked in BLOCKED_BY_POLICY:
            with pytest.raises(Error, match=r"BLOCKED|ABORTED|invalid"):
                page.goto(blocked)
        profile.close()
