"""Train, evaluate and export the text detector.

python -m training.text_detector sheets --seed 1 --count 3600
python -m training.text_detector train --seed 1 --minutes 20
python -m training.text_detector tune --seed 2 --minutes 12  # from the first run's weights
python -m training.text_detector export
"""

import argparse
import multiprocessing
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.export import export_dynamic_int8, export_float
from training.loop import mixed, train, training_run
from training.model_card import MODEL_FOLDER, Card, register_model
from training.nets import MapsLast
from training.pool import PooledCard, read_pool
from training.text_detector.network import TextDetector, loss_of
from training.text_detector.sheets import CELL, HEIGHT, UNIT, WIDTH, sheet, target

WORK = Path("training/work")
FOLDERS = ("sheets", "sheets-photographed")  # degraded here; by training.photographs
HELD = 120  # sheets never trained on, the last ones of each folder
_CROP = (208, 320)  # height, width of a training crop
CORE = 0.5

_cards: list[PooledCard]


def _start(pool: Path) -> None:
    global _cards  # one per worker process, read once
    _cards = list(read_pool(pool))


def _make(task: tuple[int, int, int]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    seed, index, count = task
    # The last cards of the pool make only the last, held-out sheets.
    held_cards = max(1, len(_cards) // 12)
    if index >= count - HELD:
        card = _cards[len(_cards) - held_cards + index % held_cards]
    else:
        card = _cards[index % (len(_cards) - held_cards)]
    made = sheet(card, np.random.default_rng([seed, index, 23]))
    return made.image, made.boxes


def write_sheets(pool: Path, *, seed: int, count: int, folder: Path) -> None:
    """Degrade `count` rectified cards into arrays on disk, so that training only reads."""
    folder.mkdir(parents=True, exist_ok=True)
    images = np.lib.format.open_memmap(
        folder / "images.npy", "w+", np.uint8, (count, HEIGHT, WIDTH, 1)
    )
    boxes: list[NDArray[np.float32]] = []
    with multiprocessing.Pool(2, _start, (pool,)) as workers:
        tasks = ((seed, index, count) for index in range(count))
        for index, (image, found) in enumerate(workers.imap(_make, tasks, chunksize=8)):
            images[index] = image
            boxes.append(found)
            if index % 1000 == 0:
                print(f"{index}/{count} sheets", flush=True)
    images.flush()
    lengths = np.array([len(found) for found in boxes])
    np.savez(folder / "truth.npz", boxes=np.concatenate(boxes), lengths=lengths)


class SheetFile:
    """One folder of sheets; batches are random crops of them."""

    def __init__(self, folder: Path) -> None:
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        truth = np.load(folder / "truth.npz")
        self.boxes = np.split(truth["boxes"], np.cumsum(truth["lengths"])[:-1])

    def draw(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        height, width = _CROP
        images, targets, weights = [], [], []
        for index in rng.integers(0, len(self.images) - HELD, size=size // 2):
            answer, weight = target(self.boxes[index])
            for _ in range(2):
                row = int(rng.integers(0, (HEIGHT - height) // CELL + 1))
                column = int(rng.integers(0, (WIDTH - width) // CELL + 1))
                rows = slice(row, row + height // CELL)
                columns = slice(column, column + width // CELL)
                top, left = row * CELL, column * CELL
                images.append(self.images[index, top : top + height, left : left + width])
                targets.append(answer[:, rows, columns])
                weights.append(weight[rows, columns])
        return {
            "image": torch.from_numpy(np.stack(images)),
            "target": torch.from_numpy(np.stack(targets)),
            "weight": torch.from_numpy(np.stack(weights)),
        }


def boxes_of(answer: NDArray[np.float32], *, threshold: float = CORE) -> NDArray[np.float32]:
    """The boxes in a 3×100×160 answer (core as probability), in input pixels."""
    core = (answer[0] > threshold).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
    found = []
    for index in range(1, count):
        left, top, width, height, area = stats[index]
        if area < 2:
            continue
        inside = labels[top : top + height, left : left + width] == index
        rows = (np.arange(top, top + height, dtype=np.float32) + 0.5)[:, None] * CELL
        part = answer[:, top : top + height, left : left + width]
        upper = float(np.median((rows - part[1] * UNIT)[inside]))
        lower = float(np.median((rows + part[2] * UNIT)[inside]))
        found.append((left * CELL, upper, (left + width) * CELL, lower))
    return np.array(found, np.float32).reshape(-1, 4)


def measure(network: nn.Module, sheets: SheetFile) -> dict[str, float]:
    """How many true segments are found by one box alone, and how many boxes are of nothing."""
    found = total = false = answers = 0
    edges: list[float] = []
    first = len(sheets.images) - HELD
    for index in range(first, len(sheets.images)):
        image = torch.from_numpy(np.array(sheets.images[index : index + 1]))
        with torch.no_grad():
            out = network(image.permute(0, 3, 1, 2).float() / 127.5 - 1)[0].float().numpy()
        out[0] = 1 / (1 + np.exp(-out[0]))
        boxes, truth = boxes_of(out), sheets.boxes[index]
        overlap = _overlap(truth, boxes)
        total += len(truth)
        answers += len(boxes)
        if len(boxes):
            best = overlap.argmax(axis=1)
            good = overlap.max(axis=1) > 0.5
            found += int(good.sum())
            false += int((overlap.max(axis=0) < 0.1).sum())
            edges += list(np.abs(boxes[best[good]] - truth[good])[:, [1, 3]].mean(axis=1))
    return {
        "segments_found": 100 * found / max(1, total),
        "boxes_of_nothing": 100 * false / max(1, answers),
        "edge_error_px": float(np.mean(edges)) if edges else float("nan"),
    }


def _overlap(truth: NDArray[np.float32], boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    if not len(boxes):
        return np.zeros((len(truth), 0), np.float32)
    low = np.maximum(truth[:, None, :2], boxes[None, :, :2])
    high = np.minimum(truth[:, None, 2:], boxes[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(axis=2)
    areas = (truth[:, 2:] - truth[:, :2]).prod(axis=1)[:, None]
    others = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)[None]
    result: NDArray[np.float32] = both / (areas + others - both)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["sheets", "train", "tune", "export"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=3600)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--pool", type=Path, default=WORK / "pool")
    options = parser.parse_args()
    weights = WORK / "text_detector.pt"
    if options.action == "sheets":
        folder = WORK / FOLDERS[0]
        write_sheets(options.pool, seed=options.seed, count=options.count, folder=folder)
        return
    torch.manual_seed(options.seed)
    network = TextDetector()
    parts = [SheetFile(WORK / name) for name in FOLDERS if (WORK / name / "truth.npz").exists()]
    tune = options.action == "tune"
    if tune or options.action == "train":
        train(
            network,
            mixed(parts, size=16, seed=options.seed),
            loss_of,
            minutes=options.minutes,
            learning_rate=8e-4 if tune else 2e-3,
            checkpoint=weights,
            seed=options.seed,
            tune=tune,
            evaluate=lambda trained: str([measure(trained, part) for part in parts]),
        )
        return
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    network.eval()
    float_path = MODEL_FOLDER / "text_detector.tflite"
    int8_path = MODEL_FOLDER / "text_detector.int8.tflite"
    export_float(MapsLast(network).eval(), (1, HEIGHT, WIDTH, 1), float_path)
    export_dynamic_int8(float_path, int8_path)
    register_model(
        "text_detector",
        float_path,
        int8_path,
        input_shape=(1, HEIGHT, WIDTH, 1),
        outputs={"lines": (1, HEIGHT // CELL, WIDTH // CELL, 3)},
        thresholds={"core": CORE, "cell_px": CELL, "distance_unit_px": UNIT},
        run=training_run(WORK / "text_detector.pt", "text_detector"),
        card=Card(
            title="Text detector",
            purpose="Says where the printed segments of a rectified card are: labels, values and "
            "the lines of the machine-readable zone.",
            architecture="Plain convolutions to 1/16 summed back to 1/4: the core of each line of "
            "text and the distances to its upper and lower edge.",
            data=f"{len(parts[0].images)} rectified cards of the rendered pool with corner errors, "
            "low resolution, light, blur and noise; and rectified photographs by the simulated "
            "camera. "
            f"The last {HELD} of each are held out.",
            metrics={
                name: measure(network, part) for name, part in zip(FOLDERS, parts, strict=False)
            },
            limits=[
                "Expects text along the card: one still turned by over 3° loses lines.",
                "Trained on rendered credentials only.",
            ],
        ),
    )


if __name__ == "__main__":
    main()
