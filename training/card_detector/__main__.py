"""Train, evaluate and export the card detector.

python -m training.card_detector scenes --seed 1 --count 10000
python -m training.card_detector views --seed 3 --count 700
python -m training.card_detector train --seed 1 --minutes 25
python -m training.card_detector tune --seed 2 --minutes 16  # from the first run's weights
python -m training.card_detector resume  # from the committed file, where a run's weights are lost
python -m training.card_detector export
"""

import argparse
import multiprocessing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from training.card_detector.network import CardDetector, loss_of
from training.card_detector.scenes import SIDE, Scene, Stock, compose, gather
from training.card_detector.views import VIEWS, views
from training.export import export_dynamic_int8, export_float
from training.loop import mixed, resume, train, training_run
from training.model_card import MODEL_FOLDER, Card, listed_run, register_model
from training.nets import MapsLast
from training.warm_start import load_weights, normalise

WORK = Path("training/work")
# Composed here; by `training.photographs`; views of photographs, turned by any angle.
FOLDERS = ("scenes", "scenes-photographed", "scenes-views")
HELD = 400  # scenes never trained on, the last ones of each folder

_stock: Stock


def _start(pool: Path, seed: int) -> None:
    global _stock  # one per worker process, built once
    _stock = gather(pool, np.random.default_rng([seed, 7]))


def _compose(task: tuple[int, int]) -> Scene:
    return compose(_stock, np.random.default_rng([*task, 11]))


def write_scenes(pool: Path, *, seed: int, count: int, folder: Path, processes: int) -> None:
    """Compose `count` scenes into arrays on disk, so that training only reads."""
    with multiprocessing.Pool(processes, _start, (pool, seed)) as workers:
        tasks = ((seed, index) for index in range(count))
        keep(workers.imap(_compose, tasks, chunksize=16), folder, count)


def keep(scenes: Iterable[Scene], folder: Path, count: int) -> None:
    """Write `count` scenes as arrays."""
    folder.mkdir(parents=True, exist_ok=True)
    images = np.lib.format.open_memmap(
        folder / "images.npy", "w+", np.uint8, (count, SIDE, SIDE, 3)
    )
    corners = np.zeros((count, 4, 2), np.float32)
    visible = np.zeros((count, 4), bool)
    present = np.zeros(count, np.int64)
    for index, scene in enumerate(scenes):
        images[index] = scene.image
        corners[index], visible[index] = scene.corners, scene.visible
        present[index] = scene.has_card
        if index % 500 == 0:
            print(f"{index}/{count} scenes", flush=True)
    images.flush()
    np.savez(folder / "truth.npz", corners=corners, visible=visible, present=present)


