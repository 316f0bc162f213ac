"""Train, evaluate and export the card classifier.

python -m training.card_classifier train --seed 1 --minutes 9
python -m training.card_classifier resume  # from the committed file, where a run's weights are lost
python -m training.card_classifier tune --seed 3 --minutes 12
python -m training.card_classifier export
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn

from training.backgrounds import background
from training.card_classifier.network import MODELS, SIDES, TURNS, CardClassifier, loss_of
from training.effects import photographed
from training.export import export_float, export_int8
from training.loop import resume, train, training_run
from training.model_card import MODEL_FOLDER, Card, listed_run, register_model
from training.negatives import TRAINED_KINDS, render_negative
from training.warm_start import load_weights, normalise

WORK = Path("training/work")
HEIGHT, WIDTH = 128, 192
_KEEP = (288, 192)  # width, height at which the pool is kept in memory
HELD_CARDS = 200

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Shelf:
    """Small cards with their side and model, and pictures that are no credential."""

    cards: list[tuple[Image, int, int]]
    others: list[Image]


def gather(pool: Path, rng: Generator, *, others: int = 520, cards: int | None = None) -> Shelf:
    """Read the cards of `pool`, or the last so many, and draw what is no credential."""
    shelf = []
    for path in sorted(pool.glob("*.json"))[-cards if cards else None :]:
        truth = json.loads(path.read_text())
        image = cv2.imread(str(path.with_suffix(".jpg")), cv2.IMREAD_REDUCED_COLOR_2)
        assert image is not None
        small = _reduced(np.asarray(image[..., ::-1], np.uint8))
        shelf.append((small, SIDES.index(truth["side"]), MODELS.index(truth["model"])))
    pictures = [background(rng, _KEEP[1], _KEEP[0]) for _ in range(others // 5)]
    for number in range(others):
        image, _mask = render_negative(rng, kind=TRAINED_KINDS[number % len(TRAINED_KINDS)])
        pictures.append(_reduced(image))
    return Shelf(shelf, pictures)


def _reduced(image: Image) -> Image:
    return np.asarray(cv2.resize(image, _KEEP, interpolation=cv2.INTER_AREA), np.uint8)


def sample(shelf: Shelf, cards: range, rng: Generator) -> tuple[Image, int, int, int]:
    """One rectified picture and its side, turn and model, with the errors rectifying makes."""
    turn = int(rng.integers(2))
    if rng.random() < 0.3:
        image, side, model = shelf.others[int(rng.integers(len(shelf.others)))], 2, 0
    else:
        image, side, model = shelf.cards[cards[int(rng.integers(len(cards)))]]
        if rng.random() < 0.05:  # a quadrilateral put on the wrong place shows no whole card
            return _misplaced(image, rng), 2, 0, 0
    if turn:
        image = image[::-1, ::-1]
    width, height = _KEEP
    quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    jitter = rng.normal(0, rng.choice([0.006, 0.018]), size=(4, 2)) * width
    target = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    homography = cv2.getPerspectiveTransform(quad + jitter.astype(np.float32), target)
    border = tuple(int(v) for v in rng.integers(0, 256, size=3))
    warped = cv2.warpPerspective(
        np.ascontiguousarray(image), homography, (WIDTH, HEIGHT), borderValue=border
    )
    return photographed(np.asarray(warped, np.uint8), rng, most_blur=1.3), side, turn, model


def _misplaced(image: Image, rng: Generator) -> Image:
    width, height = _KEEP
    x, y = rng.uniform(0.35, 0.6) * width, rng.uniform(-0.1, 0.1) * height
    moved = cv2.warpAffine(
        image,
        np.array([[1, 0, x * rng.choice([-1, 1])], [0, 1, y]], np.float32),
        (width, height),
        borderMode=cv2.BORDER_REFLECT if rng.random() < 0.3 else cv2.BORDER_CONSTANT,
    )
    return photographed(
        np.asarray(cv2.resize(moved, (WIDTH, HEIGHT)), np.uint8), rng, most_blur=1.3
    )


def batches(shelf: Shelf, cards: range, *, size: int, seed: int) -> Iterator[dict[str, Tensor]]:
    rng = np.random.default_rng([seed, 17])
    while True:
        drawn = [sample(shelf, cards, rng) for _ in range(size)]
        images, sides, turns, models = zip(*drawn, strict=True)
        yield {
            "image": torch.from_numpy(np.stack(images)),
            "side": torch.tensor(sides),
            "turn": torch.tensor(turns),
            "model": torch.tensor(models),
        }


def measure(network: nn.Module, held: dict[str, Tensor]) -> dict[str, float]:
    """Per cent right: the side of all, the turn and the model of the credentials."""
    with torch.no_grad():
        images = held["image"].permute(0, 3, 1, 2).float() / 127.5 - 1
        logits = network(images.to(memory_format=torch.channels_last)).float()
    credential = held["side"] != 2
    side = logits[:, :3].argmax(1) == held["side"]
    turn = (logits[:, 3:5].argmax(1) == held["turn"])[credential]
    model = (logits[:, 5:].argmax(1) == held["model"])[credential]
    return {
        "side_right": 100 * float(side.float().mean()),
        "turn_right": 100 * float(turn.float().mean()),
        "model_right": 100 * float(model.float().mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["train", "resume", "tune", "export"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--pool", type=Path, default=WORK / "pool")
    parser.add_argument("--cards", type=int, help="only the last so many of the pool")
    options = parser.parse_args()
    weights = WORK / "card_classifier.pt"
    torch.manual_seed(options.seed)
    drawn = np.random.default_rng([options.seed, 19])
    few = options.action == "resume"  # which only measures how the layers answer
    shelf = gather(
        options.pool, drawn, cards=400 if few else options.cards, others=60 if few else 520
    )
    split = len(shelf.cards) - HELD_CARDS
    held = next(batches(shelf, range(split, len(shelf.cards)), size=800, seed=options.seed + 1000))
    network = CardClassifier()
    if options.action == "resume":
        load_weights(network, MODEL_FOLDER / "card_classifier.tflite", (1, 3, HEIGHT, WIDTH))
        samples = batches(shelf, range(split), size=48, seed=0)
        images = (next(samples)["image"].permute(0, 3, 1, 2) / 127.5 - 1 for _ in range(8))
        normalise(network, images)
        resume(network, weights, listed_run("card_classifier"))
        return
    tune = options.action == "tune"
    if tune or options.action == "train":
        train(
            network,
            batches(shelf, range(split), size=48, seed=options.seed),
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
    float_path = MODEL_FOLDER / "card_classifier.tflite"
    int8_path = MODEL_FOLDER / "card_classifier.int8.tflite"
    export_float(network, (1, HEIGHT, WIDTH, 3), float_path)
    calibration = next(batches(shelf, range(split), size=300, seed=options.seed + 2000))
    inputs = calibration["image"].numpy().astype(np.float32) / 127.5 - 1
    export_int8(float_path, (image[None] for image in inputs), int8_path)
    register_model(
        "card_classifier",
        float_path,
        int8_path,
        input_shape=(1, HEIGHT, WIDTH, 3),
        outputs={"answers": (1, 12)},
        classes={"side": list(SIDES), "turn": list(TURNS), "model": list(MODELS)},
        run=training_run(WORK / "card_classifier.pt", "card_classifier"),
        card=Card(
            title="Card classifier",
            purpose="Says which side of which model of the credencial a rectified picture shows, "
            "whether it is upright, or that it is no credential.",
            architecture="Plain convolutions to 1/32; the 4×6 cells that remain are gathered with "
            "their places; one linear answer of 12 logits.",
            data=f"{len(shelf.cards)} rendered cards of all models and sides with corner errors, "
            "light, blur and noise; other cards, backgrounds and misplaced corners as 'none'; the "
            "last 200 cards are held out.",
            metrics={"held_out": measure(network, held)},
            limits=[
                "The backs of D, E and F, and of G and H, hardly differ: their model is a guess.",
                "Trained on rendered credentials only.",
            ],
        ),
    )


if __name__ == "__main__":
    main()
