"""Step 5, repetitions: the velocity minima of the movement (the paper's section 4.4.1).

A lifter stands still, for a moment at least, where a repetition starts and where it turns. The
movement is reduced to one signal, its turning points are found, and each swing away from the start
position and back is a repetition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from pipeline.pose.smooth import torso_length
from pipeline.pose.track import PoseTrack
from references.skeleton import KEYPOINT_INDEX

Floats = npt.NDArray[np.float64]

LIMB_ENDS: Final = (
    *("left_elbow", "right_elbow", "left_wrist", "right_wrist"),
    *("left_knee", "right_knee", "left_ankle", "right_ankle"),
)
"""What moves in an exercise that nothing is known about."""

# A keypoint seen in less than this share of the frames says too little about the movement.
_MIN_PRESENCE: Final = 0.5

# A swing smaller than this, in torso lengths of the moving keypoints together, is fidgeting.
_MIN_SWING: Final = 0.25

# A swing smaller than this share of the typical one is no repetition of the set.
_MIN_SHARE: Final = 0.4

# A swing must come back at least this share of the way it went, or the clip cut it off. People who
# stop filming while they lower the last repetition count it.
_MIN_RETURN: Final = 0.25

# The lifter counts as resting within this share of the swing from the start position. The velocity
# minimum is looked for this long before the movement leaves that zone, and after it is back:
# longer pauses belong to no repetition.
_AT_REST: Final = 0.08
_REST_S: Final = 0.5

# No barbell goes away and comes back faster than this.
_MIN_REPETITION_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Swing:
    """One repetition as indices into the track: the three velocity minima that bound its ways."""

    start: int
    turn: int
    end: int


def movement_signal(track: PoseTrack, moving: Sequence[str] = LIMB_ENDS) -> Floats | None:
    """Return the movement along its main direction, (T,) in torso lengths, sign arbitrary.

    It is the first principal component of the ``moving`` keypoints relative to the middle of the
    shoulders, or to the one that is not hidden, so neither the camera's shake nor a step to the
    side takes part. None when too little was seen of them.
    """
    xy = track.xy.astype(np.float64)
    scale = torso_length(xy)
    shoulders = xy[:, [KEYPOINT_INDEX["left_shoulder"], KEYPOINT_INDEX["right_shoulder"]]]
    seen = np.isfinite(shoulders[..., 0]).mean(axis=0) >= _MIN_PRESENCE
    if not np.isfinite(scale) or not seen.any():
        return None
    anchor = shoulders[:, seen].mean(axis=1)
    channels = []
    for name in moving:
        relative = (xy[:, KEYPOINT_INDEX[name]] - anchor) / scale
        known = np.isfinite(relative[:, 0])
        if known.mean() >= _MIN_PRESENCE:
            channels += [np.interp(track.t, track.t[known], relative[known, a]) for a in (0, 1)]
    if not channels:
        return None
    centred = np.stack(channels, axis=1)
    centred -= np.median(centred, axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    return np.asarray(centred @ direction, np.float64)


def find_swings(signal: Floats, t: Floats, *, turn_is_high: bool) -> tuple[Swing, ...]:
    """Return the repetitions of a movement whose turning points are its peaks, or else valleys.

    ``signal`` and ``t`` are (T,). A swing must leave the start position and come back to it: what
    the clip cuts off before the turn or right after it is none.
    """
    s = signal if turn_is_high else -signal
    turns = _peaks(s)
    bounds = [0, *turns, len(s) - 1]
    swings = []
    for before, turn, after in zip(bounds, turns, bounds[2:], strict=False):
        way_out = s[turn] - s[before : turn + 1].min()
        way_back = s[turn] - s[turn : after + 1].min()
        if min(way_out, way_back) < _MIN_RETURN * max(way_out, way_back):
            continue
        start, end = _start(s, t, before, turn), _end(s, t, turn, after)
        if t[end] - t[start] >= _MIN_REPETITION_S:
            swings.append(Swing(start, turn, end))
    return tuple(swings)


def _peaks(s: Floats) -> list[int]:
    """Return the indices of the peaks that stand out by a good share of the movement's range.

    A peak is where the velocity changes its sign; less prominent ones are tremor.
    """
    low, high = np.percentile(s, (2, 98))
    prominence = max(_MIN_SWING, _MIN_SHARE * float(high - low))
    # A clip may begin or end in mid-air: beyond its ends the movement is taken to go on to the
    # start position, so that the first and the last peak stand out by the way that was seen.
    padded = np.pad(s, 1, constant_values=s.min())
    peaks = find_peaks(padded, prominence=prominence)[0] - 1
    return [int(i) for i in peaks if 0 < i < len(s) - 1]


def _start(s: Floats, t: Floats, before: int, turn: int) -> int:
    """Return the velocity minimum from which the swing that peaks at ``turn`` leaves."""
    way = s[before : turn + 1]
    resting = before + np.flatnonzero(way <= way.min() + _AT_REST * np.ptp(way))
    leaves = resting[-1]
    near = resting[t[resting] >= t[leaves] - _REST_S]
    return int(near[np.argmin(s[near])])


def _end(s: Floats, t: Floats, turn: int, after: int) -> int:
    """Return the velocity minimum at which the swing that peaks at ``turn`` arrives."""
    way = s[turn : after + 1]
    resting = turn + np.flatnonzero(way <= way.min() + _AT_REST * np.ptp(way))
    arrives = resting[0]
    near = resting[t[resting] <= t[arrives] + _REST_S]
    return int(near[np.argmin(s[near])])