class SceneFile:
    """One folder of scenes; batches are turned by quarters and recoloured as they are drawn."""

    def __init__(self, folder: Path) -> None:
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        truth = np.load(folder / "truth.npz")
        self.corners, self.visible = truth["corners"], truth["visible"]
        self.present = truth["present"]

    def draw(self, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        chosen = np.sort(rng.integers(0, len(self.images) - HELD, size=size))
        images = np.array(self.images[chosen])
        corners = self.corners[chosen].copy()
        for index in range(size):
            images[index], corners[index] = _turn(images[index], corners[index], rng)
        return self._as_batch(images, corners, chosen)

    def held(self) -> dict[str, Tensor]:
        chosen = np.arange(len(self.images) - HELD, len(self.images))
        return self._as_batch(np.array(self.images[chosen]), self.corners[chosen], chosen)

    def _as_batch(
        self, images: NDArray[np.uint8], corners: NDArray[np.float32], chosen: NDArray[np.int64]
    ) -> dict[str, Tensor]:
        return {
            "image": torch.from_numpy(images),
            "corners": torch.from_numpy(corners),
            "visible": torch.from_numpy(self.visible[chosen]).float(),
            "present": torch.from_numpy(self.present[chosen]),
        }


def _turn(
    image: NDArray[np.uint8], corners: NDArray[np.float32], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    quarters = int(rng.choice([0, 1, 2, 3], p=[0.55, 0.15, 0.15, 0.15]))
    for _ in range(quarters):  # one turn to the left: (x, y) goes to (y, side - x)
        image = np.rot90(image)
        corners = np.stack([corners[:, 1], SIDE - 1 - corners[:, 0]], axis=1)
    shifted = image.astype(np.float32) * rng.uniform(0.8, 1.2) + rng.uniform(-20, 20)
    return np.clip(shifted, 0, 255).astype(np.uint8), corners


def decode(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """The four corners, in input pixels, of one answer of 4×64×64 logits, each channel alone."""
    corners = np.zeros((4, 2), np.float32)
    for channel, logits in enumerate(maps):
        row, column = np.unravel_index(int(logits.argmax()), logits.shape)
        rows = slice(max(0, row - 2), row + 3)
        columns = slice(max(0, column - 2), column + 3)
        weights = np.exp(logits[rows, columns] - logits[row, column])
        ys, xs = np.mgrid[rows, columns][:, : weights.shape[0], : weights.shape[1]]
        total = weights.sum()
        corners[channel] = (
            ((xs + 0.5) * weights).sum() / total * 4,
            ((ys + 0.5) * weights).sum() / total * 4,
        )
    return corners


def measure(network: nn.Module, held: dict[str, Tensor]) -> dict[str, float]:
    """Corner error in per cent of the card's diagonal, its order, and presence.

    The error counts the worst corner of each card in whatever order comes closest; the order is
    right when that is the card's own.
    """
    errors: list[float] = []
    own_order = right = 0
    count = len(held["image"])
    with torch.no_grad():
        for start in range(0, count, 50):
            part = slice(start, start + 50)
            images = held["image"][part].permute(0, 3, 1, 2).float() / 127.5 - 1
            maps, presence = network(images.to(memory_format=torch.channels_last))
            right += int((presence.argmax(1) == held["present"][part]).sum())
            for index, answer in enumerate(maps.float().numpy()):
                at = start + index
                if not (held["present"][at] and held["visible"][at].all()):
                    continue
                truth = held["corners"][at].numpy()
                diagonal = np.linalg.norm(truth[2] - truth[0])
                found = decode(answer)
                distances = [
                    float(np.linalg.norm(np.roll(found, turn, axis=0) - truth, axis=1).max())
                    for turn in range(4)
                ]
                own_order += int(np.argmin(distances)) == 0
                errors.append(100 * min(distances) / float(diagonal))
    return {
        "corner_error_median": float(np.median(errors)),
        "corner_error_p95": float(np.percentile(errors, 95)),
        "corner_error_over_5": 100 * float(np.mean(np.array(errors) > 5)),
        "own_order": 100 * own_order / max(1, len(errors)),
        "presence_right": 100 * right / count,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["scenes", "views", "resume", "train", "tune", "export"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--pool", type=Path, default=WORK / "pool")
    options = parser.parse_args()
    weights = WORK / "card_detector.pt"
    if options.action == "scenes":
        folder = WORK / FOLDERS[0]
        write_scenes(
            options.pool,
            seed=options.seed,
            count=options.count,
            folder=folder,
            processes=options.processes,
        )
        return
    if options.action == "views":
        made = views(options.pool, seed=options.seed, count=options.count)
        keep(made, WORK / FOLDERS[2], options.count * VIEWS)
        return
    torch.manual_seed(options.seed)
    network = CardDetector()
    folders = [name for name in FOLDERS if (WORK / name / "truth.npz").exists()]
    parts = [SceneFile(WORK / name) for name in folders]
    held = {name: torch.cat([p.held()[name] for p in parts]) for name in parts[0].held()}
    if options.action == "resume":
        _resume(network, parts, weights)
        return
    tune = options.action == "tune"
    if tune or options.action == "train":
        train(
            network,
            mixed(parts, size=24, seed=options.seed),
            loss_of,
            minutes=options.minutes,
            learning_rate=8e-4 if tune else 2e-3,
            checkpoint=weights,
            seed=options.seed,
            tune=tune,
            evaluate=lambda trained: str(measure(trained, held)),
        )
        return
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    network.eval()
    _export(network, dict(zip(folders, parts, strict=True)))


def _resume(network: CardDetector, parts: Sequence[SceneFile], weights: Path) -> None:
    load_weights(network, MODEL_FOLDER / "card_detector.tflite", (1, 3, SIDE, SIDE))
    drawn = mixed(parts, size=24, seed=0)
    images = (next(drawn)["image"].permute(0, 3, 1, 2).float() / 127.5 - 1 for _ in range(8))
    normalise(network, images)
    resume(network, weights, listed_run("card_detector"))


def _export(network: CardDetector, parts: Mapping[str, SceneFile]) -> None:
    float_path = MODEL_FOLDER / "card_detector.tflite"
    int8_path = MODEL_FOLDER / "card_detector.int8.tflite"
    export_float(MapsLast(network).eval(), (1, SIDE, SIDE, 3), float_path)
    export_dynamic_int8(float_path, int8_path)
    metrics = {name: measure(network, part.held()) for name, part in parts.items()}
    register_model(
        "card_detector",
        float_path,
        int8_path,
        input_shape=(1, SIDE, SIDE, 3),
        outputs={"corners": (1, 64, 64, 4), "presence": (1, 2)},
        thresholds={"presence": 0.2},
        classes={
            "corners": ["top_left", "top_right", "bottom_right", "bottom_left"],
            "presence": ["none", "card"],
        },
        run=training_run(WORK / "card_detector.pt", "card_detector"),
        card=Card(
            title="Card detector",
            purpose="Says whether a frame shows a credencial para votar and where its four corners "
            "are, in the card's own order, so that the station can guide the person and rectify "
            "the card.",
            architecture="A plain convolutional encoder to 1/32, summed back to 1/4: four corner "
            "maps of 64×64 cells and two presence logits.",
            data=f"{sum(len(part.images) for part in parts.values())} pictures: scenes composed "
            "from the rendered pool, with credentials of all models on procedural backgrounds, a "
            "second credential, other cards beside or instead of them, fingers, light, blur and "
            "noise; and views of photographs by the simulated camera, whole and close, turned by "
            "any angle, some with a second credential, some with another thing. The last "
            f"{HELD} of each are held out.",
            metrics=metrics,
            limits=[
                "Trained on rendered credentials only; real prints and real tables will differ.",
                "The held-out composed scenes show cards that other scenes were trained on.",
                "Of two credentials of one size either may be found.",
                "Its corners are good to a hundredth of the card: `edges.py` betters them.",
            ],
        ),
    )


if __name__ == "__main__":
    main()
