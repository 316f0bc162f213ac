"""The processes of the demo: started, watched, started again when they die, and always ended."""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_STOP_TIMEOUT_S = 8.0
_RESTART_PAUSE_S = 0.3
_LOG_LINES_SHOWN = 12


def end_on_signals() -> None:
    """Let SIGTERM and SIGINT end this program as Ctrl-C does, in the background as well."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)


class ProcessFailedError(Exception):
    """A process did not come up; the message is for the person and shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process to run. `is_ready` is asked until true, at most `ready_s` seconds."""

    name: str
    command: Sequence[str]
    log: Path
    is_ready: Callable[[], bool] = field(default=lambda: True)
    ready_s: float = 60.0
    environment: Mapping[str, str] = field(default_factory=dict)


def die_with_parent() -> None:
    # Whatever kills the demo, its children are told to end.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Keeps programs running until `stop`; a death it did not ask for is answered by a restart."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._lock = threading.RLock()
        self._running: dict[str, tuple[Program, subprocess.Popen[bytes]]] = {}
        self._stopping = threading.Event()
        self.restarts: dict[str, int] = {}
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._watcher.start()

    def start(self, program: Program) -> None:
        """Start a program and wait until it is ready.

        Raises:
            ProcessFailedError: It ended, or was not ready in time.
        """
        self.start_all([program])

    def start_all(self, programs: Sequence[Program]) -> None:
        """Start several programs at once, and wait until each is ready.

        Raises:
            ProcessFailedError: One of them ended, or was not ready in time.
        """
        with self._lock:
            for program in programs:
                self._running[program.name] = (program, self._spawn(program))
        for program in programs:
            self.wait_until_ready(program.name)

    def wait_until_ready(self, name: str) -> None:
        """Wait for a program that was started, or is being started again."""
        program = self._running[name][0]
        deadline = time.monotonic() + program.ready_s
        deaths = self.restarts.get(name, 0)
        while time.monotonic() < deadline:
            with self._lock:
                process = self._running[name][1]
            if process.poll() is None and program.is_ready():
                return
            if self.restarts.get(name, 0) > deaths + 2:
                break
            time.sleep(0.05)
        raise ProcessFailedError(f"{program.name} no arrancó.\n{_tail(program.log)}")

    def kill(self, name: str) -> None:
        """End a program as a power cut would (SIGKILL); the watcher starts it again."""
        with self._lock:
            process = self._running[name][1]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def process_id(self, name: str) -> int:
        """Give the process id of a program, for those who want to kill it themselves."""
        with self._lock:
            return self._running[name][1].pid

    def names(self) -> tuple[str, ...]:
        """Give the programs, in the order of their start."""
        return tuple(self._running)

    def end(self, name: str) -> None:
        """End one program in good order and do not start it again."""
        with self._lock:
            _, process = self._running.pop(name)
        _end([process])

    def stop(self) -> None:
        """End every program, the last started first; whoever does not listen is killed."""
        with self._lock:
            self._stopping.set()
            processes = [process for _, process in reversed(self._running.values())]
        _end(processes)

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("ab") as log:
            return subprocess.Popen(
                list(program.command),
                cwd=self._folder,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # only a system call: safe beside threads
            )

    def _watch(self) -> None:
        while not self._stopping.wait(_RESTART_PAUSE_S):
            with self._lock:
                if self._stopping.is_set():
                    return
                for name, (program, process) in list(self._running.items()):
                    if process.poll() is None:
                        continue
                    self.restarts[name] = self.restarts.get(name, 0) + 1
                    # A master that was killed leaves workers behind that hold its port.
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(process.pid, signal.SIGKILL)
                    self._running[name] = (program, self._spawn(program))
                    self._say(f"{name} terminó ({_cause(process.returncode)}); arranca otra vez")


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + _STOP_TIMEOUT_S
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _cause(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"estado {status}"


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join([f"Final de {log}:", *(f"  {line}" for line in lines[-_LOG_LINES_SHOWN:])])
