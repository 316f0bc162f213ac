"""The classifier's network and its answer: twelve logits in three groups."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.nets import Residual, convolution

SIDES = ("front", "back", "none")
TURNS = ("upright", "upside_down")
MODELS = ("C", "D", "E", "F", "G", "H", "new")


class CardClassifier(nn.Module):
    """128×192 R, G, B of a rectified card in; N×12 logits (3 sides, 2 turns, 7 models) out."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            convolution(3, 16, stride=2),
            convolution(16, 32, stride=2),
            Residual(32),
            convolution(32, 48, stride=2),
            Residual(48),
            convolution(48, 64, stride=2),
            Residual(64),
            convolution(64, 96, stride=2),
        )
        # The place of a feature tells the side and the turn, so it is not averaged away.
        self.gather = nn.Conv2d(96, 64, (4, 6))
        self.answer = nn.Linear(64, len(SIDES) + len(TURNS) + len(MODELS))

    def forward(self, images: Tensor) -> Tensor:
        gathered = functional.relu6(self.gather(self.features(images))).flatten(1)
        logits: Tensor = self.answer(gathered)
        return logits


def loss_of(network: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of the three answers; a picture that is no credential has only a side."""
    images = batch["image"].permute(0, 3, 1, 2).float() / 127.5 - 1
    logits = network(images.to(memory_format=torch.channels_last)).float()
    side, turn, model = logits[:, :3], logits[:, 3:5], logits[:, 5:]
    credential = (batch["side"] != 2).float()
    count = credential.sum().clamp(min=1)
    loss = functional.cross_entropy(side, batch["side"], label_smoothing=0.02)
    turned = functional.cross_entropy(turn, batch["turn"], reduction="none")
    modelled = functional.cross_entropy(
        model, batch["model"], reduction="none", label_smoothing=0.05
    )
    return loss + (turned * credential).sum() / count + (modelled * credential).sum() / count
