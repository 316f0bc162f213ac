"""JSON for stations, /api/v1: what each call means is in `wire.api`."""

from __future__ import annotations

from flask import Flask

from central.api.errors import answer_errors
from central.api.packets import bp as packets
from central.api.releases import bp as releases
from central.api.stations import bp as stations
from wire.api import PREFIX

for _blueprint in (stations, packets, releases):
    answer_errors(_blueprint)


def register(app: Flask) -> None:
    """Add the station API to an application."""
    for blueprint in (stations, packets, releases):
        app.register_blueprint(blueprint, url_prefix=PREFIX)
