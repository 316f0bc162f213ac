"""The training loop all detectors share: AdamW, one cosine, bf16, CPU or GPU, checkpoints."""

import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

Batch = dict[str, Tensor]


def device() -> torch.device:
    """The GPU where one is lent, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(
    network: nn.Module,
    batches: Iterator[Batch],
    loss_of: Callable[[nn.Module, Batch], Tensor],
    *,
    minutes: float,
    learning_rate: float,
    checkpoint: Path,
    evaluate: Callable[[nn.Module], str],
) -> None:
    """Train for `minutes` of wall clock; the learning rate follows a cosine over that time.

    The weights are saved to `checkpoint` every two minutes and at the end, so that an interrupted
    run can be exported as it stands; beside them the length of the run, for the model card.
    """
    where = device()
    network.to(where).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-4)
    started = last_report = time.monotonic()
    total_s = minutes * 60
    steps = samples = 0
    running = 0.0
    while (elapsed := time.monotonic() - started) < total_s:
        progress = elapsed / total_s
        warm = min(1.0, (steps + 1) / 200)
        cosine = (1 + math.cos(math.pi * progress)) / 2
        rate = learning_rate * warm * (0.01 + 0.99 * cosine)
        for group in optimiser.param_groups:
            group["lr"] = rate
        batch = {name: tensor.to(where) for name, tensor in next(batches).items()}
        network.train()
        with torch.autocast(where.type, dtype=torch.bfloat16):
            loss = loss_of(network, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        steps += 1
        samples += len(batch["image"])
        running = 0.98 * running + 0.02 * loss.item() if steps > 1 else loss.item()
        if time.monotonic() - last_report > 120:
            last_report = time.monotonic()
            _save(network, checkpoint, minutes=elapsed / 60, samples=samples)
            network.eval()
            print(
                f"{elapsed:6.0f} s  {samples} samples  {samples / elapsed:.0f}/s  "
                f"loss {running:.4f}  {evaluate(network)}",
                flush=True,
            )
    network.eval()
    _save(network, checkpoint, minutes=minutes, samples=samples)
    print(f"done: {samples} samples  loss {running:.4f}  {evaluate(network)}", flush=True)


def length_of(checkpoint: Path) -> tuple[float, int]:
    """Minutes and samples of the run that wrote `checkpoint`."""
    told = json.loads(checkpoint.with_suffix(".json").read_text())
    return float(told["minutes"]), int(told["samples"])


def _save(network: nn.Module, checkpoint: Path, *, minutes: float, samples: int) -> None:
    torch.save(network.state_dict(), checkpoint)
    told = {"minutes": round(minutes, 1), "samples": samples}
    checkpoint.with_suffix(".json").write_text(json.dumps(told))
