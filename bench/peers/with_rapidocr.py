"""RapidOCR: the detector, turner and recogniser of PP-OCRv4 in ONNX Runtime, models bundled."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Any

import numpy as np
from rapidocr_onnxruntime import RapidOCR

from bench.peers.worker import Engine, Image

# Its detector reduces what is larger; below it small labels are lost.
CARD = (1284, 810)


def version() -> str:
    return f"RapidOCR {version_of('rapidocr-onnxruntime')}"


def load() -> Engine:
    """Load it for one thread."""
    reader = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)

    def read(image: Image, is_card: bool) -> list[dict[str, Any]]:
        # It takes B, G, R. A flat upright card needs no turning of its lines.
        result, _ = reader(np.ascontiguousarray(image[..., ::-1]), use_cls=not is_card)
        return [
            {"text": str(text), "confidence": float(score), "quad": np.asarray(quad).tolist()}
            for quad, text, score in result or ()
        ]

    return read
