"""Train, evaluate and export the code sharpener.

python -m training.code_sharpener train --seed 1 --minutes 30
python -m training.code_sharpener export
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from training.code_sharpener.network import FINER, CodeSharpener, loss_of
from training.code_sharpener.samples import SIDE, draw, gather
from training.export import export_float, export_int8
from training.loop import train, training_run
from training.model_card import MODEL_FOLDER, Card, register_model
from training.nets import MapsLast

WORK = Path("training/work")
TILE = (96, 288)  # height, width of the exported input
PATCHES, HELD = 9000, 400

Image = NDArray[np.uint8]


def patches(seed: int, count: int, *, symbols: int) -> tuple[Image, Image]:
    """Render patches and their maps of ink, once."""
    rng = np.random.default_rng([seed, 23])
    shelf = gather(rng, each=symbols)
    drawn = [draw(shelf, rng) for _ in range(count)]
    return np.stack([image for image, _ in drawn]), np.stack([ink for _, ink in drawn])


def batches(images: Image, inks: Image, *, size: int, seed: int) -> Iterator[dict[str, Tensor]]:
    """Draw batches; a patch is met mirrored and lying too."""
    rng = np.random.default_rng([seed, 29])
    while True:
        chosen = rng.integers(0, len(images), size)
        image, ink = images[chosen], inks[chosen]
        if rng.random() < 0.5:
            image, ink = image[:, ::-1], ink[:, ::-1]
        if rng.random() < 0.5:
            image, ink = image[:, :, ::-1], ink[:, :, ::-1]
        if rng.random() < 0.25:
            image, ink = image.transpose(0, 2, 1), ink.transpose(0, 2, 1)
        yield {
            "image": torch.from_numpy(np.ascontiguousarray(image)),
            "ink": torch.from_numpy(np.ascontiguousarray(ink)),
        }


def measure(network: nn.Module, held: dict[str, Tensor]) -> dict[str, float]:
    """Loss, and per cent of the map's pixels on the right side of one half."""
    with torch.no_grad():
        images = held["image"][:, None].float() / 127.5 - 1
        logits = network(images.to(memory_format=torch.channels_last)).float()
        ink = functional.pixel_unshuffle(held["ink"][:, None].float() / 255, 2 * FINER)
        loss = functional.binary_cross_entropy_with_logits(logits, ink)
    right = (logits > 0) == (ink > 0.5)
    return {"loss": float(loss), "right": 100 * float(right.float().mean())}


def calibration(rng: Generator, images: Image, *, count: int) -> Iterator[NDArray[np.float32]]:
    """Give inputs of the tile's shape, laid out of patches."""
    height, width = TILE
    for _ in range(count):
        rows = [
            np.hstack([images[i] for i in rng.integers(0, len(images), -(-width // SIDE))])
            for _ in range(-(-height // SIDE))
        ]
        tile = np.vstack(rows)[:height, :width].astype(np.float32)
        yield (tile / 127.5 - 1)[None, :, :, None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["train", "tune", "export"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30)
    options = parser.parse_args()
    weights = WORK / "code_sharpener.pt"
    WORK.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    network = CodeSharpener()
    images, inks = patches(options.seed + 1000, HELD, symbols=40)
    held = {"image": torch.from_numpy(images), "ink": torch.from_numpy(inks)}
    tune = options.action == "tune"
    if tune or options.action == "train":
        drawn, printed = patches(options.seed, PATCHES, symbols=150)
        train(
            network,
            batches(drawn, printed, size=24, seed=options.seed),
            loss_of,
            minutes=options.minutes,
            learning_rate=8e-4 if tune else 3e-3,
            checkpoint=weights,
            seed=options.seed,
            tune=tune,
            evaluate=lambda trained: str(measure(trained, held)),
        )
        return
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    network.eval()
    float_path = MODEL_FOLDER / "code_sharpener.tflite"
    int8_path = MODEL_FOLDER / "code_sharpener.int8.tflite"
    height, width = TILE
    export_float(MapsLast(network), (1, height, width, 1), float_path)
    rng = np.random.default_rng([options.seed, 31])
    export_int8(float_path, calibration(rng, images, count=200), int8_path)
    register_model(
        "code_sharpener",
        float_path,
        int8_path,
        input_shape=(1, height, width, 1),
        outputs={"ink": (1, height // 2, width // 2, (2 * FINER) ** 2)},
        run=training_run(weights, "code_sharpener"),
        card=Card(
            title="Code sharpener",
            purpose="Draws a blurred QR, PDF417 or Code 128 crisp, twice as fine as the camera saw "
            "it, so that zxing-cpp can decode it. It makes no content: the codes' own error "
            "correction and check characters decide whether what it drew is a code.",
            architecture="A 5×5 convolution to half the resolution, two residual blocks and one "
            "convolution of 32 channels, 16 logits a cell: a block of 4×4 pixels of ink.",
            data=f"{PATCHES} patches of invented codes, {SIDE}×{SIDE} pixels, modules of 1.15 to "
            "4.6 pixels, blurred by lens and motion, lit, with noise and JPEG, photographed at any "
            f"angle and made upright again; mirrored and turned. {HELD} others are held out.",
            metrics={"held_out": measure(network, held)},
            limits=[
                "Trained on rendered codes only: real print and lamination are not in it.",
                "Below 1.2 pixels a module nothing is left to sharpen.",
            ],
        ),
    )


if __name__ == "__main__":
    main()
