"""The sharpener's network: normalised grey in, twice as fine a map of ink out."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.nets import Residual, convolution

FINER = 2  # pixels of the map for one of the picture, each way
_CELLS = (2 * FINER) ** 2  # the network works at half the picture's resolution


class CodeSharpener(nn.Module):
    """N×1×H×W in −1…1 in; N×16×H/2×W/2 logits of ink out, a 4×4 block of the map in each cell.

    A cell sees 26 pixels around it: a blur of 2 pixels and the modules that it mixes.
    """

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.body = nn.Sequential(
            convolution(1, channels, size=5, stride=2),
            Residual(channels),
            Residual(channels),
            convolution(channels, channels),
        )
        self.ink = nn.Conv2d(channels, _CELLS, 3, padding=1)

    def forward(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.ink(self.body(pictures))
        return logits


def loss_of(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of every pixel of the map; an edge inside a pixel is ink in part."""
    images = batch["image"][:, None].float() / 127.5 - 1
    logits = network(images.to(memory_format=torch.channels_last)).float()
    ink = functional.pixel_unshuffle(batch["ink"][:, None].float() / 255, 2 * FINER)
    return functional.binary_cross_entropy_with_logits(logits, ink)
