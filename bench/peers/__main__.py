"""Lets one peer read folders of frames: `python -m bench.peers rapidocr FOLDER…`.

The quick look for who makes frames; the whole comparison is `python -m bench.reading --peers`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from bench.peers.client import PYTHON, PeerError
from bench.peers.run import PEERS, PeerRun, run_peer
from bench.report import percentile, share, table
from bench.scoring import Score, truths

_ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("MRZ, three lines", ("mrz",)),
    ("CIC and OCR number", ("cic", "numero_ocr")),
    ("CURP", ("curp",)),
    ("clave de elector", ("clave_elector",)),
    ("sección", ("seccion",)),
    ("vigencia", ("vigencia",)),
    ("three names", ("nombres", "apellido_paterno", "apellido_materno")),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table, one column a folder; 1 when the peer does not run here."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("folders", type=Path, nargs="+", help="frames with truth.jsonl")
    parser.add_argument("--raw", action="store_true", help="the frame, without its true corners")
    parser.add_argument("--count", type=int, help="only the first frames of each folder")
    parser.add_argument("--python", type=Path, default=PYTHON, help="of the peers' environment")
    options = parser.parse_args(arguments)
    runs = []
    for folder in options.folders:
        frames = ((folder / str(t["frame"]), t) for t in truths(folder))
        try:
            run = run_peer(
                options.peer,
                islice(frames, options.count),
                helped=not options.raw,
                python=options.python,
            )
        except PeerError as error:
            print(error, file=sys.stderr)
            return 1
        runs.append(run)
    print(f"{runs[0].version}, {runs[0].title}\n")
    print(_table(runs, [folder.name for folder in options.folders]))
    return 0


def _table(runs: Sequence[PeerRun], names: Sequence[str]) -> str:
    rows = [["all exact, % of cards", *names]]
    for title, fields in _ROWS:
        rows.append([title, *(all_exact(run.scores, fields) for run in runs)])
    for side in ("front", "back"):
        times = [[s.ms["total"] for s in run.scores if s.side == side] for run in runs]
        rows.append([f"ms a {side}, median", *(f"{percentile(t, 0.5):.0f}" for t in times)])
    return table(rows)


def all_exact(scores: Sequence[Score], fields: Sequence[str]) -> str:
    """Return the share of cards on which every one of the fields that it prints is exact."""
    asked = [[s.outcomes[f] for f in fields if f in s.outcomes] for s in scores if s.has_card]
    cards = [outcomes for outcomes in asked if outcomes]
    return share(sum(all(o == "exact" for o in card) for card in cards), len(cards))


if __name__ == "__main__":
    sys.exit(main())
