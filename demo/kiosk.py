"""Brings citizens through the screens of the kiosk, page by page, as a browser does."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import requests

from demo.cast import Visit
from demo.scenes import Shot, handwriting
from demo.score import Score, score

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
_TIMEOUT_S = 60
# Rounds of photographing one side before the demo itself gives up.
_MOST_ATTEMPTS = 8


class KioskGoneError(Exception):
    """The kiosk does not answer: it was killed, or it is starting."""


class KioskRefusedError(Exception):
    """The kiosk answered a step with an error; the message is the one the screen shows."""


@dataclass(slots=True)
class Guarded:
    """One visit that ended with *guardado*: the folio on the screen, and how well it had read."""

    visit: Visit
    folio: str
    score: Score
    typed: tuple[str, ...]
    attempts: dict[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    visit_ms: int = 0
    seal_ms: int = 0


class Kiosk:
    """One browser at one kiosk, with the auxiliar who works there."""

    def __init__(
        self, address: str, auxiliar: str, password: str, *, timeout_s: float = _TIMEOUT_S
    ) -> None:
        self.address = address
        self._timeout_s = timeout_s
        self._auxiliar = auxiliar
        self._password = password
        self._browser = requests.Session()
        self._browser.trust_env = False
        self._token = ""

    def is_up(self) -> bool:
        """Say whether the kiosk answers and can take a visit."""
        try:
            answer = self._browser.get(f"{self.address}/health", timeout=5)
            return answer.ok and bool(answer.json()["ok"])
        except (requests.RequestException, ValueError, KeyError):
            return False

    def sign_in(self) -> None:
        """Sign the auxiliar in, as after every start of the kiosk."""
        self._browser.cookies.clear()
        self.page("/sign-in")
        self.post("/sign-in", auxiliar=self._auxiliar, password=self._password)

    def page(self, path: str) -> str:
        """Open a page, and keep its token as its scripts do."""
        answer = self._ask("GET", path)
        if answer.status_code >= 400:
            raise KioskRefusedError(f"{path}: {answer.status_code}")
        answer.encoding = "utf-8"
        if found := _TOKEN.search(answer.text):
            self._token = found[1]
        return answer.text

    def post(self, path: str, **form: str) -> dict[str, Any]:
        """Take a step; give the kiosk's answer."""
        answer = self._ask(
            "POST",
            path,
            data=form,
            headers={
                "Accept": "application/json",
                "X-CSRFToken": self._token,
                "Referer": self.address,
            },
        )
        said: dict[str, Any] = answer.json()
        if "error" in said:
            raise KioskRefusedError(f"{path}: {said['error']['code']}: {said['error']['message']}")
        return said

    def pictures(self, path: str) -> Iterator[bytes]:
        """Open a stream of the camera and give its pictures, until the station ends it."""
        with self._browser.get(
            f"{self.address}{path}", stream=True, timeout=self._timeout_s
        ) as answer:
            while len(head := answer.raw.read(8)) == 8:
                answer.raw.read(int.from_bytes(head[:4]))
                if picture := answer.raw.read(int.from_bytes(head[4:])):
                    yield picture

    def queue_folios(self) -> set[str]:
        """Give the folios that the page of the queue shows as waiting."""
        return set(re.findall(r'<span class="folio">([^<]+)</span>', self.page("/queue")))

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        try:
            return self._browser.request(
                method, f"{self.address}{path}", timeout=self._timeout_s, **options
            )
        except requests.RequestException as error:
            raise KioskGoneError(path) from error


@dataclass(frozen=True, slots=True)
class Hooks:
    """What happens beside a visit: put a scene before the camera; the moments of sabotage."""

    show: Callable[[Visit, Shot, int], None]
    before: Callable[[Visit, str], None] = field(default=lambda _visit, _moment: None)


