"""The network: plain 3×3 convolutions down to one row of columns, then CTC classes."""

from __future__ import annotations

from torch import Tensor, nn

from training.text_recogniser.alphabet import CLASSES


class TextRecogniser(nn.Module):
    """From N×1×32×W gray lines in -1…1 to N×(W/4)×classes logits, the blank last.

    Plain convolutions rather than depthwise or recurrent ones: they train and run faster on a
    processor, and quantise to int8 without loss. ReLU6 keeps activations in a range int8 likes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _convolve(1, 16, stride=(2, 2)),
            _convolve(16, 32),
            _convolve(32, 48, stride=(2, 2)),
            _convolve(48, 72),
            _convolve(72, 112, stride=(2, 1)),
            _convolve(112, 112),
            _convolve(112, 160, stride=(2, 1)),
        )
        self.columns = nn.Sequential(
            nn.Conv2d(160, 224, (2, 3), padding=(0, 1), bias=False),
            nn.BatchNorm2d(224),
            nn.ReLU6(inplace=True),
        )
        self.context = nn.Sequential(*(_Context(224) for _ in range(4)))
        self.drop = nn.Dropout(0.1)
        self.classify = nn.Conv2d(224, CLASSES, 1)

    def forward(self, lines: Tensor) -> Tensor:
        columns = self.context(self.columns(self.features(lines)))
        logits: Tensor = self.classify(self.drop(columns))
        # mean over the only row, because a squeeze of it trips some converters.
        return logits.mean(2).permute(0, 2, 1)


class _Context(nn.Module):
    """Looks four columns to each side: where a letter ends, how wide its neighbours are."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(width, width, (1, 9), padding=(0, 4), groups=width, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU6(inplace=True),
            nn.Conv2d(width, width, 1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.act = nn.ReLU6(inplace=True)

    def forward(self, columns: Tensor) -> Tensor:
        seen: Tensor = self.act(columns + self.look(columns))
        return seen


def _convolve(inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(inplace=True),
    )
