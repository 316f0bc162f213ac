"""Runs one peer: `python -m bench.peers.worker NAME`, by the Python of the peers' environment.

Each line of standard input is a JSON object with `image` (a path) and `corners` (four points of
the upright card, or null for the raw frame); each line of standard output answers it with `lines`
(text, confidence, quad in pixels of what was read), `cpu_ms` of this process and its children, and
`wall_ms`. The first line says `ready`, or `error` when the peer cannot run here.

It imports nothing of the station: the environments share no package.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, TextIO

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
# A peer reads an RGB image, told whether it is a flat upright card, and gives its lines.
Engine = Callable[[Image, bool], list[dict[str, Any]]]

ENGINES = {
    "rapidocr": "bench.peers.with_rapidocr",
    "tesseract": "bench.peers.with_tesseract",
    "passporteye": "bench.peers.with_passporteye",
}
# 21 pixels to the millimetre: capitals of the small print are then about 30 pixels high.
_CARD = (1800, 1136)


def main(arguments: list[str]) -> int:
    """Answer until standard input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what a peer prints must not mix with answers
    cv2.setNumThreads(1)
    try:
        module = import_module(ENGINES[arguments[0]])
        engine: Engine = module.load()
    except Exception as error:  # noqa: BLE001 - whatever a peer lacks is said
        _say(answers, {"error": f"{type(error).__name__}: {error}"})
        return 1
    size: tuple[int, int] = getattr(module, "CARD", _CARD)
    _say(answers, {"ready": arguments[0], "version": module.version()})
    for line in sys.stdin:
        _say(answers, _answer(engine, json.loads(line), size))
    return 0


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _answer(engine: Engine, request: dict[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    packed = cv2.imread(request["image"], cv2.IMREAD_COLOR)
    if packed is None:
        return {"lines": [], "cpu_ms": 0.0, "wall_ms": 0.0, "failure": "no image"}
    image = np.asarray(cv2.cvtColor(packed, cv2.COLOR_BGR2RGB), np.uint8)
    is_card = request["corners"] is not None
    if is_card:
        image = rectified(image, request["corners"], size)
    cpu, wall = _cpu_s(), time.perf_counter()
    answer: dict[str, Any] = {}
    try:
        answer["lines"] = engine(image, is_card)
    except Exception as error:  # noqa: BLE001 - a crash on a frame is a frame not read
        answer = {"lines": [], "failure": f"{type(error).__name__}: {error}"}
    answer["cpu_ms"] = 1000 * (_cpu_s() - cpu)
    answer["wall_ms"] = 1000 * (time.perf_counter() - wall)
    return answer


def _cpu_s() -> float:
    """Seconds of the processor so far, of this process and of those it waited for."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in spent)


def rectified(image: Image, corners: list[list[float]], size: tuple[int, int]) -> Image:
    """Return the upright card by its true corners; its own time is not counted to the peer."""
    width, height = size
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    homography = cv2.getPerspectiveTransform(np.array(corners, np.float32), target)
    return np.asarray(
        cv2.warpPerspective(
            image,
            homography,
            (width, height),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
