"""Teach the network from labelled movement."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pipeline.classify.augment import Augmentation
from pipeline.classify.dataset import UNKNOWN, Progress, class_of
from pipeline.classify.features import FEATURES
from pipeline.classify.lessons import Lessons
from pipeline.classify.model import Architecture, Committee, ModelConfig, build
from pipeline.classify.recognise import Recogniser

# The share of the steps in which the rate rises to its highest (Smith and Topin,
# "Super-convergence", 2018).
_WARM_UP: Final = 0.15

_REPORT_EVERY: Final = 10

# How often what is unknown is dealt, next to an exercise: it looks in many ways.
_UNKNOWN: Final = 4.0


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the network is taught.

    ``architecture``, ``hidden``, ``dropout`` and ``attention`` are those of ``ModelConfig``.
    ``members`` networks with seeds of their own are taught for ``steps`` batches each; the learning
    rate rises and falls once. A batch has as many movements of every exercise, and in it as many of
    every group of a kind, so neither a common exercise nor a much-filmed lifter drowns the others.
    ``smoothing`` keeps the network from certainty (Szegedy et al., "Rethinking the Inception
    architecture", 2016, section 7).
    """

    architecture: Architecture = "convolution"
    hidden: int = 192
    dropout: float = 0.1
    attention: bool = True
    augmentation: Augmentation = field(default_factory=Augmentation)
    members: int = 3
    steps: int = 2000
    batch: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    smoothing: float = 0.05
    seed: int = 0
    device: str = "cpu"


def train(
    lessons: Sequence[Lessons],
    classes: Sequence[str],
    settings: TrainingSettings,
    progress: Progress,
) -> Committee:
    """Train a committee of networks; a label outside ``classes`` counts as ``UNKNOWN``.

    The same seed on the same machine gives the same weights.
    """
    members = []
    for number in range(settings.members):

        def member_progress(step: int, number: int = number) -> None:
            what = f"network {number + 1} of {settings.members}"
            progress(what, number * settings.steps + step, settings.members * settings.steps)

        seed = settings.seed * settings.members + number
        members.append(_teach(_Deck(lessons, classes, seed), settings, seed, member_progress))
    return Committee(members).eval()


def recogniser_of(
    committee: Committee, classes: Sequence[str], temperature: float = 1.0
) -> Recogniser:
    """Return a committee that torch runs, as a recogniser."""
    device = next(committee.parameters()).device

    def network(steps: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            shares: torch.Tensor = committee(torch.from_numpy(steps).to(device))
        return np.asarray(shares.cpu().numpy())

    return Recogniser(network, tuple(classes), temperature)


class _Deck:
    """Deals variations: a class, of that a group by the weight of its kind, of that an example."""

    def __init__(self, lessons: Sequence[Lessons], classes: Sequence[str], seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self.classes = len(classes)
        self._cards = [(kind, i) for kind in lessons for i in range(len(kind.examples))]
        self._labels = np.array([class_of(k.examples[i].label, classes) for k, i in self._cards])
        weights = np.concatenate([_weights(kind, classes) for kind in lessons])
        often = np.where(np.array(classes) == UNKNOWN, _UNKNOWN, 1.0)
        in_class = np.bincount(self._labels, weights, minlength=len(classes))
        shares = weights * often[self._labels] / in_class[self._labels]
        self._up_to = np.cumsum(shares / shares.sum())

    def deal(self, count: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Return features (B, 30, F) and the class of each (B,)."""
        chosen = np.searchsorted(self._up_to[:-1], self._rng.random(count), side="right")
        steps = [
            kind.steps[number, self._rng.integers(kind.steps.shape[1])]
            for kind, number in (self._cards[card] for card in chosen)
        ]
        return np.stack(steps).astype(np.float32), self._labels[chosen]


def _weights(kind: Lessons, classes: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return how much each example of a kind counts in its class, (N,)."""
    places = [(class_of(example.label, classes), example.group) for example in kind.examples]
    in_group = Counter(places)
    return np.array([kind.weight / in_group[place] for place in places])


def _teach(
    deck: _Deck, settings: TrainingSettings, seed: int, progress: Callable[[int], None]
) -> nn.Module:
    torch.manual_seed(seed)
    config = ModelConfig(
        FEATURES,
        deck.classes,
        settings.hidden,
        settings.dropout,
        settings.attention,
        architecture=settings.architecture,
    )
    network = build(config).to(settings.device).train()
    optimiser = torch.optim.AdamW(
        network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.learning_rate, total_steps=settings.steps, pct_start=_WARM_UP
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=settings.smoothing)
    for step in range(settings.steps):
        if step % _REPORT_EVERY == 0:
            progress(step)
        steps, labels = deck.deal(settings.batch)
        logits = network(torch.from_numpy(steps).to(settings.device))
        loss = loss_of(logits, torch.from_numpy(labels).to(settings.device))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    progress(settings.steps)
    return network.eval()
