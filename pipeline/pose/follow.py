"""Who lifts: people are followed from frame to frame; the one who moves like a set is chosen."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from pipeline.pose.people import People, overlaps

# Boxes of one person in successive frames overlap at least this much (intersection over union);
# the default of SORT (Bewley et al., "Simple online and realtime tracking", 2016) is 0.3.
_MIN_OVERLAP: Final = 0.3

# How far keypoints move from frame to frame, on average, in body heights: a tenth at a fast jump.
_POSE_REACH: Final = 0.1

# Somebody hidden for longer than this who comes back is followed as somebody new.
_MAX_ABSENCE_S: Final = 2.0

# Confidence from which a keypoint takes part in measuring how much somebody moves.
_MIN_CONFIDENCE: Final = 0.5


@dataclass(slots=True)
class Follower:
    """One person followed: at which frames they were seen, and as which row of ``People``."""

    frames: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    last_box: npt.NDArray[np.float32] = field(default_factory=lambda: np.zeros(4, np.float32))
    last_pose: npt.NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((17, 2), np.float32)
    )


def follow(people: list[People], t: npt.NDArray[np.float64]) -> list[Follower]:
    """Link the people of successive frames by the likeness of their poses.

    ``people`` holds one entry per frame, ``t`` (T,) their times in seconds. Returns everybody ever
    seen, in order of appearance. The links of a frame maximise the summed likeness (the Hungarian
    method) among those whose boxes overlap.
    """
    followers: list[Follower] = []
    for index, seen in enumerate(people):
        active = [f for f in followers if t[index] - t[f.frames[-1]] <= _MAX_ABSENCE_S]
        linked: set[int] = set()
        if active and len(seen.boxes):
            overlap = overlaps(np.stack([f.last_box for f in active]), seen.boxes)
            likeness = _likeness(np.stack([f.last_pose for f in active]), seen)
            likeness[overlap < _MIN_OVERLAP] = 0.0
            for a, b in zip(*linear_sum_assignment(-likeness), strict=True):
                if likeness[a, b] > 0:
                    _extend(active[a], index, int(b), seen)
                    linked.add(int(b))
        for row in range(len(seen.boxes)):
            if row not in linked:
                newcomer = Follower()
                _extend(newcomer, index, row, seen)
                followers.append(newcomer)
    return followers


def choose_lifter(followers: list[Follower], people: list[People]) -> Follower | None:
    """Return the one who most likely lifts, or None when nobody was seen.

    The score multiplies the share of frames somebody is in, how far their limbs move relative to
    their own body, and the square root of their height in the picture: passers-by fail the first,
    spotters and bystanders the second, reflections and people at the back the third.
    """
    if not followers:
        return None
    return max(followers, key=lambda follower: _lifting_score(follower, people))


def _extend(follower: Follower, frame: int, row: int, seen: People) -> None:
    follower.frames.append(frame)
    follower.rows.append(row)
    follower.last_box = seen.boxes[row]
    follower.last_pose = seen.xy[row]


def _likeness(poses: npt.NDArray[np.float32], seen: People) -> npt.NDArray[np.float32]:
    """Likeness, above 0 to 1, of every pose (A, 17, 2) to every one of the N people seen, (A, N).

    It falls off exponentially with the mean distance of the keypoints: when one person walks past
    another, staying with both costs less than swapping them, which a squared distance would favour.
    """
    size = (seen.boxes[:, 2:] - seen.boxes[:, :2]).max(axis=1)
    distance = np.linalg.norm(poses[:, None] - seen.xy[None], axis=3).mean(axis=2)
    return np.asarray(np.exp(-distance / (_POSE_REACH * np.maximum(size, 1))), np.float32)


def _lifting_score(follower: Follower, people: list[People]) -> float:
    at = list(zip(follower.frames, follower.rows, strict=True))
    boxes = np.stack([people[f].boxes[r] for f, r in at])
    xy = np.stack([people[f].xy[r] for f, r in at])
    conf = np.stack([people[f].conf[r] for f, r in at])
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 1).max(axis=1)
    centred = xy - np.median(xy, axis=1, keepdims=True)
    relative = np.where(conf[..., None] >= _MIN_CONFIDENCE, centred / size[:, None, None], np.nan)
    seen = np.isfinite(relative[..., 0]).sum(axis=0) >= max(3, len(at) // 4)
    if not seen.any():
        return 0.0
    low, high = np.nanpercentile(relative[:, seen], (10, 90), axis=0)
    movement = float(np.linalg.norm(high - low, axis=-1).max())
    presence = len(at) / len(people)
    return presence * movement * float(np.sqrt(np.median(size)))
