"""The training loop all detectors share: AdamW, one cosine, bf16, CPU or GPU, checkpoints."""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor, nn

from training.model_card import TrainingRun

Batch = dict[str, Tensor]


@dataclass(frozen=True)
class Run:
    """One run of the loop: seed, minutes of wall clock, samples seen (repeats included).

    `command` is what made a file that a later run went on from.
    """

    seed: int
    minutes: float
    samples: int
    command: str | None = None


def device() -> torch.device:
    """The GPU where one is lent, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Samples(Protocol):
    """A folder of samples from which batches are drawn."""

    def draw(self, rng: Generator, size: int) -> Batch:
        """Give `size` samples, never one that is held out."""


def mixed(parts: Sequence[Samples], *, size: int, seed: int) -> Iterator[Batch]:
    """Batches drawn from every folder alike."""
    rng = np.random.default_rng([seed, 13])
    while True:
        drawn = [part.draw(rng, size // len(parts)) for part in parts]
        yield {name: torch.cat([batch[name] for batch in drawn]) for name in drawn[0]}


def train(
    network: nn.Module,
    batches: Iterator[Batch],
    loss_of: Callable[[nn.Module, Batch], Tensor],
    *,
    minutes: float,
    learning_rate: float,
    checkpoint: Path,
    seed: int,
    tune: bool,
    evaluate: Callable[[nn.Module], str],
    weight_decay: float = 1e-4,
    now_s: Callable[[], float] = time.monotonic,
) -> None:
    """Train for `minutes` of wall clock; the learning rate follows a cosine over that time.

    `now_s` is the clock: that of the processor makes a run the same on a busy machine.

    The weights are saved to `checkpoint` every two minutes and at the end, so that an interrupted
    run can be exported as it stands; beside them the history of runs, for the model card.
    To `tune` is to start from the weights in `checkpoint`, at the learning rate given.
    """
    where = device()
    before: list[Run] = []
    if tune:
        network.load_state_dict(torch.load(checkpoint, map_location="cpu"))
        before = history(checkpoint)
    network.to(where).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=weight_decay)
    started = last_report = now_s()
    total_s = minutes * 60
    steps = samples = 0
    running = 0.0
    while (elapsed := now_s() - started) < total_s:
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
        if now_s() - last_report > 120:
            last_report = now_s()
            _save(network, checkpoint, [*before, Run(seed, elapsed / 60, samples)])
            network.eval()
            print(
                f"{elapsed:6.0f} s  {samples} samples  {samples / elapsed:.0f}/s  "
                f"loss {running:.4f}  {evaluate(network)}",
                flush=True,
            )
    network.eval()
    _save(network, checkpoint, [*before, Run(seed, minutes, samples)])
    print(f"done: {samples} samples  loss {running:.4f}  {evaluate(network)}", flush=True)


def resume(network: nn.Module, checkpoint: Path, told: Mapping[str, Any]) -> None:
    """Keep weights taken from a committed file; `told` is its training run in `models.toml`."""
    run = Run(told["seed"], told["minutes"], told["samples"], told["command"])
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    _save(network, checkpoint, [run])


def history(checkpoint: Path) -> list[Run]:
    """The runs that made `checkpoint`, in order."""
    return [Run(**run) for run in json.loads(checkpoint.with_suffix(".json").read_text())]


def training_run(checkpoint: Path, package: str) -> TrainingRun:
    """What the model card says of the runs that made `checkpoint`."""
    runs = history(checkpoint)
    return TrainingRun(
        seed=runs[0].seed,
        command=", then ".join(
            run.command
            or f"python -m training.{package} {name} --seed {run.seed} --minutes {run.minutes:g}"
            for name, run in zip(["train", *["tune"] * len(runs)], runs, strict=False)
        ),
        trained_on=datetime.now(UTC).date(),
        minutes=sum(run.minutes for run in runs),
        samples=sum(run.samples for run in runs),
    )


def _save(network: nn.Module, checkpoint: Path, runs: Sequence[Run]) -> None:
    torch.save(network.state_dict(), checkpoint)
    told = [{**asdict(run), "minutes": round(run.minutes, 1)} for run in runs]
    checkpoint.with_suffix(".json").write_text(json.dumps(told))
