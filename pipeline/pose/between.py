"""Telling the frames between three looks, where the lifter moves evenly enough."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.interpolate import BarycentricInterpolator

from pipeline.pose.attend import Sightings

Floats = npt.NDArray[np.float32]

# A third of a second's movement is even when no keypoint of the frame in the middle lies further
# than this off the straight line between the outer two, in shares of the body's longer side: half
# of it is the network's own jitter (benchmarks/README.md says what other shares cost and save).
_EVENNESS: Final = 0.04

# Confidence from which a keypoint takes part in measuring evenness.
_MIN_CONFIDENCE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Course:
    """The lifter's keypoints over all frames, filled in as frames are looked at.

    ``t`` (T,) seconds, ``xy`` (T, 17, 2) pixels, NaN where not known, ``conf`` (T, 17); ``tall`` is
    the longer side of the lifter's box in pixels.
    """

    t: npt.NDArray[np.float64]
    xy: Floats
    conf: Floats
    tall: float

    @classmethod
    def beginning(cls, t: npt.NDArray[np.float64], lifter: Sightings) -> Self:
        """Return the course at times ``t`` of which only the sightings are known."""
        xy = np.full((len(t), 17, 2), np.nan, np.float32)
        conf = np.zeros((len(t), 17), np.float32)
        seen = np.searchsorted(t, lifter.t)
        xy[seen], conf[seen] = lifter.xy, lifter.conf
        longer_sides = (lifter.boxes[:, 2:] - lifter.boxes[:, :2]).max(axis=1)
        return cls(t, xy, conf, float(np.median(longer_sides)))

    def on_the_way(self, first: int, middle: int, last: int) -> Floats:
        """Return the keypoints (17, 2) on the straight way from one frame to another."""
        weight = np.float32((self.t[middle] - self.t[first]) / (self.t[last] - self.t[first]))
        return np.asarray((1 - weight) * self.xy[first] + weight * self.xy[last])

    def is_even(self, first: int, middle: int, last: int) -> bool:
        """Return whether the lifter moves evenly, judged by three frames; not if one is unknown."""
        looks = [first, middle, last]
        seen = (self.conf[looks] >= _MIN_CONFIDENCE).all(axis=0)
        if not seen.any():
            return False
        expected = self.on_the_way(first, middle, last)
        off = np.linalg.norm(self.xy[middle] - expected, axis=1)[seen]
        return bool(off.max() < _EVENNESS * self.tall)

    def fill(self, first: int, middle: int, last: int) -> None:
        """Put in the frames between three, on the quadratic through them.

        A straight line would cut off turning points. They are as sure as the least sure of the
        three.
        """
        looks = [first, middle, last]
        between = np.setdiff1d(np.arange(first, last), looks)
        path = BarycentricInterpolator(self.t[looks], self.xy[looks].astype(np.float64))
        self.xy[between] = path(self.t[between])
        self.conf[between] = self.conf[looks].min(axis=0)
