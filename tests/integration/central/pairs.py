"""A real station beside a real centre: what both are asked to do in tests."""

import dataclasses

from device.queue.chain import Sealed
from tests.stations import Station, draft

NAME = "E7"


def seal(station: Station, count: int) -> list[Sealed]:
    """Seal apoyos of the first auxiliar of the policy."""
    policy = station.store.policy()
    auxiliar = policy.auxiliares[0]
    return [
        station.sealer.seal(
            dataclasses.replace(
                draft(),
                process=policy.processes[0].id,
                solicitud=auxiliar.solicitud,
                auxiliar=auxiliar.id,
            )
        )
        for _ in range(count)
    ]
