"""Make the built-in test card: `python -m demo.test_card`. Its person is invented, like its design.

A station reads this picture after an update, before it trusts the new release: see `device.gate`.
"""

import json
import tempfile
from pathlib import Path

import cv2

from demo.cast import invent_visits
from demo.scenes import scene

TARGET = Path(__file__).resolve().parents[1] / "device" / "test_card.jpg"
_SEED = 20_261
_NUMBER = 7  # of the demo's visits: an ordinary one, held well
_JPEG_QUALITY = 82


def main() -> None:
    """Photograph the back of one invented credential, and write what its zone says beside it."""
    visit = invent_visits(_SEED)[_NUMBER - 1]
    with tempfile.TemporaryDirectory() as folder:
        shot = scene(Path(folder), visit, "back", 0)
        image = cv2.imread(str(shot / "0.jpg"))
        if image is None:
            raise SystemExit("the picture was not written")
        cv2.imwrite(str(TARGET), image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        truth = json.loads((shot / "truth.json").read_text("utf-8"))
    lines = "\n".join(truth["mrz"]) + "\n"
    TARGET.with_suffix(".txt").write_text(lines, "ascii")


if __name__ == "__main__":
    main()
