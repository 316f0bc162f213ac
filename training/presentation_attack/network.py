"""The judge's network: three small towers over one sheet of views, and seven logits."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.nets import Residual, convolution
from training.presentation_attack.scenes import KINDS
from training.presentation_attack.spectra import PIECE
from training.presentation_attack.views import CARD_HEIGHT, CUT_HEIGHT

_TILE = PIECE // 2
# A paste-up covers little of a card, so that few cells of many speak of it.
_COVERED_WEIGHT = 4.0


class Judgement(NamedTuple):
    """What is said of a sheet: N×7 logits, and where a part is pasted over."""

    kinds: Tensor
    covers: Tensor


class AttackJudge(nn.Module):
    """528×384 R, G, B in: the card, eight pieces of the frame, their spectra; N×7 logits out.

    The tower of the card also says of each cell of eight pixels whether something is pasted over
    it, and is taught that: a seam is small, and the answer of a whole card says nothing of where.
    """

    def __init__(self) -> None:
        super().__init__()
        self.card = nn.Sequential(
            convolution(3, 12, stride=2),
            convolution(12, 24, stride=2),
            convolution(24, 40, stride=2),
            convolution(40, 40),
        )
        self.covered = nn.Conv2d(40, 1, 1)
        self.whole = nn.Sequential(convolution(40, 56, stride=2), Residual(56))
        self.pieces = nn.Sequential(
            convolution(3, 12, stride=2),
            convolution(12, 24, stride=2),
            convolution(24, 32, stride=2),
            convolution(32, 48, stride=2),
        )
        self.spectra = nn.Sequential(
            convolution(12, 24, stride=2),
            convolution(24, 32, stride=2),
            convolution(32, 48, stride=2),
        )
        self.join = nn.Linear(2 + 2 * 56 + 2 * 48 + 4 * 48, 64)
        self.drop = nn.Dropout(0.4)
        self.answer = nn.Linear(64, len(KINDS))

    def forward(self, sheets: Tensor) -> Tensor:
        return self.judge(sheets).kinds

    def judge(self, sheets: Tensor) -> Judgement:
        """Return the answer with its reason, which a station does not ask for."""
        seen = self.card(sheets[:, :, :CARD_HEIGHT])
        covers = self.covered(seen)
        areas = (
            functional.avg_pool2d(covers, 3),
            self.whole(seen),
            self.pieces(sheets[:, :, CARD_HEIGHT:CUT_HEIGHT]),
            *(self.spectra(half) for half in _halves(sheets[:, :, CUT_HEIGHT:])),
        )
        told = [torch.cat(_told(area), dim=1) for area in areas]
        if self.training:
            told = _one_forgotten(told)
        joined = functional.relu6(self.join(torch.cat(told, dim=1)))
        return Judgement(self.answer(self.drop(joined)), covers)


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


def _one_forgotten(told: list[Tensor]) -> list[Tensor]:
    """Blank the card, the pieces or the spectra of some sheets: each learns to judge alone."""
    drawn = torch.rand(told[0].shape[0], 1)
    tower = (0, 0, 1, 2, 2)
    kept = [1 - ((drawn >= n * 0.1) & (drawn < (n + 1) * 0.1)).float() for n in range(3)]
    return [part * kept[of] for part, of in zip(told, tower, strict=True)]


def suspicion(logits: Tensor) -> Tensor:
    """Return the log odds that it is no original, whatever it is."""
    return torch.logsumexp(logits[:, 1:], dim=1) - logits[:, 0]


def loss_of(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of the kind, of whether it is an original at all, and of what is covered."""
    images = batch["image"].permute(0, 3, 1, 2).float() / 127.5 - 1
    told = network.judge(images.to(memory_format=torch.channels_last))
    logits, covers = told.kinds.float(), told.covers.float()[:, 0]
    kind = functional.cross_entropy(logits, batch["kind"], label_smoothing=0.05)
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
    return kind + odds + seams
