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
        self.pieces = nn.Sequential(
            convolution(3, 16, size=5, stride=2),
            convolution(16, 24, stride=2),
            Residual(24),
            convolution(24, 40, stride=2),
            Residual(40),
            convolution(40, 48, stride=2),
        )
        self.join = nn.Linear(2 * 64 + 4 * 48, 48)
        self.drop = nn.Dropout(0.2)
        self.answer = nn.Linear(48, len(KINDS))

    def forward(self, sheets: Tensor) -> Tensor:
        card = self.card(sheets[:, :, :CARD_HEIGHT])
        cells = functional.avg_pool2d(self.pieces(sheets[:, :, CARD_HEIGHT:]), PIECE // 16)
        parts = [part for seen in (card, cells[:, :, :2], cells[:, :, 2:]) for part in _told(seen)]
        joined = functional.relu6(self.join(torch.cat(parts, dim=1)))
        logits: Tensor = self.answer(self.drop(joined))
        return logits


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
