"""What the manuals quote is what station and portal say; what they say is in the manuals."""

import argparse
import importlib
import pkgutil
import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask_babel import LazyString
from markdown_it import MarkdownIt

import central.commands
from central.manuals.pages import plain_text
from central.manuals.source import manuals, read_manual
from central.portal import notices, reasons
from central.portal.auxiliar_texts import STAGES
from central.portal.labels import STATES
from device.commands.speech import ADVICE
from device.kiosk import texts
from device.kiosk.texts import checks, outcomes, refusals, workshop
from device.kiosk.texts.troubles import TROUBLES

ROOT = Path(__file__).resolve().parents[4]
SAYS = "La estación dice"
CODE = "Código"


def _catalogue(folder: str) -> Catalog:
    path = ROOT / folder / "translations" / "es_MX" / "LC_MESSAGES" / "messages.po"
    return read_po(BytesIO(path.read_bytes()), locale="es_MX")


STATION = _catalogue("device/kiosk")
PORTAL = _catalogue("central/portal")


def _spanish(text: LazyString | str, catalogue: Catalog) -> str:
    with_english = str(text._args[0]) if isinstance(text, LazyString) else text
    message = catalogue.get(with_english)
    assert message is not None, with_english
    # A number in the middle of a sentence is three dots in a manual.
    return re.sub(r"%\(\w+\)s", "…", str(message.string))


def _cells(slug: str, heading: str) -> list[list[str]]:
    """Give the rows of the tables of a manual whose first column has this heading."""
    manual = read_manual(slug)
    assert manual is not None
    found: list[list[str]] = []
    table: list[list[str]] = []
    tokens = MarkdownIt("commonmark").enable("table").parse(manual.text)
    for place, token in enumerate(tokens):
        if token.type == "table_open":
            table = []
        elif token.type == "tr_open":
            table.append([])
        elif token.type in ("th_open", "td_open"):
            table[-1].append(plain_text(tokens[place + 1]))
        elif token.type == "table_close" and table[0][0] == heading:
            found += table[1:]
    return found


def _said(catalogue: Catalog) -> set[str]:
    """Give everything that is said, each form of a plural by itself."""
    found: set[str] = set()
    for message in catalogue:
        forms = message.string if isinstance(message.string, list | tuple) else [message.string]
        found |= {re.sub(r"%\(\w+\)[sd]", "…", str(form)) for form in forms if message.id}
    return found


def _all_spanish(found: Iterable[LazyString]) -> set[str]:
    return {_spanish(text, STATION) for text in found}


class TestAuxiliares:
    quoted = frozenset(row[0] for row in _cells("auxiliares", SAYS))

    def test_quotes_only_what_the_station_says(self) -> None:
        assert self.quoted - _said(STATION) == set()

    @pytest.mark.parametrize(
        "said",
        [
            [text for code, text in texts.MESSAGES.items() if code != "sign_in.no_technician"],
            list(texts.WARNINGS.values()),
            list(texts.REACH.values()),
            list(texts.MARKS.values()),
            list(texts.QUEUE_STATES.values()),
            [refusal.title for refusal in refusals.REFUSALS.values()],
            [*outcomes.RECAPTURE.values(), outcomes.RECAPTURE_ANY, outcomes.HELD, outcomes.LATER],
            [trouble.title for trouble in TROUBLES],
        ],
        ids=["messages", "warnings", "reach", "marks", "queue", "refusals", "recapture", "help"],
    )
    def test_explains_everything_the_station_says(self, said: list[LazyString]) -> None:
        assert _all_spanish(said) - self.quoted == set()

    def test_says_of_each_message_what_to_do(self) -> None:
        assert all(len(row) == 2 and row[1] for row in _cells("auxiliares", SAYS))


class TestTecnicos:
    codes = frozenset(row[0] for row in _cells("tecnicos", CODE))

    def test_names_only_codes_that_the_station_knows(self) -> None:
        findings = {start for start, _ in workshop._FINDINGS}
        advice = {start for start, _ in ADVICE}
        assert self.codes - set(texts.MESSAGES) - findings - advice == set()

    def test_explains_every_code_of_peripherals_camera_and_disk(self) -> None:
        families = ("printer.", "scanner.", "lamps.", "camera.", "disk.", "spool.")
        known = {code for code in texts.MESSAGES if code.startswith(families)}
        assert known - self.codes == {"camera.starting"}

    def test_explains_what_every_command_may_fail_with(self) -> None:
        assert {start for start, _ in ADVICE} - self.codes == {"http", "spool"}


