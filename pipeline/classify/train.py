"""Teach the network from labelled movement."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pipeline.classify.augment import Augmentation
from pipeline.classify.dataset import Example, class_of
from pipeline.classify.features import FEATURES, stack
from pipeline.classify.folds import hold_back
from pipeline.classify.model import ExerciseNetwork, ModelConfig
from pipeline.classify.recognise import probabilities
from pipeline.classify.weights import Recogniser
from pipeline.pose.track import PoseTrack

Progress = Callable[[str, int, int], None]
"""Called with what is being worked on, how much is done and how much there is."""

# Of every made-up lifter, so many sets have a say in when to stop.
_SETS_TO_JUDGE: Final = 2

# How many of the last steps are averaged: about so many, fewer while there are fewer.
_AVERAGED_STEPS: Final = 50


class Source(Protocol):
    """Something that yields movement of one exercise: a clip, or a lifter made up each time."""

    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def group(self) -> str: ...  # noqa: D102

    def movement(self, rng: np.random.Generator) -> PoseTrack: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the network is taught; the first three are the columns of the paper's Table 1.

    An epoch is ``samples`` movements, the same number of every class and within a class of every
    group, so neither a common exercise nor a much-filmed lifter drowns the others. Training stops
    when the loss on groups held back has not fallen for ``patience`` epochs; a network trained on
    everything for as many epochs as were best is what comes out. ``smoothing`` keeps the network
    from certainty (Szegedy et al., "Rethinking the Inception architecture", 2016, section 7).
    """

    hidden: int = 256
    dropout: float = 0.25
    attention: bool = True
    augmentation: Augmentation = field(default_factory=Augmentation)
    epochs: int = 40
    patience: int = 8
    samples: int = 512
    batch: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    smoothing: float = 0.1
    seed: int = 0
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained recogniser and after how many epochs it was best on the groups held back."""

    recogniser: Recogniser
    epochs: int


def train(
    examples: Sequence[Example],
    made_up: Sequence[Source],
    classes: Sequence[str],
    settings: TrainingSettings,
    progress: Progress,
) -> Trained:
    """Train a network on ``examples`` and ``made_up`` movement.

    A label outside ``classes`` counts as ``UNKNOWN``, the last of them. Where no class has groups
    to spare for saying when to stop, all epochs are trained. The same seed on the same machine
    gives the same weights.
    """
    held_back = hold_back(examples, classes)
    judges = [examples[i] for i in held_back] + _sets_of(made_up, settings.seed)
    kept = [e for i, e in enumerate(examples) if i not in held_back]
    epochs = settings.epochs
    if judges:
        epochs = _best_epoch(_Lesson([*kept, *made_up], classes, settings), judges, progress)
    lesson = _Lesson([*examples, *made_up], classes, settings)
    for epoch in range(epochs):
        progress("on everything", epoch, epochs)
        lesson.epoch()
    progress("on everything", epochs, epochs)
    return Trained(lesson.recogniser(), epochs)


def _sets_of(made_up: Sequence[Source], seed: int) -> list[Example]:
    """Return sets of the made-up lifters: judges for exercises that can spare no group."""
    rng = np.random.default_rng(seed)
    return [
        Example(source.movement(rng), source.label, source.group, source.group)
        for source in made_up
        if not isinstance(source, Example)
        for _ in range(_SETS_TO_JUDGE)
    ]


def _best_epoch(lesson: "_Lesson", judges: Sequence[Example], progress: Progress) -> int:
    """Teach until the loss on ``judges`` stops falling; return after which epoch it was lowest."""
    settings = lesson.settings
    best_loss, best_epoch = np.inf, 0
    for epoch in range(1, settings.epochs + 1):
        lesson.epoch()
        loss = _loss(lesson.recogniser(), judges)
        if loss < best_loss:
            best_loss, best_epoch = loss, epoch
        progress(f"when to stop: loss {loss:.2f}, best {best_loss:.2f}", epoch, settings.epochs)
        if epoch - best_epoch >= settings.patience:
            break
    return best_epoch


class _Lesson:
    """One network being taught, epoch by epoch."""

    def __init__(
        self, sources: Sequence[Source], classes: Sequence[str], settings: TrainingSettings
    ) -> None:
        torch.manual_seed(settings.seed)
        self._rng = np.random.default_rng(settings.seed)
        self.settings = settings
        self._classes = tuple(classes)
        self._groups: dict[int, dict[str, list[Source]]] = {}
        for source in sources:
            groups = self._groups.setdefault(class_of(source.label, classes), {})
            groups.setdefault(source.group, []).append(source)
        config = ModelConfig(
            FEATURES, len(classes), settings.hidden, settings.dropout, settings.attention
        )
        self._network = ExerciseNetwork(config).to(settings.device)
        # The average of the last steps' weights generalises better than those of any one step, and
        # needs no falling learning rate (Izmailov et al., "Averaging weights leads to wider optima
        # and better generalization", 2018).
        self._steps = 0
        self._average = deepcopy(self._network).eval()
        self._optimiser = torch.optim.AdamW(
            self._network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
        self._loss = nn.CrossEntropyLoss(label_smoothing=settings.smoothing)

    def epoch(self) -> None:
        """Teach ``samples`` movements."""
        self._network.train()
        for _ in range(self.settings.samples // self.settings.batch):
            steps, labels = self._batch()
            loss = self._loss(self._network(steps), labels)
            self._optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
            self._optimiser.step()
            self._steps += 1
            rate = max(1 / _AVERAGED_STEPS, 9 / (9 + self._steps))
            with torch.no_grad():
                for slow, fast in zip(
                    self._average.parameters(), self._network.parameters(), strict=True
                ):
                    slow.lerp_(fast, rate)

    def recogniser(self) -> Recogniser:
        """Return what was learned so far."""
        return Recogniser(self._average, self._classes)

    def _batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw classes, of each a group, of each a source, and vary what it yields."""
        tracks, labels = [], []
        for label in self._rng.choice(list(self._groups), self.settings.batch):
            groups = list(self._groups[label].values())
            sources = groups[self._rng.integers(len(groups))]
            movement = sources[self._rng.integers(len(sources))].movement(self._rng)
            tracks.append(self.settings.augmentation(movement, self._rng))
            labels.append(int(label))
        device = self.settings.device
        return torch.from_numpy(stack(tracks)).to(device), torch.tensor(labels, device=device)


def _loss(recogniser: Recogniser, examples: Sequence[Example]) -> float:
    """Return the cross-entropy over clips, every class weighing the same."""
    losses: dict[int, list[float]] = {}
    for example in examples:
        label = class_of(example.label, recogniser.classes)
        share: npt.NDArray[np.float64] = probabilities(recogniser, example.track)
        losses.setdefault(label, []).append(float(-np.log(share[label] + 1e-9)))
    return float(np.mean([np.mean(values) for values in losses.values()]))
