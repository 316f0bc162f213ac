"""Tries what no unit may do, from inside its sandbox, and prints as JSON what happened.

Needs nothing but Python's standard library: it runs in the place of a unit's program
(`in_each_unit.py`). An act that is refused is right; one that is done is a hole, unless it is the
unit's duty. Nothing that is done harms the machine: times are set to now, signals are number 0.
"""

import ctypes
import json
import mmap
import os
import pwd
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

# A peer on this machine that is not loopback to a packet filter; `in_each_unit.py` listens there.
PEER = ("192.0.2.7", 8443)
HOME = pwd.getpwuid(0).pw_dir
FOLDERS = (
    "/etc", "/usr/lib", "/opt/acopio", HOME, "/home", "/srv", "/var/lib", "/var/log", "/boot",
    "/etc/acopio", "/run", "/run/systemd/system", "/run/acopio", "/run/acopio-update",
    "/var/lib/acopio-station", "/var/lib/acopio-station/spool", "/var/lib/acopio-station/keys",
    "/var/lib/acopio-update", "/var/lib/acopio-update/fetching", "/var/lib/acopio-update/inbox",
    "/var/lib/acopio-central", "/var/lib/acopio-central/packets",
    "/var/lib/acopio-central/documents", "/var/lib/acopio-central/database",
)  # fmt: skip
TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  # of the unit itself

_LIBC = ctypes.CDLL(None, use_errno=True)
_IS_ARM = os.uname().machine == "aarch64"
_ADD_KEY = 217 if _IS_ARM else 248
_FINIT_MODULE = 273 if _IS_ARM else 313
_BPF = 280 if _IS_ARM else 321
_NO_RANDOM_ADDRESSES = 0x0040000
_NEW_USER = 0x10000000
_ATTACH = 16


def _call(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _new_file(folder: str) -> Path:
    path = Path(folder) / f"acopio-proof-{os.getpid()}"
    path.write_text("#!/bin/sh\nexit 0\n")
    return path


def read_shadow() -> None:
    Path("/etc/shadow").read_bytes()


def read_secret_of_the_kiosk() -> None:
    Path("/var/lib/acopio-station/keys/hint.key").read_bytes()


def read_signing_key() -> None:
    keys = Path("/var/lib/acopio-station/keys")
    next(path for path in keys.iterdir() if path.suffix == ".pem").read_bytes()


def read_keys_of_the_centre() -> None:
    Path("/etc/acopio/keys/receipts.pem").read_bytes()


def read_home() -> None:
    list(Path(HOME).iterdir())


def read_another_process() -> None:
    Path("/proc/1/environ").read_bytes()


def call_the_network() -> None:
    with socket.create_connection(PEER, timeout=5):
        pass


def listen_for_the_network() -> None:
    with socket.create_server(("0.0.0.0", 8444)):  # noqa: S104  # that is the act
        pass


def open_raw_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()


def open_packet_socket() -> None:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()


def trace_a_process() -> None:
    _call(_LIBC.ptrace(_ATTACH, 1, None, None))


def signal_a_process() -> None:
    os.kill(1, 0)


def mount_a_disk() -> None:
    _call(_LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None))


def change_root() -> None:
    os.chroot("/usr")


def load_a_module() -> None:
    with Path("/dev/null").open("rb") as file:
        _call(_LIBC.syscall(_FINIT_MODULE, file.fileno(), b"", 0))


def load_a_kernel_program() -> None:
    _call(_LIBC.syscall(_BPF, 0, ctypes.create_string_buffer(128), 128))


def set_the_clock() -> None:
    time.clock_settime(time.CLOCK_REALTIME, time.time())


def set_the_hostname() -> None:
    socket.sethostname(socket.gethostname())


def set_a_kernel_tunable() -> None:
    path = Path("/proc/sys/kernel/core_pattern")
    path.write_text(path.read_text())


def change_a_control_group() -> None:
    Path("/sys/fs/cgroup/acopio-proof").mkdir()


def add_a_key_to_the_keyring() -> None:
    _call(_LIBC.syscall(_ADD_KEY, b"user", b"acopio-proof", b"x", 1, -3))


def make_a_user_namespace() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0 if _LIBC.unshare(_NEW_USER) == 0 else 1)
    if os.waitpid(child, 0)[1] != 0:
        raise PermissionError("unshare")


def become_another_user() -> None:
    child = os.fork()
    if child == 0:
        try:
            os.setuid(1)
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise PermissionError("setuid")


def change_personality() -> None:
    _call(_LIBC.personality(_NO_RANDOM_ADDRESSES))


def run_in_real_time() -> None:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


def read_memory_of_the_machine() -> None:
    os.close(os.open("/dev/mem", os.O_RDONLY))


def read_the_kernels_log() -> None:
    _call(_LIBC.klogctl(10, None, 0))


def open_the_firmwares_mailbox() -> None:
    os.close(os.open("/dev/vcio", os.O_RDWR))


def write_code_into_memory() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def run_a_program_of_its_own() -> None:
    """Write a program wherever a file can be made, and run it."""
    refusal = OSError("no folder to write a program into")
    for folder in (*TEMPORARY, *FOLDERS):
        try:
            path = _new_file(folder)
        except OSError:
            continue
        try:
            path.chmod(0o755)
            subprocess.run([path], check=True)
        except (OSError, subprocess.SubprocessError) as error:
            refusal = OSError(str(error))
        else:
            return
        finally:
            path.unlink()
    raise refusal


def set_the_setuid_bit() -> None:
    _new_file("/tmp").chmod(0o4755)  # noqa: S108  # its own


def make_a_device() -> None:
    os.mknod("/tmp/acopio-proof-disk", 0o60600, os.makedev(8, 0))  # noqa: S108  # its own


def restart_the_machine() -> None:
    # An order that the kernel does not know: whoever may restart is told so, others are refused.
    result = _LIBC.reboot(0x12345)
    if result < 0 and ctypes.get_errno() == 1:
        raise PermissionError("reboot")


ACTS: tuple[Callable[[], None], ...] = (
    read_shadow, read_secret_of_the_kiosk, read_signing_key, read_keys_of_the_centre, read_home,
    read_another_process, call_the_network, listen_for_the_network, open_raw_socket,
    open_packet_socket, trace_a_process, signal_a_process, mount_a_disk, change_root,
    load_a_module, load_a_kernel_program, set_the_clock, set_the_hostname, set_a_kernel_tunable,
    change_a_control_group, add_a_key_to_the_keyring, make_a_user_namespace, become_another_user,
    change_personality, run_in_real_time, read_memory_of_the_machine, read_the_kernels_log,
    open_the_firmwares_mailbox, write_code_into_memory, run_a_program_of_its_own,
    set_the_setuid_bit, make_a_device, restart_the_machine,
)  # fmt: skip


def attempt(act: Callable[[], None]) -> str:
    """Try one act; give `done`, or why not."""
    try:
        act()
    except (OSError, StopIteration, subprocess.SubprocessError) as error:
        return f"refused: {type(error).__name__}: {getattr(error, 'strerror', None) or error}"
    return "done"


def can_write(folder: str) -> bool:
    """Tell whether a file can be made in a folder, and take it away again."""
    try:
        _new_file(folder).unlink()
    except OSError:
        return False
    return True


def main() -> int:
    """Try everything."""
    found = {
        "user": os.geteuid(),
        "acts": {act.__name__: attempt(act) for act in ACTS},
        "writable": [folder for folder in FOLDERS if can_write(folder)],
    }
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