class TestAspirantes:
    def test_explains_every_reason_in_the_words_of_the_portal(self) -> None:
        told = {row[0]: row[1] for row in _cells("aspirantes", CODE)}
        sentences = {one.code: one.sentence for one in reasons._STATES.values()}
        sentences |= {code: sentence for code, (sentence, _) in reasons._CODES.items()}
        sentences |= {f"{prefix}…": sentence for prefix, sentence, _ in reasons._FAMILIES}
        assert told == {code: _spanish(text, PORTAL) for code, text in sentences.items()}

    def test_names_the_nine_states_as_the_portal_does(self) -> None:
        told = [row[0] for row in _cells("aspirantes", "Estado")]
        assert told == [_spanish(label.name, PORTAL) for label in STATES.values()]

    def test_names_the_states_of_an_auxiliar_as_the_portal_does(self) -> None:
        told = [row[0] for row in _cells("aspirantes", "Estado del auxiliar")]
        assert told == [_spanish(label.name, PORTAL) for label in STAGES.values()]

    def test_names_each_letter_that_an_aspirante_gets(self) -> None:
        told = [row[0] for row in _cells("aspirantes", "Carta")]
        kinds = {kind: text for kind, text in notices._KINDS.items() if kind != "activation"}
        assert told == [_spanish(text, PORTAL) for text in kinds.values()]

    def test_quotes_only_what_the_portal_says(self) -> None:
        quoted = {row[0] for row in _cells("aspirantes", "Si el portal dice")}
        assert quoted
        assert quoted - _said(PORTAL) == set()


def test_the_mesa_de_control_knows_every_cause_of_a_look() -> None:
    told = {row[0] for row in _cells("mesa-de-control", CODE)}
    causes = {
        code
        for code in reasons._CODES
        if "." in code and not code.startswith(("duplicate.", "scope.", "period.", "void."))
    }
    assert told == causes | {"period.unsure", *(f"{prefix}…" for prefix, _, _ in reasons._FAMILIES)}


@pytest.mark.parametrize(
    ("slug", "catalogue"),
    [("aspirantes", PORTAL), ("auxiliares", STATION), ("tecnicos", STATION)],
    ids=["aspirantes", "auxiliares", "tecnicos"],
)
def test_whoever_is_told_to_press_a_button_finds_it(slug: str, catalogue: Catalog) -> None:
    manual = read_manual(slug)
    assert manual is not None
    buttons = set(re.findall(r"\b[Tt](?:oca|oque) \*\*([^*]+)\*\*", manual.text))
    assert len(buttons) > 1
    assert buttons - _said(catalogue) == set()


def _commands(parts: Iterable[Any], slug: str) -> tuple[set[str], set[str]]:
    """Give the commands that a manual's table names, and those that the program has."""
    cells = [row[0] for row in _cells(slug, "Orden")]
    told = {
        " ".join(word for word in command.split() if not word.startswith("-"))
        for cell in cells
        for command in cell.split(", ")
    }
    subparsers = argparse.ArgumentParser().add_subparsers()
    for part in parts:
        part.register(subparsers)
    known: set[str] = set()
    for name, parser in subparsers.choices.items():
        nested = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
        known |= {f"{name} {action}" for one in nested for action in one.choices} or {name}
    return told, known


def test_the_mesa_de_control_names_real_commands() -> None:
    modules = [
        importlib.import_module(f"central.commands.{found.name}")
        for found in pkgutil.iter_modules(central.commands.__path__)
    ]
    parts = [one for one in modules if hasattr(one, "register")]
    told, known = _commands(parts, "mesa-de-control")
    assert told
    assert told - known == set()


def test_the_mesa_de_control_knows_each_label_of_a_rejection_by_its_code() -> None:
    told = {row[1] for row in _cells("mesa-de-control", "Etiqueta")}
    assert told == {code for code in reasons._CODES if "." not in code}


def test_no_manual_speaks_of_the_checks_by_their_code() -> None:
    # The checks of the credential are explained by their sentences; their codes are no words.
    for manual in manuals():
        assert not [code for code in checks.CHECKS if "_" in code and code in manual.text]
