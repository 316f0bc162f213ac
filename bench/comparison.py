"""Our figures beside the target and beside each peer, tier by tier, in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.frame_sets import LEVELS
from bench.measures import MEASURES, Measure
from bench.report import percentile, share, table
from bench.scoring import Score


@dataclass(frozen=True, slots=True)
class Column:
    """One reader on all frames of a run; `speed` names where its milliseconds are."""

    title: str
    scores: Sequence[Score]
    ours: bool = False
    # It had the true corners and no frame without a card: it finds nothing by itself.
    helped: bool = False


def levels_of(scores: Sequence[Score]) -> list[str]:
    """Return the difficulties that occur, the easiest first."""
    present = {s.difficulty for s in scores}
    return [level for level in LEVELS if level in present] + sorted(present - set(LEVELS))


def comparison(columns: Sequence[Column]) -> str:
    """Return one table a tier: measure, target, ours with its mark, every peer."""
    parts = []
    for level in levels_of(columns[0].scores):
        rows = [["per cent [95 %]", "target", *(column.title for column in columns)]]
        for measure in MEASURES:
            rows.append(
                [measure.title, target_of(measure, level)]
                + [_cell(measure, column, level) for column in columns]
            )
        parts += [f"## {level.capitalize()}\n", table(rows), ""]
    return "\n".join(parts)


def target_of(measure: Measure, level: str) -> str:
    """Return the figure to reach, such as `≥ 99.5`; empty where none is set."""
    if measure.target is None or level not in LEVELS:
        return ""
    return f"{'≤' if measure.at_most else '≥'} {measure.target[LEVELS.index(level)]:g}"


def verdict(measure: Measure, level: str, successes: int, trials: int) -> str:
    """Say by one sign whether a figure reaches its target: ✓ reached, ✗ missed."""
    if measure.target is None or level not in LEVELS or not trials:
        return ""
    value, target = 100 * successes / trials, measure.target[LEVELS.index(level)]
    return " ✓" if (value <= target if measure.at_most else value >= target) else " ✗"


def _cell(measure: Measure, column: Column, level: str) -> str:
    if measure.ours_alone and not column.ours:
        return "–"
    successes, trials = measure.count([s for s in column.scores if s.difficulty == level])
    mark = verdict(measure, level, successes, trials) if column.ours else ""
    return f"{share(successes, trials)}{mark}"


def speed(columns: Sequence[Column]) -> str:
    """Return milliseconds of one core a side, and how many times ours that is."""
    rows = [["ms of one core", "front, median", "p95", "× ours", "back, median", "p95", "× ours"]]
    ours = {side: percentile(times(columns[0].scores, side), 0.5) for side in ("front", "back")}
    for column in columns:
        row = [column.title]
        for side, our in ours.items():
            spent = times(column.scores, side)
            middle = percentile(spent, 0.5)
            row += [
                f"{middle:.0f}",
                f"{percentile(spent, 0.95):.0f}",
                f"{middle / our:.1f}" if our else "–",
            ]
        rows.append(row)
    return table(rows)


def times(scores: Sequence[Score], side: str) -> list[float]:
    """Return the milliseconds a reading of this side took, of cards alone."""
    return [s.ms["total"] for s in scores if s.has_card and s.side == side and "total" in s.ms]
