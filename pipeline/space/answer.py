"""What is told of a set in space."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from references.exercises import Stage

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A size in degrees in each of R repetitions, and between what it lies with 80 % probability.

    ``deg``, ``low_deg`` and ``high_deg`` are (R,), NaN where it cannot be told.
    """

    deg: Floats
    low_deg: Floats
    high_deg: Floats

    def middle_deg(self) -> Floats:
        """Return the middle between both ends, (R,)."""
        return np.asarray((self.low_deg + self.high_deg) / 2)

    def where(self, known: npt.NDArray[np.bool_]) -> Self:
        """Return the same with NaN where ``known`` (R,) is false."""
        values = (self.deg, self.low_deg, self.high_deg)
        return type(self)(*(np.where(known, each, np.nan) for each in values))


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stands as the lifter sees it.

    ``azimuth_deg`` (0 to 360) is 0 in front of the lifter and 90 at the lifter's left;
    ``elevation_deg`` is above the horizon. The true direction lies within ``spread_deg`` of this
    one with 80 % probability.
    """

    azimuth_deg: float
    elevation_deg: float
    spread_deg: float


@dataclass(frozen=True, slots=True)
class SpaceAngles:
    """The true angles of a set.

    ``angles`` are the included angles in space at the stages of each repetition, by stage and joint
    name, like ``left_elbow``; ``faults`` how far each known fault of the exercise
    goes, by name, at the one of both moments at which it shows more. ``by_chance_deg`` is how far
    each is told to go in a set done right, but for the rare one.
    """

    angles: Mapping[Stage, Mapping[str, Interval]]
    faults: Mapping[str, Interval]
    by_chance_deg: Mapping[str, float]
    view: View
