"""Lends libcamera's virtual camera what the Pi's camera has, so that picamera2 runs on it.

Loaded by a `.pth` line at every start of the station's Python; it does nothing until picamera2 is
imported. Five things are lent, and the product's driver runs above them unchanged:

- one raw mode, because the virtual pipeline has no raw role to read the sensor's size from;
- an allocator on the kernel's system heap with the two planes of NV12, because the Pi's
  contiguous heap is not there;
- the last step of the Pi's image processor: the virtual camera gives NV12 alone, the station asks
  for 24-bit colour;
- the time of exposure that every sensor reports;
- a shutter. libcamera loads its pictures when it lists the camera and then turns through them, one
  for each request. What lies before the camera changes during a visit, so every request whose
  picture is not of the scene wanted now is given back unseen.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.util
import mmap
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path("/var/lib/virtual-camera/turntable")
# Names the scene before the camera, as in `front-0`; its pictures are `NN.front-0.M.jpg`.
WANTED = Path("/run/virtual-camera/wanted")
# No faster than the Pi's preview, so that the emulated processor is left for the reading.
_FRAME_S = 1 / 10
# libcamera shows each picture to so many requests before the next.
_REPEATS = 4
_EXPOSURE_US = 10_000
# Of a buffer whose memory is clean.
_TRIES = 64
_HEAP = "/dev/dma_heap/system"


class _AfterImport(importlib.abc.MetaPathFinder):
    """Finds picamera2 as everybody does, and lends to it once it is loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "picamera2":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_lend(module: ModuleType) -> None:
            execute(module)
            _lend(module.Picamera2)

        spec.loader.exec_module = execute_and_lend  # type: ignore[method-assign]
        return spec


def _lend(camera: Any) -> None:
    import libcamera
    from picamera2 import dma_heap, request
    from picamera2 import picamera2 as module
    from picamera2.allocators import DmaAllocator

    dma_heap.heapNames[:] = [_HEAP]

    class PlanesAllocator(DmaAllocator):  # type: ignore[misc]  # picamera2 carries no types
        """One buffer for both planes: brightness, and colour at half the size behind it."""

        def allocate(self, libcamera_config: Any, use_case: Any) -> None:
            super().allocate(libcamera_config, use_case)
            for config in libcamera_config:
                bright = config.stride * config.size.height
                self.frame_buffers[config.stream] = [
                    self._with_planes(buffer, bright, config.frame_size)
                    for buffer in self.frame_buffers[config.stream]
                ]

        def _with_planes(self, buffer: Any, bright: int, size: int) -> Any:
            planes = [libcamera.FrameBuffer.Plane(), libcamera.FrameBuffer.Plane()]
            for plane, offset, length in zip(
                planes, (0, bright), (bright, size - bright), strict=True
            ):
                plane.fd, plane.offset, plane.length = buffer.planes[0].fd, offset, length
            whole = _clean(lambda: libcamera.FrameBuffer(planes))
            # libcamera copies every descriptor it is given: picamera2 knows buffers by the copy.
            copy = whole.planes[0].fd
            self.libcamera_fds.append(copy)
            self.mapped_buffers_used[copy] = False
            self.mapped_buffers.pop(buffer).close()
            self.mapped_buffers[whole] = mmap.mmap(copy, size, mmap.MAP_SHARED)
            return whole

    module.DmaAllocator = PlanesAllocator
    camera._get_raw_modes = lambda _: [{"format": "SBGGR10", "size": (1280, 960)}]  # noqa: SLF001
    names = [path.name.split(".")[1] for path in sorted(FOLDER.glob("*.jpg"))]
    module.CompletedRequest = _counted(module.CompletedRequest, names)
    camera.process_requests = _through_shutter(camera.process_requests, names)
    request.CompletedRequest.make_array = _in_colour(request.CompletedRequest.make_array)
    request.CompletedRequest.get_metadata = _exposed(request.CompletedRequest.get_metadata)


def _clean(make: Callable[[], Any]) -> Any:
    """Make a buffer whose state reads as a success.

    The virtual pipeline never writes that state and libcamera 0.4 does not clear it: it is what
    lay in memory, and picamera2 throws frames away that call themselves faulty.
    """
    from libcamera import FrameMetadata

    spoilt = []
    for _ in range(_TRIES):
        buffer = make()
        if buffer.metadata.status == FrameMetadata.Status.Success:
            return buffer
        spoilt.append(buffer)  # kept until the end, or the next one lies in the same place
    raise RuntimeError("no clean buffer")


def _counted(make: Any, names: Sequence[str]) -> Any:
    """Write on every request which picture libcamera turned to for it."""
    turned = {"configuration": -1, "pictures": 0}

    @functools.wraps(make)
    def made(request: Any, camera: Any) -> Any:
        completed = make(request, camera)
        if completed.configure_count != turned["configuration"]:
            turned.update(configuration=completed.configure_count, pictures=0)
        completed.picture = names[turned["pictures"] // _REPEATS % len(names)]
        turned["pictures"] += 1
        return completed

    return made


def _through_shutter(process: Any, names: Sequence[str]) -> Any:
    @functools.wraps(process)
    def filtered(self: Any, display: Any) -> None:
        wanted = WANTED.read_text("ascii").strip() if WANTED.exists() else names[0]
        with self._requestslock:
            arrived, self._requests = self._requests, []
        seen = [one for one in arrived if one.picture == wanted]
        for one in arrived:
            if one.picture != wanted:
                one.release()
        if seen:
            time.sleep(_FRAME_S)
        with self._requestslock:
            late, self._requests = self._requests, seen
        process(self, display)
        with self._requestslock:
            self._requests = late + self._requests
        if late:
            os.write(self.notifyme_w, b"\0")

    return filtered


def _in_colour(make_array: Any) -> Any:
    @functools.wraps(make_array)
    def converted(self: Any, name: str) -> Any:
        import cv2

        array = make_array(self, name)
        if self.config[name]["format"] != "NV12":
            return array
        width, height = self.config[name]["size"]
        colour = array[height : height * 3 // 2, :width].reshape(height // 2, width // 2, 2)
        blue, red = cv2.split(cv2.resize(colour, (width, height)))
        # As in a JPEG, every value has the full range of a byte.
        return cv2.cvtColor(cv2.merge([array[:height, :width], red, blue]), cv2.COLOR_YCrCb2RGB)

    return converted


def _exposed(get_metadata: Any) -> Any:
    @functools.wraps(get_metadata)
    def with_exposure(self: Any) -> Any:
        # A sensor says how long it exposed; picamera2 waits for exposures begun after a call.
        return {"ExposureTime": _EXPOSURE_US, **get_metadata(self)}

    return with_exposure


sys.meta_path.insert(0, _AfterImport())
