"""What every measurement says about itself, and the arithmetic of shares and spans."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_Z = 1.959964  # of the normal distribution, for 95 %


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, 0…1 (Wilson, 1927); (0, 1) without a trial."""
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, _Z**2
    centre = share + z2 / (2 * trials)
    spread = _Z * ((share * (1 - share) + z2 / (4 * trials)) / trials) ** 0.5
    low, high = (centre - spread) / (1 + z2 / trials), (centre + spread) / (1 + z2 / trials)
    # At the ends the formula gives 0 and 1 but for rounding.
    return (
        0.0 if successes == 0 else max(0.0, low),
        1.0 if successes == trials else min(1.0, high),
    )


def share(successes: int, trials: int) -> str:
    """Return a share in percent with its interval, such as `98.7 [96.6–99.5]`."""
    if trials == 0:
        return "–"
    low, high = wilson(successes, trials)
    return f"{100 * successes / trials:.1f} [{100 * low:.1f}–{100 * high:.1f}]"


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value below which that part (0…1) of the values lies; nan of nothing."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    at = part * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def circumstances() -> dict[str, str]:
    """Return date, commit and machine of a measurement."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": _commit(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
    }


def _commit() -> str:
    def git(*arguments: str) -> str:
        asked = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return asked.stdout.strip()

    commit = git("rev-parse", "--short", "HEAD")
    if not commit:
        return "unknown"
    changed = git("status", "--porcelain", "--", "device", "domain", "training", "bench")
    return f"{commit}, with changes" if changed else commit


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown processor")


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first the header, as an aligned Markdown table."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

    def line(row: Sequence[str]) -> str:
        cells = (
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        return f"| {' | '.join(cells)} |"

    ruler = [("-" * w if i == 0 else "-" * (w - 1) + ":") for i, w in enumerate(widths)]
    return "\n".join([line(rows[0]), f"| {' | '.join(ruler)} |", *(line(row) for row in rows[1:])])
