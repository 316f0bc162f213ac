"""Prints pages with Chromium: HTML in, pixels and the places of what was printed out.

Skia and the browser's layout are another typesetter and another rasteriser than those of training.
"""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright

Image = NDArray[np.uint8]
Box = tuple[float, float, float, float]

# As root and in a container: no sandbox, no GPU, and the same pixels on every machine.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-lcd-text",
    "--disable-background-networking",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)
# Shrink what does not fit its place, then report where every marked text stands.
_SETTLE = """() => {
  for (const block of document.querySelectorAll('.fit')) {
    const limit = () => {
      const b = block.getBoundingClientRect();
      return [...block.querySelectorAll('*')].some(e => {
        const r = e.getBoundingClientRect();
        // The content area of an inline box is taller than its line: only its width counts.
        const low = getComputedStyle(e).display !== 'inline' && r.bottom > b.bottom + 1;
        return r.width > 0 && (r.right > b.right + 1 || low);
      });
    };
    let size = parseFloat(getComputedStyle(block).fontSize);
    for (let i = 0; i < 60 && limit(); i++) {
      size *= 0.98;
      block.style.fontSize = size + 'px';
    }
  }
  for (const line of document.querySelectorAll('[data-span]')) {
    const wanted = parseFloat(line.dataset.span);
    line.style.letterSpacing = '0px';
    const natural = line.getBoundingClientRect().width;
    const gap = (wanted - natural) / line.textContent.length;
    line.style.letterSpacing = gap + 'px';
  }
  const origin = document.querySelector('#sheet').getBoundingClientRect();
  const found = [];
  const sizes = [...document.querySelectorAll('[data-field]')].map(
    e => parseFloat(getComputedStyle(e).fontSize));
  for (const e of document.querySelectorAll('[data-field], [data-code], [data-mrz]')) {
    const range = document.createRange();
    range.selectNodeContents(e);
    const r = (e.dataset.code ? e : range).getBoundingClientRect();
    found.push({
      field: e.dataset.field || (e.dataset.mrz ? 'mrz' : ''),
      code: e.dataset.code || '',
      text: e.textContent,
      box: [r.left - origin.left, r.top - origin.top, r.right - origin.left, r.bottom - origin.top],
    });
  }
  return {found, smallest: Math.min(1000, ...sizes)};
}"""


class ChromiumMissingError(Exception):
    """No Chromium on this machine."""


@dataclass(frozen=True)
class Mark:
    """One marked text or code on a sheet; the box is in the sheet's own units."""

    field: str
    code: str
    text: str
    box: Box


@dataclass(frozen=True)
class Sheet:
    """A printed page: RGB pixels, and what is where."""

    image: Image
    marks: tuple[Mark, ...]
    smallest: float
    """Size of the smallest type that prints a value."""


class Press:
    """A browser page that prints one sheet after the other."""

    def __init__(self, page: Page) -> None:
        """Print on this page."""
        self._page = page
        # Playwright's own screenshot packs its PNG slowly and well; ours are read once.
        self._devtools = page.context.new_cdp_session(page)

    def print(self, html: str, width: int, height: int, *, fineness: float = 1.0) -> Sheet:
        """Print a sheet of this size in CSS pixels; the page must hold an element `#sheet`.

        `fineness` below 1 gives fewer pixels.
        """
        self._page.set_viewport_size({"width": width, "height": height})
        self._page.set_content(html, wait_until="load")
        settled: dict[str, Any] = self._page.evaluate(_SETTLE)
        shot: dict[str, Any] = self._devtools.send(
            "Page.captureScreenshot",
            {
                "format": "png",
                "optimizeForSpeed": True,
                "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": fineness},
            },
        )
        packed = base64.b64decode(shot["data"])
        bgr = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_COLOR)
        assert bgr is not None
        image = np.ascontiguousarray(bgr[..., ::-1], np.uint8)
        marks = tuple(
            Mark(one["field"], one["code"], one["text"], tuple(one["box"]))
            for one in settled["found"]
        )
        return Sheet(image, marks, float(settled["smallest"]))


@contextmanager
def running_press(browser: Browser | None = None, *, scale: float = 2.0) -> Iterator[Press]:
    """Start Chromium, or use one that runs, and give a press of `scale` pixels a CSS pixel.

    Raises:
        ChromiumMissingError: There is none.
    """
    if browser is not None:
        with browser.new_context(device_scale_factor=scale) as context:
            yield Press(context.new_page())
        return
    path = os.environ.get("ACOPIO_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        raise ChromiumMissingError("Chromium is needed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        with chromium.new_context(device_scale_factor=scale) as context:
            yield Press(context.new_page())
        chromium.close()
