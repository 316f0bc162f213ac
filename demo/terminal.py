"""What the person at the terminal sees: steps, a bar, notes above it, and the table."""

import os
import shutil
import sys
import threading
from collections.abc import Sequence

_BAR_WIDTH = 28


class Terminal:
    """Writes whole lines, and one moving line when the output is a terminal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moves = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._line = ""

    def say(self, text: str = "") -> None:
        """Write a line; the bar, if there is one, stays below it."""
        with self._lock:
            self._erase()
            print(text, flush=True)
            self._draw()

    def step(self, text: str) -> None:
        """Write the heading of what begins now."""
        self.say(f"▸ {text}")

    def note(self, text: str) -> None:
        """Write something that happened on the way."""
        self.say(f"    · {text}")

    def bar(self, text: str, done: int, total: int) -> None:
        """Show how far something is; without a terminal only now and then, as lines."""
        full = round(_BAR_WIDTH * done / max(total, 1))
        line = f"  [{'█' * full}{'░' * (_BAR_WIDTH - full)}] {done:>2}/{total} {text}"
        with self._lock:
            if self._moves:
                self._erase()
                self._line = line[: shutil.get_terminal_size().columns - 1]
                self._draw()
            elif done == total or done % 5 == 0:
                print(line, flush=True)

    def end_bar(self) -> None:
        """Leave the bar as it stands."""
        with self._lock:
            if self._line:
                print(flush=True)
            self._line = ""

    def _erase(self) -> None:
        if self._line:
            sys.stdout.write("\r\x1b[2K")

    def _draw(self) -> None:
        if self._line:
            sys.stdout.write(self._line)
            sys.stdout.flush()


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows under headings; what is a number is set right."""
    widths = [max(len(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    right = [
        bool(rows) and all(_is_number(row[column]) for row in rows)
        for column in range(len(headings))
    ]

    def line(cells: Sequence[str]) -> str:
        set_cells = (
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(cells, widths, right, strict=True)
        )
        return "  ".join(set_cells).rstrip()

    return "\n".join([line(headings), "  ".join("─" * width for width in widths), *map(line, rows)])


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").replace("—", "0").isdigit()
