"""Building blocks shared by the networks: plain convolutions that export and quantise well.

Plain 3×3 convolutions train faster on a CPU than depthwise ones and keep int8 exact; ReLU6 bounds
the activations, so that static int8 calibration needs few samples.
"""

from torch import Tensor, nn


def convolution(
    inputs: int, outputs: int, *, size: int = 3, stride: int = 1, dilation: int = 1
) -> nn.Sequential:
    """A convolution with batch normalisation and ReLU6, padded to keep the size over the stride."""
    return nn.Sequential(
        nn.Conv2d(
            inputs,
            outputs,
            size,
            stride,
            padding=dilation * (size // 2),
            dilation=dilation,
            bias=False,
        ),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(inplace=True),
    )


class Residual(nn.Module):
    """Two 3×3 convolutions added to their input."""

    def __init__(self, channels: int, *, dilation: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            convolution(channels, channels, dilation=dilation),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.activation = nn.ReLU6(inplace=True)

    def forward(self, features: Tensor) -> Tensor:
        activated: Tensor = self.activation(features + self.body(features))
        return activated


class MapsLast(nn.Module):
    """Gives every N×C×H×W answer of a network as N×H×W×C, as `models.toml` promises of maps."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> object:
        answers = self.network(images)
        if isinstance(answers, tuple):
            return tuple(_last(answer) for answer in answers)
        return _last(answers)


def _last(answer: Tensor) -> Tensor:
    return answer.permute(0, 2, 3, 1) if answer.dim() == 4 else answer
