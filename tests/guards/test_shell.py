"""What is left in shell is clean and of one form."""

import subprocess
from pathlib import Path

from tests.guards.tree import ROOT, text_files


def _scripts() -> list[Path]:
    return [
        path
        for path in text_files()
        if path.suffix in {".sh", ".bash"}
        or path.read_text(encoding="utf-8").startswith(
            ("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash")
        )
    ]


def _run(*command: str) -> str:
    paths = [str(path.relative_to(ROOT)) for path in _scripts()]
    done = subprocess.run([*command, *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_shell_has_no_finding_of_shellcheck() -> None:
    assert len(_scripts()) >= 3, "the list of scripts found nothing"
    assert _run("shellcheck", "--severity=style") == ""


def test_shell_has_the_form_of_shfmt() -> None:
    assert _run("shfmt", "--diff", "--indent", "4", "--case-indent") == ""
