"""Figures of ISO/IEC 30107-3 from suspicions: thresholds, APCER per kind, BPCER, EER."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def threshold_for(originals: Floats, bpcer: float) -> float:
    """Return the suspicion that a share `bpcer` of the true cards reaches."""
    return float(np.quantile(originals, 1 - bpcer))


def equal_error(originals: Floats, attacks: Floats) -> float:
    """Return the rate at which as many attacks pass as originals are suspected, 0…1."""
    cuts = np.unique(np.concatenate([originals, attacks]))
    suspected = 1 - np.searchsorted(np.sort(originals), cuts, side="left") / len(originals)
    passed = np.searchsorted(np.sort(attacks), cuts, side="left") / len(attacks)
    at = int(np.argmin(np.abs(suspected - passed)))
    return float(suspected[at] + passed[at]) / 2


def error_rates(
    suspicions: Floats, kinds: NDArray[np.int64], names: Mapping[int, str], threshold: float
) -> dict[str, dict[str, float]]:
    """Return per cent wrong at a threshold, with its interval, by kind; 0 are the true cards."""
    rows = {}
    for kind, name in names.items():
        own = suspicions[kinds == kind]
        if not len(own):
            continue
        wrong = own >= threshold if kind == 0 else own < threshold
        rows[name] = share_of(int(wrong.sum()), len(own))
    return rows


def share_of(wrong: int, frames: int) -> dict[str, float]:
    """Return per cent wrong with its 95 % interval (Wilson), and of how many frames."""
    z = 1.959964
    share = wrong / frames
    middle = (share + z * z / (2 * frames)) / (1 + z * z / frames)
    reach = z / (1 + z * z / frames)
    reach *= math.sqrt(share * (1 - share) / frames + z * z / (4 * frames * frames))
    return {
        "wrong": 100 * share,
        "from": 100 * max(0.0, middle - reach),
        "to": 100 * min(1.0, middle + reach),
        "frames": float(frames),
    }
