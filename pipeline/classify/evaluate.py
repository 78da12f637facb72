"""How well the network recognises lifters and footage that it never saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.classify.dataset import UNKNOWN, Example, class_of
from pipeline.classify.folds import split
from pipeline.classify.recognise import probabilities
from pipeline.classify.train import Progress, Source, TrainingSettings, train

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Of ``clips`` clips of a class, from ``groups`` groups, ``right`` were recognised."""

    name: str
    right: int
    clips: int
    groups: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A clip taken for something else, with the probabilities of that and of its true class."""

    clip: str
    truth: str
    taken_for: str
    probability: float
    probability_of_truth: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every clip judged by a network that saw neither it nor anything of its group.

    ``shares`` (N, C) are the probabilities of the classes for each clip; ``epochs`` how long each
    of the networks was trained.
    """

    examples: tuple[Example, ...]
    classes: tuple[str, ...]
    shares: Floats
    epochs: tuple[int, ...]

    def scores(self) -> tuple[ClassScore, ...]:
        """Return the score of every class."""
        truth, taken = self._truth(), self.shares.argmax(axis=1)
        return tuple(
            ClassScore(
                name,
                int((taken[truth == c] == c).sum()),
                int((truth == c).sum()),
                len({e.group for e, t in zip(self.examples, truth, strict=True) if t == c}),
            )
            for c, name in enumerate(self.classes)
        )

    def mistakes(self) -> tuple[Mistake, ...]:
        """Return every clip taken for something else."""
        truth, taken = self._truth(), self.shares.argmax(axis=1)
        return tuple(
            Mistake(
                self.examples[i].name,
                self.classes[truth[i]],
                self.classes[taken[i]],
                round(float(self.shares[i, taken[i]]), 2),
                round(float(self.shares[i, truth[i]]), 2),
            )
            for i in np.flatnonzero(truth != taken)
        )

    def confusion(self) -> npt.NDArray[np.int64]:
        """Return how many clips of each class (rows) were taken for which (columns), (C, C)."""
        counts = np.zeros((len(self.classes), len(self.classes)), np.int64)
        np.add.at(counts, (self._truth(), self.shares.argmax(axis=1)), 1)
        return counts

    def summary(self) -> dict[str, Any]:
        """Return the figures as JSON values.

        ``mean_recall`` is the mean over the known classes of the share that was right.
        """
        scores = self.scores()
        known = [s for s in scores if s.name != UNKNOWN]
        unknown = [s for s in scores if s.name == UNKNOWN]
        return {
            "right": sum(s.right for s in known),
            "clips": sum(s.clips for s in known),
            "mean_recall": round(float(np.mean([s.right / s.clips for s in known])), 4),
            "unknown_right": sum(s.right for s in unknown),
            "unknown_clips": sum(s.clips for s in unknown),
            "folds": len(self.epochs),
            "epochs": list(self.epochs),
            "classes": {s.name: [s.right, s.clips] for s in scores},
        }

    def _truth(self) -> npt.NDArray[np.int64]:
        return np.array([class_of(e.label, self.classes) for e in self.examples], np.int64)


def cross_validate(
    examples: Sequence[Example],
    made_up: Sequence[Source],
    classes: Sequence[str],
    settings: TrainingSettings,
    folds: int,
    progress: Progress,
) -> Evaluation:
    """Judge every example by a network trained without its group.

    ``made_up`` movement is trained on in every fold and never judged. With as many folds as groups
    one group is left out at a time.
    """
    shares = np.zeros((len(examples), len(classes)))
    epochs = []
    parts = split(examples, classes, folds)
    for number, part in enumerate(parts, start=1):
        left_out = set(part)
        rest = [e for i, e in enumerate(examples) if i not in left_out]

        def fold_progress(what: str, done: int, total: int, number: int = number) -> None:
            progress(f"fold {number} of {len(parts)}, {what}", done, total)

        trained = train(rest, made_up, classes, settings, fold_progress)
        epochs.append(trained.epochs)
        for i in part:
            shares[i] = probabilities(trained.recogniser, examples[i].track)
    return Evaluation(tuple(examples), tuple(classes), shares, tuple(epochs))
