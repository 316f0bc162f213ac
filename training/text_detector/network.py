"""The text detector's network: is this cell, a quarter of the input, the core of a line?"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.nets import Residual, convolution


class TextDetector(nn.Module):
    """1×400×640 grey in; N×3×100×160 out: core logit, distances up and down to the line's edges."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(convolution(1, 12, stride=2), convolution(12, 24, stride=2))
        self.level4 = Residual(24)
        self.level8 = nn.Sequential(convolution(24, 40, stride=2), Residual(40))
        self.level16 = nn.Sequential(
            convolution(40, 64, stride=2), Residual(64), Residual(64, dilation=2)
        )
        self.down16 = nn.Conv2d(64, 40, 1)
        self.merge8 = convolution(40, 32)
        self.down8 = nn.Conv2d(32, 24, 1)
        self.merge4 = convolution(24, 24)
        self.answer = nn.Conv2d(24, 3, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        at4 = self.level4(self.stem(images))
        at8 = self.level8(at4)
        at16 = self.level16(at8)
        up8 = self.merge8(at8 + functional.interpolate(self.down16(at16), scale_factor=2.0))
        up4 = self.merge4(at4 + functional.interpolate(self.down8(up8), scale_factor=2.0))
        answer: Tensor = self.answer(up4)
        return answer


def loss_of(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Weighted cross-entropy and overlap of the cores, and the distances inside them."""
    images = batch["image"].permute(0, 3, 1, 2).float() / 127.5 - 1
    answer = network(images.to(memory_format=torch.channels_last)).float()
    target, weight = batch["target"], batch["weight"]
    core = target[:, 0]
    logits = answer[:, 0]
    entropy = functional.binary_cross_entropy_with_logits(logits, core, weight=weight)
    likely = torch.sigmoid(logits) * (weight > 0)
    overlap = 2 * (likely * core).sum() / (likely.sum() + core.sum() + 1)
    inside = core[:, None]
    distance = ((answer[:, 1:] - target[:, 1:]).abs() * inside).sum() / inside.sum().clamp(min=1)
    return entropy + (1 - overlap) + distance
