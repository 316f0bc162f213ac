"""Surfaces on which a card may lie, all drawn: wood, cloth, stone, tiles, tablecloths, a room."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def background(rng: Generator, height: int, width: int) -> Image:
    """Draw a surface of the given size in pixels."""
    makers = (_wood, _wood, _cloth, _stone, _plain, _plain, _tiles, _pattern, room)
    image = makers[int(rng.integers(len(makers)))](rng, height, width)
    gain = rng.uniform(0.55, 1.1)
    return np.clip(image.astype(np.float32) * gain, 0, 255).astype(np.uint8)


def dull_colour(rng: Generator, low: int = 20, high: int = 240) -> NDArray[np.float32]:
    """Draw the colour of a thing in a home or an office: R, G, B in 0…255."""
    # Most surfaces of a home or an office are dull; a few are loud.
    spread = float(rng.choice([8, 16, 40], p=[0.45, 0.4, 0.15]))
    base = rng.uniform(low, high) + spread * rng.standard_normal() * np.array([1, 0.2, -1])
    return np.clip(base + rng.normal(0, spread * 0.5, 3), 4, 250).astype(np.float32)


def _noise(
    rng: Generator, height: int, width: int, cell_y: float, cell_x: float
) -> NDArray[np.float32]:
    rows, columns = max(2, int(height / cell_y)), max(2, int(width / cell_x))
    grid = rng.standard_normal((rows, columns), dtype=np.float32)
    return np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC))


def _turned(rng: Generator, image: Image, height: int, width: int) -> Image:
    """Cut a turned window of the wanted size out of a larger square image."""
    side = image.shape[0]
    angle = float(rng.choice([0, 90, rng.uniform(-180, 180)]))
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), angle, 1.0)
    matrix[:, 2] += (width / 2 - side / 2, height / 2 - side / 2)
    return cv2.warpAffine(  # type: ignore[return-value]
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )


def _wood(rng: Generator, height: int, width: int) -> Image:
    side = max(height, width)
    tones = [(150, 105, 66), (110, 70, 42), (190, 150, 105), (84, 54, 36), (205, 178, 140)]
    base = np.array(tones[int(rng.integers(len(tones)))], np.float32)
    half = side // 2
    grain = _noise(rng, half, half, half / 5, 3) * 9 + _noise(rng, half, half, half / 16, 1.5) * 6
    warp = _noise(rng, half, half, half / 3, half / 6)
    ys, xs = np.mgrid[0:half, 0:half].astype(np.float32)
    rings = np.sin(xs / rng.uniform(6, 20) + warp * rng.uniform(1, 4) + ys * 0.004) * rng.uniform(
        4, 14
    )
    field = grain + rings
    plank = int(rng.uniform(90, 300))
    for x in range(int(rng.integers(plank)), half, plank):
        field[:, x : x + 2] -= 45
        field[:, x:] += rng.normal(0, 8)
    image = np.clip(base + field[..., None] * (1.0, 0.9, 0.75), 0, 255).astype(np.uint8)
    return _turned(rng, cv2.resize(image, (side, side)), height, width)  # type: ignore[arg-type]


def _cloth(rng: Generator, height: int, width: int) -> Image:
    half_h, half_w = height // 2, width // 2
    base = dull_colour(rng)
    ys, xs = np.mgrid[0:half_h, 0:half_w].astype(np.float32)
    pitch = rng.uniform(2.2, 6)
    weave = np.sin(xs * 2 * np.pi / pitch) * np.sin(ys * 2 * np.pi / pitch) * rng.uniform(4, 14)
    folds = _noise(rng, half_h, half_w, half_h / 3, half_w / 3) * rng.uniform(6, 26)
    image = base + (weave + folds)[..., None]
    if rng.random() < 0.5:
        other = dull_colour(rng)
        band = rng.uniform(20, 90)
        across = (xs * np.cos(0.2) + ys * np.sin(0.2)) % (2 * band) < band
        image = np.where(across[..., None], image, image * 0.4 + other * 0.6)
        if rng.random() < 0.6:
            along = ys % (2 * band) < band
            image = np.where(along[..., None], image, image * 0.7 + other * 0.3)
    small = np.clip(image, 0, 255).astype(np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def _stone(rng: Generator, height: int, width: int) -> Image:
    half_h, half_w = height // 2, width // 2
    base = dull_colour(rng, 60, 230)
    cloud = sum(
        (
            _noise(rng, half_h, half_w, cell, cell) * (cell**0.5)
            for cell in (140.0, 50.0, 16.0, 5.0)
        ),
        np.zeros((half_h, half_w), np.float32),
    )
    vein = np.exp(-np.abs(_noise(rng, half_h, half_w, 160, 160)) * rng.uniform(6, 18)) * 40
    image = base + (cloud * rng.uniform(0.6, 2.2) - vein * rng.choice([-1, 1]))[..., None]
    speck = rng.random((half_h, half_w)) < rng.uniform(0, 0.03)
    image[speck] *= rng.uniform(0.3, 0.7)
    small = np.clip(image, 0, 255).astype(np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _plain(rng: Generator, height: int, width: int) -> Image:
    base = dull_colour(rng, 10, 250)
    rough = _noise(rng, height // 4, width // 4, 2, 2) * rng.uniform(0, 5)
    rough += _noise(rng, height // 4, width // 4, 60, 80) * rng.uniform(1, 9)
    small = np.clip(base + rough[..., None], 0, 255).astype(np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def _tiles(rng: Generator, height: int, width: int) -> Image:
    side = max(height, width)
    image = np.empty((side, side, 3), np.uint8)
    image[:] = dull_colour(rng, 60, 200)
    first, second = dull_colour(rng, 60, 250), dull_colour(rng, 30, 250)
    step = int(rng.uniform(60, 260))
    joint = int(rng.uniform(2, 9))
    for row, y in enumerate(range(0, side, step)):
        for column, x in enumerate(range(0, side, step)):
            base = first if (row + column) % 2 or rng.random() < 0.3 else second
            tone = tuple(np.clip(base + rng.normal(0, 6, 3), 0, 255).tolist())
            cv2.rectangle(image, (x, y), (x + step - joint, y + step - joint), tone, -1)
    return _turned(rng, image, height, width)


def _pattern(rng: Generator, height: int, width: int) -> Image:
    """A printed tablecloth: motifs repeated on a grid."""
    side = max(height, width)
    cell = int(rng.uniform(50, 170))
    tile = np.empty((cell, cell, 3), np.uint8)
    tile[:] = dull_colour(rng, 40, 250)
    for _ in range(int(rng.integers(2, 7))):
        colour = tuple(dull_colour(rng, 10, 250).tolist())
        centre = tuple(int(v) for v in rng.uniform(0, cell, 2))
        size = int(rng.uniform(4, cell * 0.4))
        kind = rng.integers(3)
        if kind == 0:
            cv2.circle(tile, centre, size, colour, int(rng.choice([-1, 2, 5])), cv2.LINE_AA)
        elif kind == 1:
            points = (np.array(centre) + rng.normal(0, size, (5, 2))).astype(np.int32)
            cv2.fillPoly(tile, [points], colour, cv2.LINE_AA)
        else:
            end = tuple(int(v) for v in rng.uniform(0, cell, 2))
            cv2.line(tile, centre, end, colour, int(rng.uniform(2, 9)), cv2.LINE_AA)
    times = side // cell + 1
    image = np.tile(tile, (times, times, 1))[:side, :side]
    return _turned(rng, np.ascontiguousarray(image), height, width)


def room(rng: Generator, height: int, width: int) -> Image:
    """A room far behind a card held in the hand: large blurred shapes."""
    h, w = height // 8, width // 8
    image = np.empty((h, w, 3), np.uint8)
    image[:] = dull_colour(rng, 60, 220)
    for _ in range(int(rng.integers(5, 16))):
        corner = rng.uniform(-0.2, 1, 2) * (w, h)
        far = corner + rng.uniform(0.05, 0.6, 2) * (w, h)
        colour = tuple(dull_colour(rng, 10, 250).tolist())
        cv2.rectangle(
            image, tuple(corner.astype(int).tolist()), tuple(far.astype(int).tolist()), colour, -1
        )
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(1, 6))  # type: ignore[assignment]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]
