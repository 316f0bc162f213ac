"""The steps as a technician starts them: the system's Python, no library of ours or anybody's."""

import os
import subprocess
import sys
from pathlib import Path

from tests.unit.provisioning.trees import SOURCE, make_tree, state


def provision(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run with the standard library alone (`-I -S`), from the source's folder."""
    program = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r}); "
        "from provisioning.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def test_every_command_is_there_without_a_library() -> None:
    done = provision("--help")
    assert done.returncode == 0, done.stderr
    assert "apply" in done.stdout
    assert "check" in done.stdout


def test_a_dry_run_lists_what_is_missing_and_a_check_fails_on_it(tmp_path: Path) -> None:
    make_tree(tmp_path, board="pi5")
    before = state(tmp_path)
    done = provision("apply", "--root", str(tmp_path), "--board", "pi5", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "Nada cambió" in done.stdout
    assert "65 Cortafuegos" in done.stdout
    checked = provision("check", "--root", str(tmp_path), "--board", "pi5")
    assert checked.returncode == 1
    assert "aplique los pasos de nuevo" in checked.stdout
    assert state(tmp_path) == before
