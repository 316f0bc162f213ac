"""Applies and checks steps, in order, and says what happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from provisioning.steps.base import Site, Step
from provisioning.steps.changes import Change, digest
from provisioning.steps.errors import CommandError, ProvisionError
from provisioning.steps.record import Record

Say = Callable[[str], None]


@dataclass
class Summary:
    """What one run came to."""

    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    skipped: list[str] = field(default_factory=list)


def apply(site: Site, steps: Sequence[Step], say: Say) -> Summary:
    """Do what is not done yet, check each change after it, and keep the record.

    Raises:
        ProvisionError: A change failed or did not hold; everything before it stays done, and the
            next run goes on from there.
    """
    summary = Summary()
    record = Record(site.tree)
    record.append("run.started", board=site.board.name, role=site.role, steps=len(steps))
    for step in steps:
        reason = step.skip(site)
        say(_heading(step, reason))
        if reason is not None:
            summary.skipped.append(step.name)
            record.append("step.skipped", step=step.number, reason=reason)
            continue
        before = summary.changed
        try:
            for change in step.plan(site):
                _bring_about(site, step, change, record, summary, say)
        except (ProvisionError, OSError) as error:
            record.append("step.failed", step=step.number, reason=str(error))
            if isinstance(error, ProvisionError):
                raise
            raise CommandError(f"paso {step.number} ({step.title}): {error}") from error
        if summary.changed == before:
            say("   sin cambios")
        note = step.note(site)
        if note is not None:
            say(f"   {note}")
        record.append("step.done", step=step.number, changed=summary.changed - before, note=note)
    record.append("run.done", changed=summary.changed, unchanged=summary.unchanged)
    return summary


def inspect(site: Site, steps: Sequence[Step], say: Say) -> Summary:
    """Say what is not done yet and change nothing: the dry run, and the check."""
    summary = Summary()
    for step in steps:
        reason = step.skip(site)
        say(_heading(step, reason))
        if reason is not None:
            summary.skipped.append(step.name)
            continue
        for change in step.plan(site):
            if change.is_done(site.tree):
                summary.unchanged += 1
            else:
                summary.missing += 1
                say(f" · {change.describe()}")
    return summary


def _bring_about(
    site: Site, step: Step, change: Change, record: Record, summary: Summary, say: Say
) -> None:
    if change.is_done(site.tree):
        summary.unchanged += 1
        return
    say(f" + {change.describe()}")
    before = digest(change, site.tree)
    started = time.monotonic()
    change.do(site.tree)
    if not change.is_done(site.tree):
        raise CommandError(f"paso {step.number}: no quedó hecho: {change.describe()}")
    summary.changed += 1
    record.append(
        "change.done",
        step=step.number,
        what=change.describe(),
        subject=change.subject,
        before=before,
        after=digest(change, site.tree),
        took_s=round(time.monotonic() - started, 3),
    )


def _heading(step: Step, reason: str | None) -> str:
    return f"{step.number} {step.title}" + (f": se omite, {reason}" if reason else "")
