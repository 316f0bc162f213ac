"""The supervision of the demo's processes."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.processes import ProcessFailedError, Program, Supervisor

WRITES_ITS_ID_AND_STAYS = (
    "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()));"
    "time.sleep(600)"
)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path, lambda _: None)
    yield supervisor
    supervisor.stop()


def _program(folder: Path) -> Program:
    mark = folder / "pid"
    return Program(
        name="prueba",
        command=[sys.executable, "-c", WRITES_ITS_ID_AND_STAYS, str(mark)],
        log=folder / "prueba.log",
        is_ready=lambda: mark.exists() and mark.read_text() != "",
    )


def _eventually(condition: Callable[[], bool]) -> bool:
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


class TestSupervisor:
    def test_starts_a_killed_program_again(self, supervisor: Supervisor, tmp_path: Path) -> None:
        supervisor.start(_program(tmp_path))
        first = supervisor.process_id("prueba")
        supervisor.kill("prueba")
        assert _eventually(lambda: supervisor.process_id("prueba") != first)
        assert supervisor.restarts == {"prueba": 1}

    def test_leaves_nothing_running_when_it_stops(
        self, supervisor: Supervisor, tmp_path: Path
    ) -> None:
        supervisor.start(_program(tmp_path))
        process_id = supervisor.process_id("prueba")
        supervisor.stop()
        assert not _is_alive(process_id)

    def test_says_what_a_program_that_fails_wrote(
        self, supervisor: Supervisor, tmp_path: Path
    ) -> None:
        program = Program(
            name="roto",
            command=[sys.executable, "-c", "import sys; sys.exit('falta el modelo')"],
            log=tmp_path / "roto.log",
            is_ready=lambda: False,
        )
        with pytest.raises(ProcessFailedError, match="falta el modelo"):
            supervisor.start(program)
