"""What a station shows before it is enrolled."""

from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from device.board import Board
from device.kiosk.newcomer import create_newcomer
from device.queue.assembly import open_spool
from device.queue.enrol import Enroller
from tests.stations import VERSIONS, FakeClock, station_config
from wire.identity import parse_identity


def test_a_station_that_is_not_enrolled_shows_its_key_until_it_is(tmp_path: Path) -> None:
    config = station_config(tmp_path)
    spool = open_spool(config)
    board = Board("10000000abcdef01", "pi5")
    enroller = Enroller(config, FakeClock(), VERSIONS, board, spool=spool)
    enrolled, restarts = [False], list[int]()
    app = create_newcomer(enroller.identify, lambda: enrolled[0], lambda: restarts.append(1))
    client = app.test_client()
    page = client.get("/").text
    assert "Esta estación no está dada de alta" in page
    shown = enroller.identify().identity
    assert all(f"<span>{group}</span>" in page for group in shown.fingerprint.split())
    picture = cv2.imdecode(np.frombuffer(client.get("/identity.png").data, np.uint8), 0)
    read = zxingcpp.read_barcode(picture)
    assert read is not None
    assert parse_identity(read.text) == shown
    assert restarts == []
    enrolled[0] = True
    client.get("/")
    assert restarts == [1]
    stranger = client.get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert stranger.status_code == 403
    spool.close()