def bring(kiosk: Kiosk, visit: Visit, hooks: Hooks, printed: dict[str, str]) -> Guarded:
    """Bring one citizen from the notice to *guardado*.

    `printed` is what the auxiliar sees on the card: what the station read otherwise, or not at
    all, of the data the register is asked with is typed as printed.

    Raises:
        KioskGoneError: The kiosk was killed on the way; nothing of the visit remains, or all.
        KioskRefusedError: The kiosk did not take a step.
    """
    began = time.monotonic()
    attempts, reasons = lead_to_confirm(kiosk, visit, hooks)
    hooks.before(visit, "confirm")
    read = read_confirmation(kiosk.page("/capture/confirm"))
    typed = corrections(read, printed)
    form = {f"field.{name}": text for name, text in read.items()}
    kiosk.post("/capture/confirm", **form | {f"field.{name}": text for name, text in typed.items()})
    attempts["live"] = _photograph_face(kiosk, visit, hooks)
    kiosk.page("/capture/signature")
    kiosk.post("/capture/signature", strokes=json.dumps(handwriting(visit)))
    kiosk.page("/capture/summary")
    hooks.before(visit, "seal")
    sealing = time.monotonic()
    sealed = kiosk.post("/capture/seal")
    seal_ms = round((time.monotonic() - sealing) * 1000)
    if "Guardado" not in kiosk.page("/capture/done"):
        raise KioskRefusedError("la pantalla no dice «Guardado»")
    kiosk.post("/capture/clear")
    return Guarded(
        visit=visit,
        folio=sealed["folio"],
        score=score(read, printed),
        typed=tuple(sorted(typed)),
        attempts=attempts,
        reasons=tuple(reasons),
        visit_ms=round((time.monotonic() - began) * 1000),
        seal_ms=seal_ms,
    )


def lead_to_confirm(kiosk: Kiosk, visit: Visit, hooks: Hooks) -> tuple[dict[str, int], list[str]]:
    """Lead a visit from the start page to where the person compares the data.

    Gives the attempts at each side, and why a side was kept that the gate did not take.
    """
    kiosk.page("/")
    kiosk.post("/capture/start")
    kiosk.page("/capture/consent")
    kiosk.post("/capture/consent", agree="1")
    attempts: dict[str, int] = {}
    reasons: list[str] = []
    sides: tuple[Shot, ...] = ("front", "back")
    for side in sides:
        attempts[side], why = _photograph(kiosk, visit, side, hooks)
        reasons += why
    return attempts, reasons


def _photograph(kiosk: Kiosk, visit: Visit, side: Shot, hooks: Hooks) -> tuple[int, list[str]]:
    """Photograph one side until it is taken, or may be kept; give the attempts and reasons."""
    for attempt in range(_MOST_ATTEMPTS):
        hooks.show(visit, side, attempt)
        kiosk.page(f"/capture/{side}")
        answer = kiosk.post(f"/capture/{side}/shoot")
        if answer["accepted"]:
            return attempt + 1, []
        if answer["may_keep"]:
            kiosk.page(f"/capture/{side}")
            kiosk.post(f"/capture/{side}/keep")
            return attempt + 1, [f"{side}: {reason}" for reason in answer["reasons"]]
    raise KioskRefusedError(f"{side}: {_MOST_ATTEMPTS} intentos sin una fotografía aceptada")


def _photograph_face(kiosk: Kiosk, visit: Visit, hooks: Hooks) -> int:
    """Photograph the person until the photo may be used; give the attempts."""
    for attempt in range(_MOST_ATTEMPTS):
        hooks.show(visit, "live", attempt)
        kiosk.page("/capture/live-photo")
        if kiosk.post("/capture/live-photo/shoot")["may_accept"]:
            kiosk.post("/capture/live-photo/accept")
            return attempt + 1
    raise KioskRefusedError(f"foto: {_MOST_ATTEMPTS} intentos sin una que sirva")


# The register is asked with the clave; the names are what the aspirante and the person see.
_TYPED_WHEN_WRONG = ("clave_elector", "nombres", "apellido_paterno", "apellido_materno")


def corrections(read: dict[str, str], printed: dict[str, str]) -> dict[str, str]:
    """Give what the auxiliar types: the printed value where the screen shows another."""
    return {
        name: printed[name]
        for name in _TYPED_WHEN_WRONG
        if name in printed and name in read and read[name] != printed[name]
    }


def read_confirmation(page: str) -> dict[str, str]:
    """Give the fields of the page of confirmation by name; an empty value was not read."""
    parser = _Confirmation()
    parser.feed(page)
    parser.close()
    return parser.lines


class _Confirmation(HTMLParser):
    """Collects inputs and areas named `field.…`."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, str] = {}
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name = attributes.get("name") or ""
        if not name.startswith("field."):
            return
        if tag == "input":
            self._keep(name, attributes.get("value") or "")
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            self._keep(self._area, self._text)
            self._area = None

    def _keep(self, name: str, value: str) -> None:
        self.lines[name.removeprefix("field.")] = value.strip()
