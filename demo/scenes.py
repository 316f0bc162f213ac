"""What the replayed camera sees: photographs of each visit, made once and kept by seed."""

import hashlib
import json
import multiprocessing
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from demo.cast import Circumstance, Visit
from training.backgrounds import background
from training.camera import photograph
from training.camera.presentation import Presentation
from training.camera.sensor import noise
from training.live_photos import Kind, live_photo
from training.render import invent_style, render_card
from training.render.portrait import invent_face

Shot = Literal["front", "back", "live"]
SHOTS: tuple[Shot, ...] = ("front", "back", "live")
_SIZE = (960, 1280)
# A hand is never still: the second frame of a burst is the first, moved by less than a pixel.
_DRIFT_PX = 0.6
_JPEG_QUALITY = 93
_FAULTS: tuple[Kind, ...] = ("far", "sunglasses", "dark", "two_people", "mask")


def frames_folder(root: Path, seed: int) -> Path:
    """Give the folder of the frames of a seed; it changes when the code that draws them does."""
    here = Path(__file__).resolve().parent
    training = here.parent / "training"
    sources = [Path(__file__), here / "cast.py"]
    sources += [training / name for name in ("people.py", "backgrounds.py", "live_photos.py")]
    for package in ("render", "camera"):
        sources += sorted((training / package).glob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    return root / f"{seed}-{digest}"


def take_all(folder: Path, visits: Sequence[Visit], progress: Callable[[int, int], None]) -> None:
    """Make the first attempt of every shot that is not there yet, on two cores.

    `progress` is told how many of how many visits are ready.
    """
    missing = [visit for visit in visits if not _scene(folder, visit, "live", 0).exists()]
    if not missing:
        return
    # Fresh processes: this one has threads, which a fork would not copy.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=context) as pool:
        jobs = [pool.submit(_take_visit, folder, visit) for visit in missing]
        for done, job in enumerate(as_completed(jobs), start=1):
            job.result()
            progress(len(visits) - len(missing) + done, len(visits))


def scene(folder: Path, visit: Visit, shot: Shot, attempt: int) -> Path:
    """Give the folder of images for one shot; a further attempt is another photograph."""
    path = _scene(folder, visit, shot, attempt)
    if not path.exists():
        _take(folder, visit, shot, attempt)
    return path


def table(folder: Path) -> Path:
    """Give the folder of one image of a table with nothing on it."""
    path = folder / "table"
    if not path.exists():
        aside = path.with_suffix(".tmp")
        aside.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(0)
        image = noise(background(rng, *_SIZE), rng, 2.0)
        cv2.imwrite(str(aside / "0.jpg"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        aside.rename(path)
    return path


def truth(folder: Path, visit: Visit) -> dict[str, Any]:
    """Give what the two sides print: `front` and `back`, each with `fields` and `mrz`."""
    found = {}
    for side in ("front", "back"):
        path = _scene(folder, visit, side, 0) / "truth.json"
        found[side] = json.loads(path.read_text(encoding="utf-8"))
    return found


def handwriting(visit: Visit) -> list[list[list[float]]]:
    """Give the citizen's signature as strokes of `[x, y]`, 0…1 of the pad: one hand, one sign."""
    rng = np.random.default_rng(visit.person.hand_seed)
    strokes = []
    for left, right in ((0.08, 0.55), (0.35, 0.92)):
        along = np.linspace(0, 1, 60)
        loops = rng.uniform(2, 5)
        x = left + (right - left) * along + 0.03 * np.sin(2 * np.pi * loops * along)
        y = 0.5 + rng.uniform(0.12, 0.3) * np.cos(2 * np.pi * loops * along + rng.uniform(0, 6))
        strokes.append(
            [[round(float(px), 4), round(float(py), 4)] for px, py in zip(x, y, strict=True)]
        )
    return strokes


def _take_visit(folder: Path, visit: Visit) -> None:
    cv2.setNumThreads(1)  # the pool already fills the cores
    for shot in SHOTS:
        if not _scene(folder, visit, shot, 0).exists():
            _take(folder, visit, shot, 0)


def _scene(folder: Path, visit: Visit, shot: str, attempt: int) -> Path:
    return folder / f"{visit.number:02d}" / f"{shot}-{attempt}"


def _take(folder: Path, visit: Visit, shot: Shot, attempt: int) -> None:
    rng = np.random.default_rng([visit.seed, SHOTS.index(shot), attempt])
    if shot == "live":
        image, printed = _live_photo(visit, attempt, rng), None
    else:
        image, printed = _card(visit, shot, attempt, rng)
    path = _scene(folder, visit, shot, attempt)
    # Written aside and renamed: an interrupted run leaves no half scene.
    aside = path.with_suffix(".tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for number, frame in enumerate((image, _moved(image, rng))):
        cv2.imwrite(
            str(aside / f"{number}.jpg"),
            cv2.cvtColor(frame, cv2.COLOR_RGB2BGR),
            [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY],
        )
    if printed is not None:
        (aside / "truth.json").write_text(json.dumps(printed), encoding="utf-8")
    aside.rename(path)


def _card(
    visit: Visit, side: Shot, attempt: int, rng: np.random.Generator
) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], dict[str, Any]]:
    # Both sides of one credential share its design, in every attempt.
    design = np.random.default_rng([visit.seed, 100])
    style = invent_style(design, visit.model, fonts="held")
    print_rng = np.random.default_rng([visit.seed, 101, SHOTS.index(side)])
    card = render_card(visit.person, side, visit.model, print_rng, style=style)
    presentation: Presentation = (
        "photocopy_grey" if visit.circumstance is Circumstance.PHOTOCOPY else "original"
    )
    # Every third citizen holds the card badly at first.
    difficulty = "medium" if visit.number % 3 == 0 and attempt == 0 else "easy"
    taken = photograph(
        card.image, card.mask, rng, difficulty=difficulty, size=_SIZE, presentation=presentation
    )
    return taken.image, {"fields": card.fields, "mrz": card.mrz}


def _live_photo(
    visit: Visit, attempt: int, rng: np.random.Generator
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    person = visit.person
    face = invent_face(person.face_seed, person.sexo, float(person.edad))
    # Every fifth citizen comes with something that the gate must notice.
    fault = _FAULTS[visit.number // 5 % len(_FAULTS)]
    kind = fault if visit.number % 5 == 0 and attempt == 0 else "good"
    return live_photo(kind, face, rng, size=_SIZE)


def _moved(
    image: np.ndarray[Any, np.dtype[np.uint8]], rng: np.random.Generator
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    x, y = rng.uniform(-_DRIFT_PX, _DRIFT_PX, 2)
    shift = np.array([[1, 0, x], [0, 1, y]], np.float32)
    height, width = image.shape[:2]
    moved = cv2.warpAffine(image, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return noise(np.asarray(moved, np.uint8), rng, 1.5)
