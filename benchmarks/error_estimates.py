"""How honest error estimates are on real frames, and by how much they must grow to be so."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.pose.reliability import SHARE_WITHIN, Reliability
from references.skeleton import KEYPOINT_KINDS, KIND_OF_KEYPOINT

Floats = npt.NDArray[np.float64]

# Fewer keypoints of a kind and posture than this say little; then all of the kind count, and where
# a kind was not labelled (the face) all of the posture.
_ENOUGH: Final = 30


@dataclass(slots=True)
class Estimates:
    """How far off labelled keypoints are, in shares of their estimated errors.

    One entry a keypoint: ``ratio``, its kind (an index into `KEYPOINT_KINDS`), whether the body
    lies, and the ``group`` of its frame, the same for footage of one person or place.
    """

    ratio: list[float] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    lying: list[bool] = field(default_factory=list)
    group: list[str] = field(default_factory=list)

    def add(
        self,
        off: npt.NDArray[np.floating],
        error: npt.NDArray[np.floating],
        counted: npt.NDArray[np.bool_],
        *,
        lying: bool,
        group: str,
    ) -> None:
        """Add what is ``counted`` of 17 keypoints, ``off`` by and with an ``error`` in pixels."""
        chosen = np.flatnonzero(counted & np.isfinite(off) & np.isfinite(error))
        self.ratio += (off[chosen] / error[chosen]).tolist()
        self.kind += [KIND_OF_KEYPOINT[keypoint] for keypoint in chosen]
        self.lying += [lying] * len(chosen)
        self.group += [group] * len(chosen)

    def within(self) -> float:
        """Return the share of keypoints within their estimated error."""
        return float(np.mean(np.array(self.ratio) <= 1))

    def within_held_out(self) -> float:
        """Return that share if each group's estimates were fitted to the other groups."""
        ratio, groups = np.array(self.ratio), np.array(self.group)
        held = np.zeros(len(ratio), np.bool_)
        for group in np.unique(groups):
            own = groups == group
            held[own] = (ratio <= self._factors(~own)[self.kind, np.array(self.lying, int)])[own]
        return float(held.mean())

    def fitted(self, reliability: Reliability) -> Reliability:
        """Return estimates, those given being what was measured against, that hold what they say.

        `SHARE_WITHIN` of the keypoints of each kind and posture lie within them.
        """
        everything = np.ones(len(self.ratio), np.bool_)
        return Reliability(reliability.off, reliability.real * self._factors(everything))

    def _factors(self, counted: npt.NDArray[np.bool_]) -> Floats:
        """Return by how much estimates must grow (9, 2), by kind and posture, to hold."""
        ratio, kind, lying = np.array(self.ratio), np.array(self.kind), np.array(self.lying)
        factors = np.ones((len(KEYPOINT_KINDS), 2))
        for which, posture in np.ndindex(factors.shape):
            of_kind, alike = counted & (kind == which), counted & (lying == bool(posture))
            for chosen in (of_kind & alike, of_kind, alike):
                if chosen.sum() >= _ENOUGH:
                    factors[which, posture] = np.quantile(ratio[chosen], SHARE_WITHIN)
                    break
        return factors
