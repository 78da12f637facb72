"""Holding a position: for how long the lifter keeps still, where that is the exercise."""

from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.pose.smooth import torso_length
from pipeline.pose.track import PoseTrack
from pipeline.repetitions.swings import Swing, TimedSwing
from references.skeleton import KEYPOINT_INDEX

# Half of the keypoints below the head lie within this of where they are at one moment, in torso
# lengths: hips that sag by a hand's breadth still hold, getting down and up do not.
_STILL: Final = 0.25

# That moment is looked for this often.
_EVERY_S: Final = 0.5

# A doubtful moment as short as this does not end a hold, and a shorter hold is none.
_LAPSE_S: Final = 0.7
_LEAST_S: Final = 2.0

_BODY: Final = slice(KEYPOINT_INDEX["left_shoulder"], None)


def find_holds(track: PoseTrack) -> tuple[TimedSwing, ...]:
    """Return the longest time in which the lifter keeps still as one repetition, or none.

    It turns in its middle. It is neither cut off nor begun before the clip: a hold may be filmed
    from within.
    """
    xy = track.xy[:, _BODY].astype(np.float64) / torso_length(track.xy)
    moments = np.searchsorted(track.t, np.arange(track.t[0], track.t[-1], _EVERY_S))
    runs = [_longest(_alike(xy, moment), track.t) for moment in moments]
    first, last = max(runs, key=lambda run: track.t[run[1]] - track.t[run[0]], default=(0, 0))
    start_s, end_s = float(track.t[first]), float(track.t[last])
    if end_s - start_s < _LEAST_S:
        return ()
    middle = (first + last) // 2
    turn_s = float(track.t[middle])
    swing = Swing(first, middle, last)
    return (TimedSwing(swing, start_s, turn_s, turn_s, end_s, way=1.0, cut_off=False),)


def _alike(xy: npt.NDArray[np.float64], moment: int) -> npt.NDArray[np.intp]:
    """Return the frames in which half of the keypoints (T, K, 2) are where they are at a moment."""
    off = np.linalg.norm(xy - xy[moment], axis=2)
    known = np.isfinite(off).sum(axis=1)
    return np.flatnonzero(((off <= _STILL).sum(axis=1) >= known / 2) & (known > 0))


def _longest(still: npt.NDArray[np.intp], t: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return the first and the last frame of the longest run, short lapses bridged."""
    if not len(still):
        return 0, 0
    runs = np.split(still, np.flatnonzero(np.diff(t[still]) > _LAPSE_S) + 1)
    run = max(runs, key=lambda frames: t[frames[-1]] - t[frames[0]])
    return int(run[0]), int(run[-1])
