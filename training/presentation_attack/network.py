"""The judge's network: four small towers over one sheet of views, and seven logits."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.nets import convolution
from training.presentation_attack.scenes import KINDS
from training.presentation_attack.spectra import PIECE
from training.presentation_attack.views import (
    CARD_HEIGHT,
    CORNER_HEIGHT,
    CORNER_WIDTH,
    CORNERS_AT,
    CUT_HEIGHT,
)

_TILE = PIECE // 2
# A paste-up covers little of a card, so that few cells of many speak of it.
_COVERED_WEIGHT = 4.0
_ALONE_WEIGHT = 0.25


class Judgement(NamedTuple):
    """What is said of a sheet: N×7 logits, where a part is pasted over, each tower's own logits."""

    kinds: Tensor
    covers: Tensor
    alone: tuple[Tensor, ...]


class AttackJudge(nn.Module):
    """592×384 R, G, B in: the card, eight pieces of the frame, spectra, corners; N×7 logits out.

    The tower of the card also says of each cell of eight pixels whether something is pasted over
    it, and is taught that: a seam is small, and the answer of a whole card says nothing of where.
    Each tower is taught to judge alone as well, and a station asks for none of these answers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.card = nn.Sequential(
            convolution(3, 24, size=5, stride=4),
            convolution(24, 32, stride=2),
            convolution(32, 40),
        )
        self.covered = nn.Conv2d(40, 1, 1)
        self.whole = nn.Sequential(convolution(40, 56, stride=2), convolution(56, 56))
        self.pieces = nn.Sequential(
            convolution(3, 16, size=5, stride=4),
            convolution(16, 32, stride=2),
            convolution(32, 48, stride=2),
        )
        self.spectra = nn.Sequential(
            convolution(12, 24, stride=2),
            convolution(24, 32, stride=2),
            convolution(32, 48, stride=2),
        )
        cells = (CORNER_HEIGHT // 8, CORNER_WIDTH // 8)
        self.corners = nn.Sequential(
            convolution(3, 12, stride=2),
            convolution(12, 24, stride=2),
            convolution(24, 32, stride=2),
            # What is where in a corner matters: one window over each of the four.
            nn.Conv2d(32, 32, cells, stride=cells),
            nn.ReLU6(),
        )
        widths = (2 + 2 * 56, 2 * 48, 4 * 48, 2 * 32)
        self.alone = nn.ModuleList(nn.Linear(width, len(KINDS)) for width in widths)
        self.join = nn.Linear(sum(widths), 64)
        self.drop = nn.Dropout(0.25)
        self.answer = nn.Linear(64, len(KINDS))

    def forward(self, sheets: Tensor) -> Tensor:
        told, _ = self._towers(sheets)
        return self._joined(told)

    def judge(self, sheets: Tensor) -> Judgement:
        """Return the answer with its reasons."""
        told, covers = self._towers(sheets)
        alone = tuple(head(part) for head, part in zip(self.alone, told, strict=True))
        return Judgement(self._joined(told), covers, alone)

    def _joined(self, told: list[Tensor]) -> Tensor:
        logits: Tensor = self.answer(self.drop(functional.relu6(self.join(torch.cat(told, dim=1)))))
        return logits

    def _towers(self, sheets: Tensor) -> tuple[list[Tensor], Tensor]:
        seen = self.card(sheets[:, :, :CARD_HEIGHT])
        covers = self.covered(seen)
        upper, lower = _halves(sheets[:, :, CUT_HEIGHT:CORNERS_AT])
        told = [
            torch.cat([*_told(functional.avg_pool2d(covers, 3)), *_told(self.whole(seen))], dim=1),
            torch.cat(_told(self.pieces(sheets[:, :, CARD_HEIGHT:CUT_HEIGHT])), dim=1),
            torch.cat([*_told(self.spectra(upper)), *_told(self.spectra(lower))], dim=1),
            torch.cat(_told(self.corners(sheets[:, :, CORNERS_AT:])), dim=1),
        ]
        return told, covers


def _halves(drawn: Tensor) -> tuple[Tensor, Tensor]:
    """Return the spectra of either row of pieces, with their four pictures as channels."""
    tiles = [drawn[:, :, :, at : at + _TILE] for at in range(0, 8 * _TILE, _TILE)]
    return torch.cat(tiles[:4], dim=1), torch.cat(tiles[4:], dim=1)


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
    """Cross-entropy of the kind, of whether it is an original at all, and of what is covered."""
    images = batch["image"].permute(0, 3, 1, 2).float() / 127.5 - 1
    told = network.judge(images.to(memory_format=torch.channels_last))
    logits, covers = told.kinds.float(), told.covers.float()[:, 0]
    kind = functional.cross_entropy(logits, batch["kind"], label_smoothing=0.02)
    is_attack = (batch["kind"] != 0).float()
    odds = functional.binary_cross_entropy_with_logits(suspicion(logits), is_attack)
    # Whether a copy is covered is no question: only cards of plastic are asked.
    asked = ((batch["kind"] == 0) | (batch["kind"] == KINDS.index("pasted"))).float()
    cells = functional.binary_cross_entropy_with_logits(
        covers,
        batch["cover"].float() / 255,
        reduction="none",
        pos_weight=torch.tensor(_COVERED_WEIGHT),
    )
    seams = (cells.mean(dim=(1, 2)) * asked).sum() / asked.sum().clamp(min=1)
    own = torch.stack([functional.cross_entropy(one.float(), batch["kind"]) for one in told.alone])
    return kind + odds + seams + _ALONE_WEIGHT * own.sum()
