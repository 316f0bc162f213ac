"""What a technician does with a voucher before and on a station."""

import os
import stat
from pathlib import Path

import pytest

from provisioning.__main__ import main
from wire.claim import CentreCard, build_card, parse_claim
from wire.keys import SoftwareSigner, verifying_key

VOUCHER = "ACOPIO-VALE:E1:2345-6789-ABCD-EFGH-JKMN"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    key = verifying_key(SoftwareSigner.generate().public_pem, ("policy",))
    path = tmp_path / "centre.json"
    path.write_bytes(build_card(CentreCard("https://centro.example", (key,), "pem")))
    return path


def claim(voucher: str, card: Path, out: Path) -> int:
    return main(["claim", "--voucher", voucher, "--centre", str(card), "--out", str(out)])


def test_a_voucher_and_the_card_become_a_claim_file_for_its_owner_alone(
    card: Path, tmp_path: Path
) -> None:
    out = tmp_path / "e1.claim"
    assert claim(VOUCHER.lower(), card, out) == 0
    made = parse_claim(out.read_bytes())
    assert (made.station, made.code) == ("E1", "2345-6789-ABCD-EFGH-JKMN")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_what_is_no_voucher_or_no_card_is_said_in_one_line(
    card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "e1.claim"
    assert claim("E1:nada", card, out) == 1
    assert claim(VOUCHER, tmp_path / "none.json", out) == 1
    card.write_text("{}")
    assert claim(VOUCHER, card, out) == 1
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert not out.exists()


def test_a_station_is_enrolled_and_retired_by_its_own_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    program = tmp_path / "acopio-station"
    program.write_text(f'#!/bin/sh\necho "$*" >> {said}\n')
    program.chmod(0o755)
    monkeypatch.setattr("provisioning.commands.enrolment._PROGRAM", str(program))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["enrol", "--voucher", VOUCHER]) == 0
    assert main(["enrol", "--wait"]) == 0
    assert main(["retire"]) == 0
    assert said.read_text().splitlines() == [
        f"enrol --voucher {VOUCHER}",
        "identity",
        "enrol --wait",
        "retire",
    ]


def test_without_a_station_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("provisioning.commands.enrolment._PROGRAM", str(tmp_path / "none"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["retire"]) == 1
    assert "acopio-provision apply" in capsys.readouterr().err
