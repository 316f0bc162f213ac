"""Tables of our own reading: by difficulty, by model and side, by field, by stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bench.comparison import levels_of
from bench.measures import CODES, LEAST_IOU, NAMES, exact
from bench.report import percentile, share, table
from bench.scoring import CONFIDENT, Score
from domain.credential.fields import FIELD_NAMES


def by_difficulty(scores: Sequence[Score]) -> str:
    """Return one row a tier."""
    return _groups(
        (level, [s for s in scores if s.difficulty == level]) for level in levels_of(scores)
    )


def by_model(scores: Sequence[Score]) -> str:
    """Return one row a model and side."""
    cards = [s for s in scores if s.has_card]
    return _groups(
        (f"{model} {side}", [s for s in cards if (s.model, s.side) == (model, side)])
        for model in sorted({s.model for s in cards})
        for side in ("front", "back")
    )


def _groups(groups: Iterable[tuple[str, Sequence[Score]]]) -> str:
    rows = [
        ["", "cards", "IoU ≥ 0.9", "false finds", "corner error %", "p95", "side", "model",
         "mrz exact", "codes exact", "names exact", "address lines", "barcodes", "wrong",
         "confident", "passing"]
    ]  # fmt: skip
    for name, group in groups:
        cards = [s for s in group if s.has_card]
        others = [s for s in group if not s.has_card]
        errors = [100 * s.corner_error for s in cards if s.corner_error is not None]
        given = sum(o != "abstained" for s in cards for o in s.outcomes.values())
        wrong = [m for s in cards for m in s.mistakes]
        lines = sum(s.address_exact for s in cards), sum(s.address_printed for s in cards)
        rows.append(
            [
                name,
                str(len(cards)),
                share(sum(s.found and s.iou >= LEAST_IOU for s in cards), len(cards)),
                f"{sum(s.found for s in others)}/{len(others)}",
                f"{percentile(errors, 0.5):.2f}",
                f"{percentile(errors, 0.95):.2f}",
                share(sum(s.side_right for s in cards), len(cards)),
                share(sum(s.model_right for s in cards), len(cards)),
                share(*exact(("mrz",))(cards)),
                share(*exact(CODES)(cards)),
                share(*exact(NAMES)(cards)),
                share(*lines),
                share(sum(s.barcodes_read for s in cards), sum(s.barcodes_printed for s in cards)),
                share(len(wrong), given),
                str(sum(m.confidence >= CONFIDENT for m in wrong)),
                str(sum(m.passes_checks for m in wrong)),
            ]
        )
    return table(rows)


def by_field(cards: Sequence[Score]) -> str:
    """Return one row a printed field, with the zone as one."""
    rows = [["field", "printed", "exact", "abstained", "wrong", "wrong and confident"]]
    for name in (*FIELD_NAMES, "mrz"):
        counts = Counter(s.outcomes[name] for s in cards if name in s.outcomes)
        total = sum(counts.values())
        if not total:
            continue
        confident = sum(
            m.field == name and m.confidence >= CONFIDENT for s in cards for m in s.mistakes
        )
        rows.append(
            [
                name,
                str(total),
                share(counts["exact"], total),
                f"{100 * counts['abstained'] / total:.1f}",
                share(counts["wrong"], total),
                str(confident),
            ]
        )
    return table(rows)


def stages(cards: Sequence[Score], previews: Sequence[float]) -> dict[str, list[float]]:
    """Return the milliseconds of every stage that ran."""
    found: dict[str, list[float]] = {}
    for one in cards:
        for stage, value in one.ms.items():
            name = f"total {one.side}" if stage == "total" else stage
            found.setdefault(name, []).append(value)
    return found | {"preview": list(previews)}


def by_stage(cards: Sequence[Score], previews: Sequence[float]) -> str:
    """Return one row a stage."""
    rows = [["stage", "median", "p95"]]
    for stage, values in stages(cards, previews).items():
        rows.append([stage, f"{percentile(values, 0.5):.1f}", f"{percentile(values, 0.95):.1f}"])
    return table(rows)


def mistakes(scores: Sequence[Score]) -> str:
    """Return one line a wrong value."""
    return "\n".join(
        f"{s.frame} {s.difficulty} {m.field}: printed {m.printed!r}, read {m.read!r}, "
        f"confidence {m.confidence:.3f}{', passes its checks' if m.passes_checks else ''}"
        for s in scores
        for m in s.mistakes
    )
