"""Following everybody from look to look."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from pipeline.pose.people import People
from references.geometry import bone_lengths

Floats = npt.NDArray[np.float32]

# Half of a lifter's keypoints hardly move in the third of a second between two looks, and whoever
# walks goes a quarter of their height: keypoints whose median is further than this from where they
# were expected, in body sizes, are somebody else's. (This and the next do best in made-up company.)
_REACH: Final = 0.6

# Turning and bending change what is seen of a body. Somebody this many times as large or as small
# as a moment ago is somebody else all the same, who passes before or behind.
_GROWTH: Final = 2.5

# How fast a likeness falls off with the mean distance of the keypoints, in body sizes.
_POSE_REACH: Final = 0.1

# How much of a newly seen change of place goes into the speed at which somebody is expected on, and
# for how long they are: who stays behind somebody else for longer has most likely stopped there.
_NEW_SPEED: Final = 0.5
_GOES_ON_S: Final = 1.0

# Somebody hidden for longer than this who comes back is followed as somebody new.
_MAX_ABSENCE_S: Final = 5.0


@dataclass(slots=True)
class Follower:
    """One person followed: at which frames they were seen, and as which row of ``People``."""

    frames: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


class _Trail:
    """Where a follower was last, how fast they were, and how large."""

    def __init__(self, t: float, pose: Floats) -> None:
        self.follower = Follower()
        self.t = t
        self.pose = pose
        self._speed = np.zeros(2, np.float32)

    def expected(self, t: float) -> Floats:
        """Return the keypoints (17, 2) at ``t`` if the body goes on as it went."""
        return self.pose + self._speed * np.float32(min(t - self.t, _GOES_ON_S))

    def extend(self, t: float, pose: Floats) -> None:
        went = np.median(pose - self.pose, axis=0) / np.float32(t - self.t)
        self._speed += np.float32(_NEW_SPEED) * (went - self._speed)
        self.t, self.pose = t, pose


def follow(people: list[People], t: npt.NDArray[np.float64]) -> list[Follower]:
    """Link the people of successive frames by the likeness of their poses.

    ``people`` holds one entry per frame, ``t`` (T,) their times in seconds. Returns everybody ever
    seen, in order of appearance. The links of a frame maximise the summed likeness (the Hungarian
    method) to where everybody is expected at constant velocity.
    """
    trails: list[_Trail] = []
    for index, (seen, now) in enumerate(zip(people, t.tolist(), strict=True)):
        active = [trail for trail in trails if now - trail.t <= _MAX_ABSENCE_S]
        linked: dict[int, _Trail] = {}
        if active and len(seen.xy):
            likeness = _likeness(active, now, seen.xy)
            for a, b in zip(*linear_sum_assignment(-likeness), strict=True):
                if likeness[a, b] > 0:
                    linked[int(b)] = active[a]
        for row, pose in enumerate(seen.xy):
            if row in linked:
                trail = linked[row]
                trail.extend(now, pose)
            else:
                trail = _Trail(now, pose)
                trails.append(trail)
            trail.follower.frames.append(index)
            trail.follower.rows.append(row)
    return [trail.follower for trail in trails]


def _likeness(trails: list[_Trail], t: float, poses: Floats) -> Floats:
    """Likeness, 0 to 1, of everybody followed to every pose (N, 17, 2) seen at ``t``, (A, N).

    It falls off exponentially with the mean distance of the keypoints: when one person walks past
    another, staying with both costs less than swapping them, which a squared distance would favour.
    It is 0 out of reach, and for bodies of another size.
    """
    expected = np.stack([trail.expected(t) for trail in trails])
    was, now = _size(np.stack([trail.pose for trail in trails]))[:, None], _size(poses)
    off = np.linalg.norm(expected[:, None] - poses, axis=3) / np.sqrt(was * now)[..., None]
    likeness = np.exp(-off.mean(axis=2) / _POSE_REACH)
    same = np.maximum(was / now, now / was) <= _GROWTH
    return np.where(same & (np.median(off, axis=2) <= _REACH), likeness, 0.0).astype(np.float32)


def _size(poses: Floats) -> Floats:
    """Return how large bodies (N, 17, 2) are in pixels: all bones at right angles to each other.

    Boxes would not tell: raised arms change them more.
    """
    return np.asarray(np.linalg.norm(bone_lengths(poses), axis=1).clip(min=1.0), np.float32)
