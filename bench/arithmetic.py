"""How much a network computes, counted from its file, and how much a core could compute at most."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from device.inference.tflite import ModelFile, Network

# Dot products of four bytes in one lane, where the processor has them: four times float's rate.
_DOT_PRODUCTS = {"avx512_vnni", "avx_vnni", "asimddp"}
_PRODUCT = """
import time
import numpy as np
size = 768
left = np.random.default_rng(2).random((size, size), np.float32)
right = left.T.copy()
best = 1e30
for _ in range(15):
    begun = time.thread_time_ns()
    left @ right
    best = min(best, time.thread_time_ns() - begun)
print(size**3 / best)
"""
_CONVOLUTIONS = {"CONV_2D", "FULLY_CONNECTED"}


@dataclass(frozen=True, slots=True)
class Timed:
    """One file: multiply-adds of a run, kilobytes, milliseconds of a run by number of threads."""

    name: str
    int8: bool
    operations: int
    kilobytes: float
    ms: dict[int, float]

    @property
    def rate(self) -> float:
        """Thousand million multiply-adds a second on one thread."""
        return self.operations / self.ms[1] / 1e6


def multiply_adds(path: Path) -> int:
    """Count the multiply-adds of one run: convolutions and matrix products, all others are free."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    # Without the delegate, or it would hide what it has taken over.
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_path=str(path), experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    shapes = {t["index"]: [int(n) for n in t["shape"]] for t in interpreter.get_tensor_details()}
    operators = interpreter._get_ops_details()  # noqa: SLF001  # nothing public lists them
    return sum(_of_operator(operator, shapes) for operator in operators)


def _of_operator(operator: dict[str, Any], shapes: dict[int, list[int]]) -> int:
    kind = operator["op_name"]
    inputs, outputs = operator["inputs"], operator["outputs"]
    if kind == "TRANSPOSE_CONV":
        weights, pixels = shapes[int(inputs[1])], shapes[int(inputs[2])]
        return math.prod(pixels) * weights[0] * weights[1] * weights[2]
    if kind == "DEPTHWISE_CONV_2D":
        weights = shapes[int(inputs[1])]
        return math.prod(shapes[int(outputs[0])]) * weights[1] * weights[2]
    if kind in _CONVOLUTIONS:
        weights = shapes[int(inputs[1])]
        return math.prod(shapes[int(outputs[0])]) * math.prod(weights[1:])
    return 0


def timed(model: ModelFile, *, int8: bool, threads: tuple[int, ...], runs: int = 21) -> Timed:
    """Run a network on noise; wall-clock milliseconds, for threads do not share one clock."""
    ms = {}
    for number in threads:
        network = Network(model, threads=number)
        pixels = np.random.default_rng(1).integers(0, 256, network.input_shape).astype(np.uint8)
        times = []
        for _ in range(runs + 3):
            # One thread is timed by the processor's time, or a busy machine would count as work.
            clock = time.thread_time_ns if number == 1 else time.perf_counter_ns
            begun = clock()
            network.see(pixels)
            times.append((clock() - begun) / 1e6)
        ms[number] = median(times[3:])
    size = model.path.stat().st_size / 1000
    return Timed(model.name, int8, multiply_adds(model.path), size, ms)


def float_peak() -> float:
    """Return the thousand million multiply-adds a second of a large product of matrices in float32.

    numpy's OpenBLAS comes near what a core can do, once it is told which instructions it may use:
    it takes narrower ones on processors that it does not know.
    """
    found = []
    for kind in (None, "SkylakeX"):
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        if kind is not None:
            environment["OPENBLAS_CORETYPE"] = kind
        done = subprocess.run(
            [sys.executable, "-c", _PRODUCT],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
        )
        if done.returncode == 0:  # a processor without those instructions dies of them
            found.append(float(done.stdout))
    return max(found)


def int8_factor() -> int:
    """Say how many times faster than float32 this processor multiplies bytes: 4 or 2."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return 2
    return 4 if _DOT_PRODUCTS & set(told) else 2
