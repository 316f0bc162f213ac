"""The judge's network: two small towers over one sheet of views, and seven logits."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.nets import Residual, convolution
from training.presentation_attack.scenes import KINDS
from training.presentation_attack.views import CARD_HEIGHT, PIECE


class AttackJudge(nn.Module):
    """352×256 R, G, B in: the card above, twelve pieces of the frame below; N×7 logits out.

    The pieces pass through one tower as a single picture: what one lends its neighbour at their
    border is the same in training and on a station. Each then gives the mean of its own cells.
    """

    def __init__(self) -> None:
        super().__init__()
        self.card = nn.Sequential(
            convolution(3, 12, stride=2),
            convolution(12, 24, stride=2),
            convolution(24, 32, stride=2),
            Residual(32),
            convolution(32, 48, stride=2),
            Residual(48),
            convolution(48, 64, stride=2),
        )
        self.finest = _finest()
        self.pieces = nn.Sequential(
            convolution(6, 16, size=5, stride=2),
            convolution(16, 24, stride=2),
            Residual(24),
            convolution(24, 40, stride=2),
            Residual(40),
            convolution(40, 48, stride=2),
        )
        self.join = nn.Linear(2 * 64 + 4 * 48, 48)
        self.drop = nn.Dropout(0.3)
        self.answer = nn.Linear(48, len(KINDS))

    def forward(self, sheets: Tensor) -> Tensor:
        card = self.card(sheets[:, :, :CARD_HEIGHT])
        pieces = sheets[:, :, CARD_HEIGHT:]
        seen = self.pieces(torch.cat([pieces, self.finest(pieces)], dim=1))
        cells = functional.avg_pool2d(seen, PIECE // 16)
        areas = (card, cells[:, :, :2], cells[:, :, 2:])
        parts = [part for area in areas for part in _told(area)]
        if self.training:
            parts = _one_forgotten(parts)
        joined = functional.relu6(self.join(torch.cat(parts, dim=1)))
        logits: Tensor = self.answer(self.drop(joined))
        return logits


def _one_forgotten(parts: list[Tensor]) -> list[Tensor]:
    """Blank the card, or the pieces, of some sheets, so that either learns to judge alone."""
    drawn = torch.rand(parts[0].shape[0], 1)
    card, pieces = (drawn > 0.2).float(), (drawn < 0.8).float()
    return [part * (card if n < 2 else pieces) for n, part in enumerate(parts)]


def _finest() -> nn.Conv2d:
    """Return what differs from its surroundings, four times as strong: a texture is faint."""
    kernel = torch.full((5, 5), -1 / 25)
    kernel[2, 2] += 1
    finest = nn.Conv2d(3, 3, 5, padding=2, groups=3, bias=False)
    finest.weight = nn.Parameter(4 * kernel.expand(3, 1, 5, 5).clone(), requires_grad=False)
    return finest


def _told(cells: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean, and the strongest, of every feature: an attack may show in one place."""
    size = (cells.shape[2], cells.shape[3])
    return (
        functional.avg_pool2d(cells, size).flatten(1),
        functional.max_pool2d(cells, size).flatten(1),
    )


def suspicion(logits: Tensor) -> Tensor:
    """Return the log odds that it is no original, whatever it is."""
    return torch.logsumexp(logits[:, 1:], dim=1) - logits[:, 0]


def loss_of(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of the kind, and of whether it is an original at all."""
    images = batch["image"].permute(0, 3, 1, 2).float() / 127.5 - 1
    logits = network(images.to(memory_format=torch.channels_last)).float()
    kind = functional.cross_entropy(logits, batch["kind"], label_smoothing=0.03)
    is_attack = (batch["kind"] != 0).float()
    told = functional.binary_cross_entropy_with_logits(suspicion(logits), is_attack)
    return kind + told
