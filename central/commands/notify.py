"""Tells systemd that a service is ready or alive; without systemd nothing happens."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Send one state to the supervisor: `READY=1`, `WATCHDOG=1`, `STOPPING=1`.

    Source: sd_notify(3); the address is what systemd puts into NOTIFY_SOCKET.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    name = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(state.encode("ascii"), name)
        except OSError:
            return  # the supervisor has gone; it will see for itself
