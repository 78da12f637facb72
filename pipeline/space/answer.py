"""What is told of a set in space."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from references.exercises import Stage

Floats = npt.NDArray[np.float64]

# How much of a limit the whole interval must lie beyond.
_SURE_SHARE: Final = 0.75

# One repetition that is off among so many or more is more likely told wrongly than done wrongly:
# all 11 of 599 synthetic sets done right in which a joint was off were off in one of three.
_ONE_OF: Final = 3


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

    def surely_beyond(self, limit_deg: float) -> npt.NDArray[np.bool_]:
        """Return in which repetitions (R,) the size surely goes beyond a limit.

        It must, and the whole interval beyond three quarters of the limit: who is off by that much
        needs the correction, though less urgently. One repetition alone does not count where there
        are others.
        """
        beyond = np.asarray((self.deg > limit_deg) & (self.low_deg > _SURE_SHARE * limit_deg))
        alone = beyond.sum() == 1 and np.isfinite(self.deg).sum() >= _ONE_OF
        return np.zeros_like(beyond) if alone else beyond

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
    each surely goes, as told of a set done right, but for the rare one.
    """

    angles: Mapping[Stage, Mapping[str, Interval]]
    faults: Mapping[str, Interval]
    by_chance_deg: Mapping[str, float]
    view: View
