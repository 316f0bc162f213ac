"""The detector's network: four corner heatmaps at a quarter of the input, and a presence answer."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.nets import Residual, convolution


class CardDetector(nn.Module):
    """256×256 R, G, B in; corner logits N×4×64×64 and presence logits N×2 out.

    Top-down sums bring the whole card's context to every cell: which corner is the card's own top
    left can only be told from where photo, header and reading zone lie.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(convolution(3, 16, stride=2), convolution(16, 32, stride=2))
        self.level4 = Residual(32)
        self.level8 = nn.Sequential(convolution(32, 48, stride=2), Residual(48))
        self.level16 = nn.Sequential(convolution(48, 72, stride=2), Residual(72))
        self.level32 = nn.Sequential(
            convolution(72, 96, stride=2), Residual(96), Residual(96, dilation=2), Residual(96)
        )
        self.down32 = nn.Conv2d(96, 72, 1)
        self.merge16 = convolution(72, 48)
        self.down16 = nn.Conv2d(48, 48, 1)
        self.merge8 = convolution(48, 32)
        self.merge4 = convolution(32, 32)
        self.corners = nn.Conv2d(32, 4, 3, padding=1)
        self.presence = nn.Linear(96, 2)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        at4 = self.level4(self.stem(images))
        at8 = self.level8(at4)
        at16 = self.level16(at8)
        at32 = self.level32(at16)
        up16 = self.merge16(at16 + _twice(self.down32(at32)))
        up8 = self.merge8(at8 + _twice(self.down16(up16)))
        up4 = self.merge4(at4 + _twice(up8))
        return self.corners(up4), self.presence(at32.mean(dim=(2, 3)))


def loss_of(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of each visible corner's place plus that of presence.

    The target of a corner is a narrow normal distribution around it, so that the centre of mass of
    the answer is exact below a cell.
    """
    images = batch["image"].permute(0, 3, 1, 2).float() / 127.5 - 1
    maps, presence = network(images.to(memory_format=torch.channels_last))
    logits = maps.float().flatten(2)
    target = gaussian_targets(batch["corners"])
    place = -(target * functional.log_softmax(logits, dim=2)).sum(dim=2)
    seen = batch["visible"] * batch["present"][:, None].float()
    corners = (place * seen).sum() / seen.sum().clamp(min=1)
    return corners + functional.cross_entropy(presence.float(), batch["present"])


def gaussian_targets(corners: Tensor, *, cells: int = 64, sigma: float = 0.9) -> Tensor:
    """N×4×(cells²) distributions around N×4×2 corners given in input pixels (4 to a cell)."""
    at = torch.arange(cells, device=corners.device, dtype=torch.float32) + 0.5
    x = torch.exp(-((at - corners[..., 0:1] / 4) ** 2) / (2 * sigma**2))
    y = torch.exp(-((at - corners[..., 1:2] / 4) ** 2) / (2 * sigma**2))
    grid = (y[..., :, None] * x[..., None, :]).flatten(2)
    return grid / grid.sum(dim=2, keepdim=True).clamp(min=1e-6)


def _twice(features: Tensor) -> Tensor:
    return functional.interpolate(features, scale_factor=2, mode="nearest")
