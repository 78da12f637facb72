"""Everything the network is taught from, put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.classify.augment import Augmentation
from pipeline.classify.dataset import Example, Progress, choose_classes
from pipeline.classify.lessons import Lessons, prepare
from pipeline.classify.synthesize import made_up_sets, pastime_sets, synthetic_sets
from references.motions import motions

_SYNTHETIC_SETS: Final = 1320
"""Sixty of every exercise."""

_MADE_UP_EACH: Final = 150
_PASTIMES: Final = 600

# How often a track is varied, and how much of the teaching comes from its kind: real clips are few
# and weigh most. The shares were chosen while looking at cross-validations of the real clips.
_REAL, _SYNTHETIC, _MADE_UP, _IDLE = (60, 0.5), (8, 0.25), (1, 0.15), (4, 0.1)


@dataclass(frozen=True, slots=True)
class Curriculum:
    """What is taught: ``clips`` are judged in a cross-validation, the ``others`` never."""

    clips: Lessons
    others: tuple[Lessons, ...]
    classes: tuple[str, ...]


def plan(
    clips: Sequence[Example],
    keypoints: Sequence[Example],
    *,
    synthetic: bool,
    augmentation: Augmentation,
    seed: int,
    progress: Progress,
) -> Curriculum:
    """Return the lessons from clips, stored ``keypoints`` and, if wanted, the synthetic lifter.

    The synthetic lifter's sets bring every exercise with a motion among the classes, whether there
    is a clip of it or not.
    """

    def lessons(examples: Sequence[Example], kind: tuple[int, float]) -> Lessons:
        return prepare(examples, *kind, augmentation, seed, progress)

    known = tuple(motions()) if synthetic else ()
    others = [lessons(keypoints, (20, 0.05))] if keypoints else []
    if synthetic:
        sets = synthetic_sets(_SYNTHETIC_SETS, seed=seed, progress=progress)
        others.append(lessons(sets, _SYNTHETIC))
        others.append(lessons(made_up_sets(known, _MADE_UP_EACH, seed=seed), _MADE_UP))
        others.append(lessons(pastime_sets(_PASTIMES, seed=seed, progress=progress), _IDLE))
    return Curriculum(lessons(clips, _REAL), tuple(others), choose_classes(clips, known))
