"""Following everybody from look to look."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from pipeline.pose.people import People

Floats = npt.NDArray[np.float32]

# Half of a lifter's keypoints hardly move in the third of a second between two looks, and whoever
# walks goes a quarter of their height: keypoints whose median is further than this from where they
# were expected, in body heights, are somebody else's. Boxes would not tell: raised arms change them
# more. (In made-up company the lifter is kept in 98.9 % of looks with 0.3 and in 99.8 % with 0.5,
# without more of others being mixed in.)
_REACH: Final = 0.5

# How fast a likeness falls off with the mean distance of the keypoints, in body heights.
_POSE_REACH: Final = 0.1

# How much of a newly seen change of place goes into the speed at which somebody is expected on.
_NEW_SPEED: Final = 0.5

# Somebody hidden for longer than this who comes back is followed as somebody new.
_MAX_ABSENCE_S: Final = 2.0


@dataclass(slots=True)
class Follower:
    """One person followed: at which frames they were seen, and as which row of ``People``."""

    frames: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


class _Trail:
    """Where a follower was last, how fast they were, and how large."""

    def __init__(self, t: float, pose: Floats, size: float) -> None:
        self.follower = Follower()
        self.t = t
        self._pose = pose
        self._speed = np.zeros(2, np.float32)
        self.size = size

    def expected(self, t: float) -> Floats:
        """Return the keypoints (17, 2) at ``t`` if the body goes on as it went."""
        return self._pose + self._speed * np.float32(t - self.t)

    def extend(self, t: float, pose: Floats, size: float) -> None:
        went = np.median(pose - self._pose, axis=0) / np.float32(t - self.t)
        self._speed += np.float32(_NEW_SPEED) * (went - self._speed)
        self.t, self._pose, self.size = t, pose, size


def follow(people: list[People], t: npt.NDArray[np.float64]) -> list[Follower]:
    """Link the people of successive frames by the likeness of their poses.

    ``people`` holds one entry per frame, ``t`` (T,) their times in seconds. Returns everybody ever
    seen, in order of appearance. The links of a frame maximise the summed likeness (the Hungarian
    method) to where everybody is expected at constant velocity.
    """
    trails: list[_Trail] = []
    for index, (seen, now) in enumerate(zip(people, t.tolist(), strict=True)):
        active = [trail for trail in trails if now - trail.t <= _MAX_ABSENCE_S]
        sizes = (seen.boxes[:, 2:] - seen.boxes[:, :2]).max(axis=1, initial=1.0)
        linked: dict[int, _Trail] = {}
        if active and len(sizes):
            likeness = _likeness(active, now, seen.xy, sizes)
            for a, b in zip(*linear_sum_assignment(-likeness), strict=True):
                if likeness[a, b] > 0:
                    linked[int(b)] = active[a]
        for row, size in enumerate(sizes.tolist()):
            pose = seen.xy[row]
            if row in linked:
                trail = linked[row]
                trail.extend(now, pose, size)
            else:
                trail = _Trail(now, pose, size)
                trails.append(trail)
            trail.follower.frames.append(index)
            trail.follower.rows.append(row)
    return [trail.follower for trail in trails]


def _likeness(trails: list[_Trail], t: float, poses: Floats, sizes: Floats) -> Floats:
    """Likeness, 0 to 1, of everybody followed to every pose (N, 17, 2) seen at ``t``, (A, N).

    It falls off exponentially with the mean distance of the keypoints: when one person walks past
    another, staying with both costs less than swapping them, which a squared distance would favour.
    It is 0 out of reach.
    """
    expected = np.stack([trail.expected(t) for trail in trails])
    size = np.maximum(np.array([trail.size for trail in trails])[:, None], sizes)
    off = np.linalg.norm(expected[:, None] - poses[None], axis=3) / size[..., None]
    likeness = np.exp(-off.mean(axis=2) / _POSE_REACH)
    return np.where(np.median(off, axis=2) <= _REACH, likeness, 0.0).astype(np.float32)
