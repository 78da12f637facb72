"""A trained network, and how wide its intervals have to be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from pipeline.space.answer import Interval
from pipeline.space.features import Indices, Sight, features
from pipeline.space.measures import MEASURES, MIRRORED, MOST_FAULTS
from references.exercises import STAGES

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

Network = Callable[[Singles, Indices, Indices], tuple[Singles, Singles]]
"""What is seen (P, FEATURES) of P repetitions, of which of S sets each is (P,) and the exercise of
each set (S,) in; sizes (P, SIZES, 3) in units of `UNIT_DEG` and views (S, 4) out
(`pipeline.space.model.SpaceNetwork`)."""

UNIT_DEG: Final = 30.0
"""The network speaks of angles in this unit: about how much they differ."""

MEASURED: Final = len(STAGES) * len(MEASURES)
"""How many measures are told of a repetition."""

SIZES: Final = MEASURED + MOST_FAULTS
"""What is told of a repetition: the measures stage by stage, then the faults."""

_IN_MIRROR: Final = (
    *(stage * len(MEASURES) + i for stage in range(len(STAGES)) for i in MIRRORED),
    *range(MEASURED, SIZES),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of P repetitions of S sets.

    ``sizes`` (P, SIZES, 3) in degrees: what 10 % lie below, the middle, what 10 % lie above.
    ``view`` (S, 3) is the direction of the camera to the lifter's left, ahead and up; ``off_deg``
    (S,) how far off it may be.
    """

    sizes: Floats
    view: Floats
    off_deg: Floats

    def interval(self, size: int) -> Interval:
        """Return one of the sizes in each repetition."""
        low, middle, high = self.sizes[:, size].T
        return Interval(middle, low, high)


@dataclass(frozen=True, slots=True)
class Widths:
    """What makes the network's intervals hold what they promise on sets it did not learn from.

    ``below`` and ``above`` (E, SIZES) multiply how far the interval reaches to either side, by
    exercise; ``view`` (E,) how far off the view may be.
    """

    below: Floats
    above: Floats
    view: Floats

    @classmethod
    def as_told(cls, exercises: int) -> Self:
        """Return those that change nothing."""
        return cls(np.ones((exercises, SIZES)), np.ones((exercises, SIZES)), np.ones(exercises))


@dataclass(frozen=True, slots=True)
class Teller:
    """A network, the exercises it knows with their faults in its order, and the widths.

    ``chance_deg`` (E, MOST_FAULTS) is how far each fault surely goes, as told of a set done right,
    but for the rare one.
    """

    network: Network
    faults: Mapping[str, tuple[str, ...]]
    widths: Widths
    chance_deg: Floats

    @classmethod
    def as_told(cls, network: Network, faults: Mapping[str, tuple[str, ...]]) -> Self:
        """Return a teller that says what the network says, and takes nothing for chance."""
        widths = Widths.as_told(len(faults))
        return cls(network, faults, widths, np.zeros((len(faults), MOST_FAULTS)))

    def exercises(self) -> Sequence[str]:
        """Return the names of the exercises in the network's order."""
        return tuple(self.faults)

    def by_chance(self, exercise: str) -> Mapping[str, float]:
        """Return how far each fault surely goes, as told of a set done right, by name."""
        told = self.chance_deg[self.exercises().index(exercise)]
        return {name: float(deg) for name, deg in zip(self.faults[exercise], told, strict=False)}

    def tell(self, sight: Sight, exercise: Indices) -> Told:
        """Return what is told of sets of exercises (S,), indices.

        Each is also looked at in a mirror and the mean counts, so that a mirrored clip gets the
        mirrored answer.
        """
        sizes, view = self._ask(sight, exercise)
        mirrored_sizes, mirrored_view = self._ask(sight.mirrored(), exercise)
        sizes = (sizes + mirrored_sizes[:, _IN_MIRROR]) / 2 * UNIT_DEG
        view = (view + mirrored_view * [-1, 1, 1, 1]) / 2
        kind = exercise[sight.of]
        middle = sizes[..., 1]
        below = middle - (middle - sizes[..., 0]) * self.widths.below[kind]
        above = middle + (sizes[..., 2] - middle) * self.widths.above[kind]
        sizes = np.stack([below, middle, above], axis=-1)
        # No fault is smaller than none.
        sizes[:, MEASURED:] = np.maximum(sizes[:, MEASURED:], 0)
        length = np.linalg.norm(view[:, :3], axis=1, keepdims=True)
        off_deg = np.degrees(np.exp(view[:, 3])) * self.widths.view[exercise]
        return Told(sizes, view[:, :3] / length, np.minimum(off_deg, 180))

    def _ask(self, sight: Sight, exercise: Indices) -> tuple[Floats, Floats]:
        sizes, view = self.network(features(sight), sight.of, exercise)
        return sizes.astype(np.float64), view.astype(np.float64)
