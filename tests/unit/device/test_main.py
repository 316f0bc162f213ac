"""The one entry point of a station."""

import argparse
import subprocess
import sys
from importlib import import_module

import pytest

from device.__main__ import COMMANDS


@pytest.mark.parametrize("module", sorted(set(COMMANDS.values())))
def test_every_command_is_found_where_it_is_looked_for(module: str) -> None:
    parsers = argparse.ArgumentParser().add_subparsers()
    import_module(f"device.commands.{module}").register(parsers)
    assert set(parsers.choices) == {name for name, where in COMMANDS.items() if where == module}


def test_a_measure_of_each_minute_loads_neither_reader_nor_screens() -> None:
    program = (
        "import sys; from device.__main__ import main\n"
        "try: main(['health', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'cv2', 'flask', 'ai_edge_litert', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_names_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    from device.__main__ import main

    with pytest.raises(SystemExit):
        main(["capture"])
    assert "technician-password" in capsys.readouterr().err
