"""Training of the recogniser: CTC, AdamW, one cosine over a time budget, averaged weights."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

# Spinning threads starve each other on a shared machine: training falls to a tenth of its speed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import numpy as np
import torch
from torch import nn

from training.text_recogniser.alphabet import BLANK
from training.text_recogniser.batches import Batch, Source, batches
from training.text_recogniser.evaluate import read_lines, summary
from training.text_recogniser.lines import Line
from training.text_recogniser.net import TextRecogniser


@dataclass(frozen=True, slots=True)
class Settings:
    """One training run."""

    seed: int
    minutes: float
    learning_rate: float = 2e-3
    lines_at_full_width: int = 64
    threads: int = 2
    average: float = 0.998
    """Decay per step of the averaged weights: what is exported is calmer than the last step."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a checkpoint holds beside its weights."""

    samples: int
    minutes: float
    seed: int


def train(
    sources: list[tuple[Source, float]],
    settings: Settings,
    checkpoint: Path,
    held_out: list[Line],
    *,
    start_from: Path | None = None,
) -> Outcome:
    """Train for the given wall clock; the checkpoint is renewed every two minutes.

    Args:
        sources: Shards and the share of each.
        settings: Budget and rates.
        checkpoint: File of the averaged weights and of the run's figures.
        held_out: Lines never trained on; their exactness is printed at every checkpoint.
        start_from: A checkpoint to go on from; its figures are added to this run's.
    """
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    where = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = TextRecogniser().to(where).to(memory_format=torch.channels_last)
    samples, before = 0, 0.0
    if start_from is not None:
        earlier = load(start_from, network)
        samples, before = earlier.samples, earlier.minutes
    averaged = TextRecogniser().to(where)
    averaged.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, weight_decay=1e-3
    )
    criterion = nn.CTCLoss(blank=BLANK, zero_infinity=True)
    stream = batches(
        sources,
        np.random.default_rng([settings.seed, samples]),
        lines_at_full_width=settings.lines_at_full_width,
    )
    started = reported = time.monotonic()
    steps, running, first = 0, 0.0, samples
    while (elapsed_s := time.monotonic() - started) < settings.minutes * 60:
        progress = elapsed_s / (settings.minutes * 60)
        rate = settings.learning_rate * min(1.0, (steps + 1) / 150)
        rate *= 0.005 + 0.995 * (1 + math.cos(math.pi * progress)) / 2
        for group in optimiser.param_groups:
            group["lr"] = rate
        network.train()
        batch = next(stream)
        loss = _loss(network, criterion, batch, where)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        steps += 1
        samples += len(batch.lengths)
        _average(averaged, network, min(settings.average, 1 - 10 / (steps + 10)))
        running = loss.item() if steps == 1 else 0.98 * running + 0.02 * loss.item()
        if time.monotonic() - reported > 120:
            reported = time.monotonic()
            _save(checkpoint, averaged, Outcome(samples, before + elapsed_s / 60, settings.seed))
            report = summary(held_out, read_lines(averaged, held_out))
            speed = (samples - first) / elapsed_s
            print(
                f"{elapsed_s:6.0f} s {samples} lines {speed:.0f}/s of "
                f"{sum(len(s) for s, _ in sources)} loss {running:.4f} "
                f"exact {report.exact:.4f} cer {report.cer:.4f}",
                flush=True,
            )
    outcome = Outcome(samples, before + (time.monotonic() - started) / 60, settings.seed)
    _save(checkpoint, averaged, outcome)
    report = summary(held_out, read_lines(averaged, held_out))
    print(f"done {samples} lines, exact {report.exact:.4f} cer {report.cer:.4f}", flush=True)
    return outcome


def load(checkpoint: Path, network: TextRecogniser) -> Outcome:
    """Put the weights of a checkpoint into a network."""
    stored = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network.load_state_dict(stored["weights"])
    return Outcome(stored["samples"], stored["minutes"], stored["seed"])


def _loss(
    network: TextRecogniser, criterion: nn.CTCLoss, batch: Batch, where: torch.device
) -> torch.Tensor:
    images = torch.from_numpy(batch.images).to(where).to(memory_format=torch.channels_last)
    with torch.autocast(where.type, dtype=torch.bfloat16):
        logits = network(images)
    likelihoods = logits.float().log_softmax(2).permute(1, 0, 2)
    steps = torch.full((likelihoods.shape[1],), likelihoods.shape[0], dtype=torch.long)
    loss: torch.Tensor = criterion(
        likelihoods, torch.from_numpy(batch.labels), steps, torch.from_numpy(batch.lengths)
    )
    return loss


def _average(averaged: nn.Module, network: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for kept, new in zip(
            averaged.state_dict().values(), network.state_dict().values(), strict=True
        ):
            if kept.dtype.is_floating_point:
                kept.lerp_(new.to(kept.dtype), 1 - decay)
            else:
                kept.copy_(new)


def _save(checkpoint: Path, network: TextRecogniser, outcome: Outcome) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    temporary = checkpoint.with_suffix(".new")
    weights = {name: value.cpu() for name, value in network.state_dict().items()}
    torch.save(
        {
            "weights": weights,
            "samples": outcome.samples,
            "minutes": outcome.minutes,
            "seed": outcome.seed,
        },
        temporary,
    )
    temporary.replace(checkpoint)
