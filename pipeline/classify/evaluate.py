"""How well the network recognises lifters and footage that it never saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.classify.calibration import calibration_error, fit_temperature, wilson
from pipeline.classify.dataset import UNKNOWN, Example, Progress, class_of
from pipeline.classify.folds import split
from pipeline.classify.lessons import Lessons
from pipeline.classify.recognise import answer, tempered, with_the_commoner_first
from pipeline.classify.runs import Runs, fingerprint
from pipeline.classify.train import TrainingSettings, recogniser_of, train

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

    ``raw`` (N, C) are the probabilities before they were made honest; ``fold`` (N,) tells which of
    the networks judged.
    """

    examples: tuple[Example, ...]
    classes: tuple[str, ...]
    raw: Floats
    fold: npt.NDArray[np.int64]

    @property
    def temperature(self) -> float:
        """What makes the probabilities honest, from all clips of known exercises."""
        known = self._known()
        return fit_temperature(self.raw[known], self._truth()[known])

    @property
    def shares(self) -> Floats:
        """The probabilities (N, C) of a fold at the temperature that the other folds ask for."""
        shares, truth, known = np.zeros_like(self.raw), self._truth(), self._known()
        for fold in np.unique(self.fold):
            others = known & (self.fold != fold)
            temperature = fit_temperature(self.raw[others], truth[others]) if others.any() else 1.0
            shares[self.fold == fold] = tempered(self.raw[self.fold == fold], temperature)
        return shares

    def scores(self) -> tuple[ClassScore, ...]:
        """Return the score of every class."""
        truth, taken = self._truth(), self.raw.argmax(axis=1)
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
        truth, taken, shares = self._truth(), self.raw.argmax(axis=1), self.shares
        return tuple(
            Mistake(
                self.examples[i].name,
                self.classes[truth[i]],
                self.classes[taken[i]],
                round(float(shares[i, taken[i]]), 2),
                round(float(shares[i, truth[i]]), 2),
            )
            for i in np.flatnonzero(truth != taken)
        )

    def confusion(self) -> npt.NDArray[np.int64]:
        """Return how many clips of each class (rows) were taken for which (columns), (C, C)."""
        counts = np.zeros((len(self.classes), len(self.classes)), np.int64)
        np.add.at(counts, (self._truth(), self.raw.argmax(axis=1)), 1)
        return counts

    def summary(self) -> dict[str, Any]:
        """Return the figures as JSON values.

        ``low`` and ``high`` bound the share that was right with 95 % confidence, clips taken as
        independent; ``mean_recall`` is the mean over the known classes; ``calibration_error`` is of
        the probabilities at a temperature that other folds gave.
        """
        scores = [s for s in self.scores() if s.clips]
        known = [s for s in scores if s.name != UNKNOWN]
        unknown = [s for s in scores if s.name == UNKNOWN]
        right, clips = sum(s.right for s in known), sum(s.clips for s in known)
        low, high = wilson(right, clips)
        members = self._known()
        error = calibration_error(self.shares[members], self._truth()[members])
        return {
            "right": right,
            "clips": clips,
            "low": round(low, 4),
            "high": round(high, 4),
            "mean_recall": round(float(np.mean([s.right / s.clips for s in known])), 4),
            "unknown_right": sum(s.right for s in unknown),
            "unknown_clips": sum(s.clips for s in unknown),
            "folds": len(np.unique(self.fold)),
            "temperature": round(self.temperature, 3),
            "calibration_error": round(error, 4),
            "classes": {s.name: [s.right, s.clips] for s in scores},
        }

    def _known(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self._truth() != self.classes.index(UNKNOWN))

    def _truth(self) -> npt.NDArray[np.int64]:
        return np.array([class_of(e.label, self.classes) for e in self.examples], np.int64)


def cross_validate(
    judged: Lessons,
    others: Sequence[Lessons],
    classes: Sequence[str],
    settings: TrainingSettings,
    folds: int,
    runs: Runs,
    progress: Progress,
) -> Evaluation:
    """Judge every example of ``judged`` by networks trained without its group.

    ``others`` are trained on in every fold and never judged. With as many folds as groups one group
    is left out at a time. Finished folds come from ``runs``.
    """
    examples = judged.examples
    parts = split(examples, classes, folds)
    data = [fingerprint(kind.examples) for kind in (judged, *others)]
    made_from = (data, [kind.weight for kind in (judged, *others)], tuple(classes), settings)
    raw = np.zeros((len(examples), len(classes)))
    fold = np.zeros(len(examples), np.int64)
    for number, part in enumerate(parts):

        def fold_progress(what: str, done: int, total: int, number: int = number) -> None:
            progress(f"fold {number + 1} of {len(parts)}, {what}", done, total)

        def judge(part: list[int] = part, report: Progress = fold_progress) -> list[list[float]]:
            committee = train([judged.without(part), *others], classes, settings, report)
            recogniser = recogniser_of(committee, classes)
            return [answer(recogniser, examples[i].track).tolist() for i in part]

        raw[part] = runs.result(f"fold-{number + 1}-of-{len(parts)}", (made_from, part), judge)
        fold[part] = number
    shares = with_the_commoner_first(raw, classes)
    return Evaluation(tuple(examples), tuple(classes), shares, fold)
