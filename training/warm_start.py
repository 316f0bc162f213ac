"""Weights of a network from its committed float file: a training goes on from what stations run.

The converter folds batch normalisation into the convolutions. The folded weights are laid back into
the convolutions, and each normalisation is then given the statistics of real samples and the gain
and shift that undo them, so that the network answers as the file does and training may go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

_WITH_WEIGHTS = ("CONV_2D", "FULLY_CONNECTED")


def load_weights(network: nn.Module, path: Path, shape: tuple[int, ...]) -> None:
    """Fill `network` from the float file that was exported from it; `shape` is N, C, H, W.

    The layers of both are met in the order in which they run.

    Raises:
        ValueError: The file holds other layers than the network.
    """
    layers = _layers_in_order(network, shape)
    stored = _stored(path)
    if len(layers) != len(stored):
        raise ValueError(f"{path.name} holds {len(stored)} layers, the network {len(layers)}")
    for layer, (weights, bias) in zip(layers, stored, strict=True):
        if isinstance(layer, nn.Conv2d):
            weights = weights.transpose(0, 3, 1, 2)  # stored as outputs, height, width, inputs
        if tuple(weights.shape) != tuple(layer.weight.shape):
            raise ValueError(f"{path.name}: a layer of {weights.shape} for {layer.weight.shape}")
        layer.weight.data = torch.from_numpy(np.ascontiguousarray(weights))
        if layer.bias is not None:
            layer.bias.data = torch.from_numpy(bias)
    for norm, (_, bias) in _norms(network, layers, stored):
        norm.weight.data = torch.full_like(norm.weight, (1 + norm.eps) ** 0.5)
        norm.bias.data = torch.from_numpy(bias)
        norm.running_mean, norm.running_var = torch.zeros(len(bias)), torch.ones(len(bias))


def normalise(network: nn.Module, images: Iterator[Tensor]) -> None:
    """Give each normalisation the statistics of `images`, and leave the answers as they are."""
    sums: dict[nn.BatchNorm2d, list[Tensor]] = {}

    def note(norm: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        x = inputs[0].float()
        moments = [x.mean(dim=(0, 2, 3)), (x * x).mean(dim=(0, 2, 3)), torch.ones(1)]
        before = sums.get(norm)
        sums[norm] = (
            moments if before is None else [a + b for a, b in zip(before, moments, strict=True)]
        )

    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(note) for norm in norms]
    network.eval()
    with torch.no_grad():
        for batch in images:
            network(batch)
    for hook in hooks:
        hook.remove()
    for norm, (first, second, count) in sums.items():
        mean = first / count
        variance = (second / count - mean**2).clamp(min=1e-6)
        old = norm.weight.data / (norm.running_var + norm.eps).sqrt()
        shift = norm.bias.data - old * norm.running_mean
        norm.running_mean, norm.running_var = mean, variance
        norm.weight.data = old * (variance + norm.eps).sqrt()
        norm.bias.data = shift + old * mean


def _layers_in_order(network: nn.Module, shape: tuple[int, ...]) -> list[nn.Conv2d | nn.Linear]:
    order: list[nn.Conv2d | nn.Linear] = []
    kept = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_pre_hook(lambda m, _: order.append(m)) for layer in kept]
    network.eval()
    with torch.no_grad():
        network(torch.zeros(shape))
    for hook in hooks:
        hook.remove()
    return order


def _norms(network: nn.Module, layers: list[Any], stored: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Pair each normalisation with what is stored of the convolution right before it."""
    place = {layer: index for index, layer in enumerate(layers)}
    previous: nn.Module | None = None
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d) and previous is not None:
            yield module, stored[place[previous]]
        if isinstance(module, nn.Conv2d):
            previous = module


def _stored(path: Path) -> list[tuple[Any, Any]]:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_path=str(path), experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    return [
        tuple(interpreter.get_tensor(int(index)).copy() for index in operation["inputs"][1:3])
        for operation in interpreter._get_ops_details()  # noqa: SLF001  # nothing public lists them
        if operation["op_name"] in _WITH_WEIGHTS
    ]
