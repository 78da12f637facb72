"""Holding a position: for how long the lifter keeps still, where that is the exercise."""

from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.pose.smooth import torso_length
from pipeline.pose.track import PoseTrack
from pipeline.repetitions.swings import Swing, TimedSwing
from references.skeleton import KEYPOINT_INDEX

# Half of the keypoints below the head lie within this of where they mostly are, in torso lengths:
# hips that sag by a hand's breadth still hold, getting down and up do not.
_STILL: Final = 0.25

# A doubtful moment as short as this does not end a hold, and a shorter hold is none.
_LAPSE_S: Final = 0.7
_LEAST_S: Final = 2.0

_BODY: Final = slice(KEYPOINT_INDEX["left_shoulder"], None)


def find_holds(track: PoseTrack) -> tuple[TimedSwing, ...]:
    """Return the longest time in which the lifter keeps still as one repetition, or none.

    It turns in its middle. It is neither cut off nor begun before the clip: a hold may be filmed
    from within.
    """
    xy = track.xy[:, _BODY].astype(np.float64)
    known = np.isfinite(xy[..., 0])
    if not known.any():
        return ()
    usual = np.full(xy.shape[1:], np.nan)
    ever = known.any(axis=0)
    usual[ever] = np.nanmedian(xy[:, ever], axis=0)
    off = np.linalg.norm(xy - usual, axis=2) / torso_length(track.xy)
    near = (np.where(known, off, np.inf) <= _STILL).sum(axis=1)
    still = near >= np.maximum(known.sum(axis=1) / 2, 1)
    first, last = _longest(np.flatnonzero(still), track.t)
    start_s, end_s = float(track.t[first]), float(track.t[last])
    if end_s - start_s < _LEAST_S:
        return ()
    middle = (first + last) // 2
    turn_s = float(track.t[middle])
    swing = Swing(first, middle, last)
    return (TimedSwing(swing, start_s, turn_s, turn_s, end_s, way=1.0, cut_off=False),)


def _longest(still: npt.NDArray[np.intp], t: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return the first and the last frame of the longest run, short lapses bridged."""
    if not len(still):
        return 0, 0
    runs = np.split(still, np.flatnonzero(np.diff(t[still]) > _LAPSE_S) + 1)
    run = max(runs, key=lambda frames: t[frames[-1]] - t[frames[0]])
    return int(run[0]), int(run[-1])
