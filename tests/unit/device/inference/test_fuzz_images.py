"""Whatever the file is: one line, a stable code, no traceback, bounded memory.

`make fuzz-images` runs the mutations for longer, through the networks too.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from device.inference.base import Image, ImageError
from device.inference.images import CODES, MOST_PIXELS, read_image
from device.inference.reader import CardReader, load_reader
from tests.unit.device.inference.odd_files import encoded, picture, write_odd_files

EXAMPLES = int(os.environ.get("ACOPIO_FUZZ_EXAMPLES", "60"))
# 64 million pixels are 192 MB as R, G, B, 256 as Pillow holds them; the networks take 100.
_MOST_RSS = 900 << 20
_MOST_ADDRESSES = 4 << 30

SEEDS = {
    **{kind: encoded(picture(), kind) for kind in ("BMP", "GIF", "PNG", "WEBP")},
    "JPEG": encoded(picture(), "JPEG", progressive=True),
    "TIFF": encoded(picture(), "TIFF", compression="tiff_lzw"),
    "MPO": encoded(picture(), "MPO", save_all=True, append_images=[picture(32, 20)]),
}


@pytest.fixture(scope="module")
def reader() -> CardReader | None:
    """Give the networks to the long run alone."""
    return load_reader() if EXAMPLES > 1000 else None


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw one of the seeds with bytes changed, a part cut out or put in, and its end lost."""
    content = bytearray(SEEDS[draw(st.sampled_from(sorted(SEEDS)))])
    for _ in range(draw(st.integers(1, 6))):
        # Headers are where the harm is done.
        at = draw(st.integers(0, 200) | st.integers(0, len(content))) % len(content)
        width = draw(st.sampled_from((1, 2, 4)))
        content[at : at + width] = draw(
            st.binary(min_size=0, max_size=8) | st.sampled_from((b"\xff" * 4, b"\0" * 4))
        )
    return bytes(content[: draw(st.integers(len(content) // 4, len(content)))])


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=mutated())
def test_mutated_bytes_are_an_image_or_a_code(
    content: bytes, tmp_path_factory: pytest.TempPathFactory, reader: CardReader | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated"
    path.write_bytes(content)
    image = read_or_code(path)
    if image is None:
        return
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    if reader is not None:
        assert reader.read(image, today=None).reasons


def read_or_code(path: Path) -> Image | None:
    try:
        return read_image(path)
    except ImageError as error:
        assert error.code in CODES  # noqa: PT017  # both ends are right, nothing else is
        return None


def test_every_odd_file_has_its_line_and_its_code(tmp_path: Path) -> None:
    expected = dict(write_odd_files(tmp_path))
    lines, errors = station_reads(*expected)
    assert "Traceback" not in errors
    assert [line.get("error") for line in lines] == list(expected.values())
    assert all(line["reasons"] for line in lines if "error" not in line)


def test_the_largest_image_takes_bounded_memory(tmp_path: Path) -> None:
    side = int(MOST_PIXELS**0.5)
    plain = Pillow.new("LA", (side, side), (90, 200))
    plain.save(tmp_path / "alpha.png", compress_level=1)
    told = tmp_path / "most.txt"
    lines, errors = station_reads(tmp_path / "alpha.png", through=(*_MEASURED, told))
    assert "Traceback" not in errors
    assert [line["found"] for line in lines] == [False]
    assert int(told.read_text()) * 1024 < _MOST_RSS


# Runs the command behind the path, and writes there how many KiB it took at most: this process has
# had other and larger children.
_MEASURED = (
    sys.executable,
    "-c",
    (
        "import pathlib, resource, subprocess, sys; code = subprocess.call(sys.argv[2:]);"
        "most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss;"
        "pathlib.Path(sys.argv[1]).write_text(str(most)); sys.exit(code)"
    ),
)


def station_reads(
    *paths: Path, through: Sequence[str | Path] = ()
) -> tuple[list[dict[str, object]], str]:
    """Run the command as an operator does, with limits on addresses and on the processor."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESSES, _MOST_ADDRESSES))
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

    done = subprocess.run(
        [*through, sys.executable, "-m", "device", "read", "--jsonl", *paths],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        preexec_fn=limit,  # no thread of this process holds a lock
    )
    assert done.returncode in (0, 1)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr
