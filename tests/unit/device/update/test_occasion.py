"""When a station may be restarted."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from device.update.occasion import Occasion, battery_percent, is_visited, reason_to_wait

HOUR_MS = 3_600_000
QUIET = Occasion(
    is_visited=False, unsettled=0, battery_percent=None, deadlines_ms=(), now_ms=1_000 * HOUR_MS
)
ENDS_SOON = (1_010 * HOUR_MS,)


class TestReasonToWait:
    @pytest.mark.parametrize(
        ("changes", "is_critical", "reason"),
        [
            ({}, False, ""),
            ({"is_visited": True}, True, "wait.visit"),
            ({"unsettled": 1}, True, "wait.queue"),
            ({"battery_percent": 49}, True, "wait.power"),
            ({"battery_percent": 50}, False, ""),
            ({"deadlines_ms": ENDS_SOON}, False, "wait.blackout"),
            ({"deadlines_ms": ENDS_SOON}, True, ""),
            ({"deadlines_ms": (999 * HOUR_MS, 2_000 * HOUR_MS)}, False, ""),
        ],
    )
    def test_names_what_has_to_pass_first(
        self, changes: dict[str, Any], is_critical: bool, reason: str
    ) -> None:
        found = replace(QUIET, **changes)
        told = reason_to_wait(found, battery_percent=50, blackout_h=72, is_critical=is_critical)
        assert told == reason


class TestIsVisited:
    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ({"signed_in": False, "step": None}, False),  # closed, or locked
            ({"signed_in": True, "step": None}, True),
            ({"signed_in": False, "step": "front"}, True),
            ("not as agreed", True),
        ],
    )
    def test_believes_the_kiosk(self, answer: object, expected: bool) -> None:
        with kiosk(answer) as port:
            assert is_visited(port) is expected

    def test_is_no_where_no_kiosk_runs(self) -> None:
        with kiosk({}) as port:
            pass
        assert not is_visited(port)


class TestBattery:
    def test_is_the_emptiest_of_the_board_and_no_mouse(self, tmp_path: Path) -> None:
        assert battery_percent(tmp_path / "none") is None
        for name, kind, charge, scope in (
            ("BAT0", "Battery", "80", ""),
            ("BAT1", "Battery", "60", "System"),
            ("mouse", "Battery", "5", "Device"),
            ("AC", "Mains", "0", ""),
        ):
            supply = tmp_path / name
            supply.mkdir()
            (supply / "type").write_text(kind + "\n")
            (supply / "capacity").write_text(charge + "\n")
            if scope:
                (supply / "scope").write_text(scope + "\n")
        assert battery_percent(tmp_path) == 60


@contextmanager
def kiosk(answer: object) -> Iterator[int]:
    """Answer /health on a port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
