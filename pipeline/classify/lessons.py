"""What the network is taught from: every source of movement, varied once and kept as features.

Varying and describing a track costs more than teaching a network with it, and the networks of a
committee and of a cross-validation share what was made once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.classify.augment import Augmentation
from pipeline.classify.dataset import Example, Progress
from pipeline.classify.features import FEATURES, STEPS, features
from pipeline.pose.visibility import in_sight

_REPORT_EVERY: Final = 50


@dataclass(frozen=True, slots=True)
class Lessons:
    """Examples of one kind and ``variations`` of each.

    ``steps`` (N, V, 30, F) are the features, float16 to save memory; ``weight`` is how much a
    group of this kind counts in the teaching of its class, next to a group of the other kinds.
    """

    examples: tuple[Example, ...]
    steps: npt.NDArray[np.float16]
    weight: float

    def without(self, left_out: Sequence[int]) -> "Lessons":
        """Return the lessons less some examples."""
        kept = np.setdiff1d(np.arange(len(self.examples)), left_out)
        return Lessons(tuple(self.examples[i] for i in kept), self.steps[kept], self.weight)


def prepare(
    examples: Sequence[Example],
    variations: int,
    weight: float,
    augmentation: Augmentation,
    seed: int,
    progress: Progress,
) -> Lessons:
    """Return ``variations`` of what is in sight of every example, the same for the same seed."""
    steps = np.zeros((len(examples), variations, STEPS, FEATURES), np.float16)
    for number, example in enumerate(examples):
        if number % _REPORT_EVERY == 0:
            progress("varying movements", number, len(examples))
        rng = np.random.default_rng((seed, number))
        track = in_sight(example.track)
        for variation in range(variations):
            steps[number, variation] = features(augmentation(track, rng))
    progress("varying movements", len(examples), len(examples))
    return Lessons(tuple(examples), steps, weight)
