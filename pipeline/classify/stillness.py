"""Whether a lifter holds still: who moves does not hold a position."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.classify.dataset import UNKNOWN
from pipeline.pose.proportions import torso_by_limbs
from pipeline.pose.track import PoseTrack
from references.motions import is_held

Floats = npt.NDArray[np.float64]

# Who moves further, in torso lengths, does not hold. In 95 of 100 synthetic planks nothing moves
# further than 0.27, hips that sag or rise among them; the only real one moves by 0.024.
_HOLDS_WITHIN: Final = 0.35

# A keypoint counts that is known in so many of the frames, and seen rather than guessed.
_KNOWN_SHARE: Final = 0.7
_SEEN: Final = 0.5

# The keypoint that moves most of all may be misplaced; this is the next one.
_MOST_BUT_ONE: Final = 2

# A keypoint goes from and to where it is beyond in this share of the time, in percent.
_BETWEEN: Final = (20, 80)


def held_by_who_holds(
    shares: Floats, classes: Sequence[str], tracks: Sequence[PoseTrack]
) -> Floats:
    """Return shares (N, C) in which no lifter who moves holds a position.

    What such an exercise had of them is then unknown; where that is no class, all others share it,
    and where there are none, it stays.
    """
    held = np.array([is_held(name) for name in classes])
    moving = np.array([moved(track) > _HOLDS_WITHIN for track in tracks])
    kept = np.where(moving[:, None] & held, 0.0, shares)
    if UNKNOWN in classes:
        kept[:, list(classes).index(UNKNOWN)] += (shares - kept).sum(axis=1)
    left = kept.sum(axis=1, keepdims=True)
    return np.where(left > 0, kept / np.maximum(left, np.finfo(np.float64).tiny), shares)


def moved(track: PoseTrack) -> float:
    """Return how far a lifter moves on the spot, in torso lengths; 0 of somebody hardly seen.

    It is the way of the keypoint that moves most but one, next to the body's middle, between where
    it is beyond for a fifth of the time and where it is before for another. ``track`` has what is
    in sight (`pipeline.pose.visibility.in_sight`).
    """
    known = np.isfinite(track.xy[..., 0])
    counted = (known.mean(axis=0) >= _KNOWN_SHARE) & (track.conf.mean(axis=0) >= _SEEN)
    torso = torso_by_limbs(track.xy)
    if counted.sum() < _MOST_BUT_ONE or not torso > 0:
        return 0.0
    body = track.xy[known.any(axis=1)]
    place = body[:, counted] - np.nanmedian(body, axis=1, keepdims=True)
    low, high = np.nanpercentile(place, _BETWEEN, axis=0)
    return float(np.sort(np.linalg.norm(high - low, axis=1))[-_MOST_BUT_ONE] / torso)
