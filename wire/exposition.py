"""Measurements in the text format of Prometheus, which both sides write.

Source: Prometheus, "Exposition formats", text format 0.0.4. All our figures are made at the moment
they are asked for, so that nothing of a client library's registry would be used.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Sample:
    """One number, with the labels that tell it from others of its metric."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured; `kind` is `gauge`, or `counter` for what only grows."""

    name: str
    about: str
    samples: Iterable[Sample]
    kind: str = "gauge"


def expose(metrics: Iterable[Metric]) -> str:
    """Write metrics; one without samples is left out.

    Raises:
        ValueError: A name is not one of Prometheus.
    """
    lines: list[str] = []
    for metric in metrics:
        samples = [_line(metric.name, sample) for sample in metric.samples]
        if not samples:
            continue
        about = metric.about.replace("\\", r"\\").replace("\n", r"\n")
        lines += [f"# HELP {metric.name} {about}", f"# TYPE {metric.name} {metric.kind}", *samples]
    return "".join(f"{line}\n" for line in lines)


def _line(name: str, sample: Sample) -> str:
    for word in (name, *sample.labels):
        if _NAME.fullmatch(word) is None:
            raise ValueError(f"not a name of Prometheus: {word!r}")
    labels = ",".join(f'{key}="{text.translate(_ESCAPES)}"' for key, text in sample.labels.items())
    return f"{name}{{{labels}}} {sample.value:.15g}" if labels else f"{name} {sample.value:.15g}"
