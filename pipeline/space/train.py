"""Teach the network from the synthetic lifter."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import nn

from pipeline.space.features import features
from pipeline.space.lessons import Lessons
from pipeline.space.measures import MEASURES, MOST_FAULTS, measure
from pipeline.space.mixing import Batch, cropped, mixed
from pipeline.space.model import QUANTILES, ModelConfig, SpaceNetwork
from pipeline.space.moments import STAGE_MOMENTS
from pipeline.space.teller import UNIT_DEG
from references.exercises import STAGES
from references.motions import motions
from references.skeleton import SIDES

Progress = Callable[[str, int, int], None]
"""Called with what is being worked on, how much is done and how much there is."""

# A set shows one fault or none: without more weight where there is one, the median of what is
# possible is none as long as anything is in doubt.
_FAULTY_WEIGHT: Final = 6.0
_FAULTY_DEG: Final = 10.0

# The view is told along the way: it must not cost the angles.
_VIEW_WEIGHT: Final = 0.3
_VIEW_SPREAD_WEIGHT: Final = 0.03

_WARM_UP_STEPS: Final = 150

# How many of the last steps are averaged: about so many, fewer while there are fewer.
_AVERAGED_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the network is taught: ``steps`` batches of ``batch`` sets, the rate falling to zero."""

    width: int = 512
    blocks: int = 4
    steps: int = 5000
    batch: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    seed: int = 0
    device: str = "cpu"

    def rate_at(self, step: int) -> float:
        """Return the share of the learning rate at a step: up quickly, down along a cosine."""
        return min((step + 1) / _WARM_UP_STEPS, (1 + math.cos(math.pi * step / self.steps)) / 2)


def train(
    lessons: Lessons,
    names: Sequence[str],
    settings: TrainingSettings,
    progress: Progress,
    *,
    start: SpaceNetwork | None = None,
) -> SpaceNetwork:
    """Return a network that learned from these lessons of the exercises ``names``.

    It sets out from what the network ``start`` of the same size knows, if there is one. The same
    seed on the same machine with the same threads gives the same weights.
    """
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    config = ModelConfig(len(names), width=settings.width, blocks=settings.blocks)
    network = SpaceNetwork(config).to(settings.device)
    optimiser = torch.optim.AdamW(
        network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    rate = torch.optim.lr_scheduler.LambdaLR(optimiser, settings.rate_at)
    known = _known_faults(names).to(settings.device)
    arms = _differing_arms(names).to(settings.device)
    if start is None:
        network.start_from(_usual(lessons, len(names)).to(settings.device))
    else:
        network.load_state_dict(start.state_dict())
    average = deepcopy(network).eval()
    recent = float("nan")
    for step, batch in enumerate(_batches(lessons, settings, rng)):
        loss = _loss(network, batch, known, arms, settings.device)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        rate.step()
        # The average of the last steps generalises better than any one (Izmailov et al.,
        # "Averaging weights leads to wider optima and better generalization", 2018).
        with torch.no_grad():
            share = max(1 / _AVERAGED_STEPS, 9 / (9 + step))
            for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
                slow.lerp_(fast, share)
        recent = loss.item() if step == 0 else 0.98 * recent + 0.02 * loss.item()
        progress(f"loss {recent:.4f}", step + 1, settings.steps)
    return average


def _batches(
    lessons: Lessons, settings: TrainingSettings, rng: np.random.Generator
) -> Iterator[Batch]:
    """Yield the batches of a training; a thread of its own mixes the next one meanwhile."""

    def mix() -> Batch:
        return cropped(mixed(lessons, rng.choice(len(lessons), settings.batch), rng), rng)

    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(mix)
        for _ in range(settings.steps):
            batch, coming = coming.result(), ahead.submit(mix)
            yield batch


def _known_faults(names: Sequence[str]) -> torch.Tensor:
    """Return which of the 8 fault columns each exercise has, (E, 8)."""
    counts = torch.tensor([len(motions()[name].faults) for name in names])
    return (torch.arange(MOST_FAULTS) < counts[:, None]).float()


def _differing_arms(names: Sequence[str]) -> torch.Tensor:
    """Return which measures of both sides (2, E, 8) a fault of one arm sets apart, else -1.

    They are indices into the measures stage by stage.
    """
    arms = torch.full((2, len(names), MOST_FAULTS), -1)
    for exercise, name in enumerate(names):
        for column, fault in enumerate(motions()[name].faults):
            if fault.draws and any(part.startswith(SIDES) for part, _ in fault.adds):
                joint, phase, _ = fault.draws
                for row, side in enumerate(SIDES):
                    stage, measured = STAGES.index(phase), MEASURES.index(f"{side}_{joint}")
                    arms[row, exercise, column] = stage * len(MEASURES) + measured
    return arms


def _usual(lessons: Lessons, exercises: int) -> torch.Tensor:
    """Return the median of each size by exercise, (E, O), in units of `UNIT_DEG`; of faults 0."""
    told = measure(lessons.joints[:, 0, list(STAGE_MOMENTS.values())]).reshape(len(lessons), -1)
    medians = [np.median(told[lessons.exercise == number], axis=0) for number in range(exercises)]
    faults = np.zeros((exercises, MOST_FAULTS))
    return torch.from_numpy(np.concatenate([medians, faults], axis=1) / UNIT_DEG).float()


def _loss(
    network: SpaceNetwork,
    batch: Batch,
    known: torch.Tensor,
    arms: torch.Tensor,
    device: str,
) -> torch.Tensor:
    """Return the pinball loss of all quantiles (Koenker and Bassett, 1978), plus the view's.

    How far a fault of one arm goes is how much both arms differ: so every set teaches it.
    """
    seen = torch.from_numpy(features(batch.sight)).to(device)
    of = torch.from_numpy(batch.sight.of).to(device)
    exercise = torch.from_numpy(batch.exercise).to(device)
    # Twice as fast where the processor multiplies bfloat16 itself; the loss stays in 32 bits.
    with torch.autocast(torch.device(device).type, torch.bfloat16):
        sizes, view = (answer.float() for answer in network(seen, of, exercise))
    measures = torch.from_numpy(batch.measures).to(device).flatten(1)
    faults = torch.from_numpy(batch.faults).to(device)
    left, right = arms[:, exercise[of]]
    differ = (measures.gather(1, left.clamp(0)) - measures.gather(1, right.clamp(0))).abs()
    faults = torch.where(left >= 0, differ, faults)
    truth = torch.cat([measures, faults.nan_to_num()], dim=1) / UNIT_DEG
    faults_weight = known[exercise][of] * torch.where(faults > _FAULTY_DEG, _FAULTY_WEIGHT, 1.0)
    faults_weight = torch.where(faults.isnan(), 0.0, faults_weight)
    weight = torch.cat([torch.ones_like(measures), faults_weight], dim=1)
    error = truth.unsqueeze(-1) - sizes  # (P, O, 3)
    level = torch.tensor(QUANTILES, device=device)
    pinball = torch.maximum(level * error, (level - 1) * error).sum(dim=-1)
    sizes_loss = (pinball * weight).sum() / weight.sum()

    direction = torch.from_numpy(batch.view).to(device)
    off = torch.linalg.vector_norm(view[:, :3] - direction, dim=1)
    # A Laplace distribution of how far off the view is; only the scale learns from it.
    scale_loss = off.detach() * torch.exp(-view[:, 3]) + view[:, 3]
    total: torch.Tensor = (
        sizes_loss + _VIEW_WEIGHT * off.mean() + _VIEW_SPREAD_WEIGHT * scale_loss.mean()
    )
    return total
