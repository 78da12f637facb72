"""Everything the network is taught from, put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.classify.augment import Augmentation
from pipeline.classify.dataset import Example, Progress, choose_classes
from pipeline.classify.lessons import Lessons, prepare
from pipeline.classify.synthesize import (
    made_up_sets,
    mixture_sets,
    pastime_sets,
    stranger_sets,
    synthetic_sets,
)
from references.motions import motions

_SYNTHETIC_SETS: Final = 5720
"""260 of every exercise."""

_MADE_UP_EACH: Final = 150
_PASTIMES: Final = 900
_STRANGERS: Final = 960
_MIXTURES: Final = 1500

# How often a track is varied, and how much a lifter filmed counts next to a synthetic set. An
# exercise of which two lifters were filmed is so learned from synthetic sets mostly: shown those
# two alone, a network takes whoever stands like them for one of them.
_REAL, _SYNTHETIC, _MADE_UP = (40, 10.0), (2, 1.0), (1, 0.25)
_IDLE, _STRANGE, _MIXED = (4, 1.5), (2, 2.5), (2, 1.0)
_KEYPOINTS: Final = (20, 5.0)


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
    others = [lessons(keypoints, _KEYPOINTS)] if keypoints else []
    if synthetic:
        sets = synthetic_sets(_SYNTHETIC_SETS, seed=seed, progress=progress)
        others.append(lessons(sets, _SYNTHETIC))
        others.append(lessons(made_up_sets(known, _MADE_UP_EACH, seed=seed), _MADE_UP))
        others.append(lessons(pastime_sets(_PASTIMES, seed=seed, progress=progress), _IDLE))
        strange = stranger_sets(_STRANGERS, seed=seed, progress=progress)
        others.append(lessons(strange, _STRANGE))
        mixed = mixture_sets(_MIXTURES, seed=seed, progress=progress)
        others.append(lessons(mixed, _MIXED))
    return Curriculum(lessons(clips, _REAL), tuple(others), choose_classes(clips, known))
