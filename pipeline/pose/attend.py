"""Where to look for the lifter, and whom to take for them, between two looks at whole frames."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from pipeline.pose.follow import Follower
from pipeline.pose.people import People, Region

Floats = npt.NDArray[np.float32]

# How much room a region leaves around the body, in shares of its longer side: in the third of a
# second between two looks at the whole frame an arm may rise over the head.
_ROOM: Final = 0.15

# A body this near to the region's edge, in the same shares, may be cut off by it.
_EDGE: Final = 0.02

# Somebody whose keypoints are on average further than this from where the lifter is expected, in
# the same shares, is somebody else.
_REACH: Final = 0.25

# What was seen longer ago than this says little about where a limb is: one look at the whole frame
# that did not find the lifter is forgiven, two are not.
_NEAR_S: Final = 0.34

# Before the first and after the last sighting the lifter is looked for this long: a little longer
# than from one look at a whole frame to the next.
_PATIENCE_S: Final = 0.5

# Who is this much smaller than usual, with keypoints less sure than the second, is perhaps half a
# body: the rest of it is where it surely was, at most so long before or after.
_HALF: Final = 0.7
_DOUBTED: Final = 0.35
_REMEMBERED_S: Final = 3.0

# A lifter none of whose keypoints moves by more than this share between looks is still; the
# network's own jitter is a third of it, the smallest repetition five times as large.
_STILLNESS: Final = 0.015

# Confidence from which a keypoint counts as seen: it takes part in measuring stillness.
_MIN_CONFIDENCE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Sightings:
    """The lifter in the frames that were looked at whole.

    ``t`` (S,) seconds, ``boxes`` (S, 4), ``xy`` (S, 17, 2) in pixels of the frames, ``conf``
    (S, 17); at least one.
    """

    t: npt.NDArray[np.float64]
    boxes: Floats
    xy: Floats
    conf: Floats

    @classmethod
    def of(cls, follower: Follower, people: Sequence[People], t: npt.NDArray[np.float64]) -> Self:
        """Return those of somebody followed through looks at ``people`` at times (W,)."""
        rows = [
            (people[look], row) for look, row in zip(follower.frames, follower.rows, strict=True)
        ]
        return cls(
            t[follower.frames],
            np.stack([seen.boxes[row] for seen, row in rows]),
            np.stack([seen.xy[row] for seen, row in rows]),
            np.stack([seen.conf[row] for seen, row in rows]),
        )

    def with_poses(self, xy: Floats, conf: Floats) -> Self:
        """Return the sightings with other keypoints (S, 17, 2) and confidences (S, 17).

        Where keypoints are those of somebody else, the sighting stays as it is.
        """
        own = _apart(xy, self.xy) <= _REACH * self._sizes()
        return replace(
            self,
            xy=np.where(own[:, None, None], xy, self.xy),
            conf=np.where(own[:, None], conf, self.conf),
        )

    def made_whole(self) -> Self:
        """Return the sightings with half a body completed by what was seen of it at other times.

        Of a body that writing or a machine cuts in two one half is seen, with limbs where it ends.
        """
        sides = _longer_sides(self.boxes)
        half = sides < _HALF * np.median(sides)
        xy = self.xy.copy()
        for keypoint in range(xy.shape[1]):
            sure = np.flatnonzero((self.conf[:, keypoint] >= _MIN_CONFIDENCE) & ~half)
            lost = np.flatnonzero((self.conf[:, keypoint] < _DOUBTED) & half)
            if not len(sure) or not len(lost):
                continue
            ago = np.abs(self.t[lost, None] - self.t[sure]).min(axis=1)
            lost = lost[ago <= _REMEMBERED_S]
            for axis in range(2):
                xy[lost, keypoint, axis] = np.interp(
                    self.t[lost], self.t[sure], xy[sure, keypoint, axis]
                )
        return replace(self, xy=xy)

    def found_again(self, people: Sequence[People], t: npt.NDArray[np.float64]) -> Self:
        """Return the sightings with those of whoever is where the lifter was when last seen.

        Or where the lifter would be by now, going on as before. ``people`` are those of each look
        at times ``t`` (W,). Of a body that is cut in two one half is followed, and the whole body
        is somebody new; who passes before or behind may be followed instead.
        """
        sightings = self
        looks = list(zip(t.tolist(), people, strict=True))
        for way in (looks, reversed(looks)):
            for now, seen in way:
                if 0 < np.abs(sightings.t - now).min() <= _PATIENCE_S:
                    row = sightings.row(seen, now, sightings.going_on(now))
                    if row is not None:
                        sightings = sightings._and_one(now, seen, row)
        return sightings

    def _and_one(self, t: float, people: People, row: int) -> Self:
        """Return the sightings and one more, of one of the people seen at ``t``."""
        place = int(np.searchsorted(self.t, t))
        return type(self)(
            np.insert(self.t, place, t),
            np.insert(self.boxes, place, people.boxes[row], axis=0),
            np.insert(self.xy, place, people.xy[row], axis=0),
            np.insert(self.conf, place, people.conf[row], axis=0),
        )

    def region(self, t: float, size: tuple[int, int]) -> Region | None:
        """Return where to look at ``t``, or None where the lifter is not expected.

        It holds both sightings around that time, and room for what happened between them. ``size``
        is the frame's width and height.
        """
        before, after = self._around(t)
        if min(abs(t - self.t[before]), abs(t - self.t[after])) > _PATIENCE_S and before == after:
            return None
        return surroundings(self.boxes[[before, after]], size)

    def is_near(self, t: float) -> bool:
        """Return whether a sighting is near enough in time to say where the lifter is at ``t``."""
        return bool(np.abs(self.t - t).min() <= _NEAR_S)

    def pose(self, t: float) -> tuple[Floats, Floats]:
        """Return keypoints (17, 2) and confidences (17,) at ``t``, between the sightings around."""
        before, after = self._around(t)
        span = self.t[after] - self.t[before]
        weight = np.float32((t - self.t[before]) / span if span else 0.0)
        xy = (1 - weight) * self.xy[before] + weight * self.xy[after]
        return xy, np.minimum(self.conf[before], self.conf[after])

    def is_still(self, t: float) -> bool:
        """Return whether the lifter stands still around ``t``: a movement cannot hide there.

        The sightings before and after must agree with each other and with their neighbours, three
        intervals in all.
        """
        before, after = self._around(t)
        if before == after:
            return False
        around = slice(max(before - 1, 0), after + 2)
        xy, conf = self.xy[around], self.conf[around]
        seen = (conf >= _MIN_CONFIDENCE).all(axis=0)
        moved = np.linalg.norm(np.diff(xy[:, seen], axis=0), axis=2)
        return bool(
            seen.any() and moved.max() < _STILLNESS * _longer_sides(self.boxes[around]).min()
        )

    def going_on(self, t: float) -> Floats:
        """Return keypoints (17, 2) at ``t`` if the lifter goes on, or went, as in two sightings."""
        if len(self.t) == 1 or self.t[0] <= t <= self.t[-1]:
            return self.pose(t)[0]
        near, far = (0, 1) if t < self.t[0] else (-1, -2)
        share = np.float32((t - self.t[near]) / (self.t[near] - self.t[far]))
        return np.asarray(self.xy[near] + share * (self.xy[near] - self.xy[far]))

    def row(self, people: People, t: float, *or_there: Floats) -> int | None:
        """Return which of the people seen at ``t`` is the lifter, or None for none of them.

        ``or_there`` are keypoints (17, 2) where the lifter may be as well as where expected.
        """
        if not len(people.scores):
            return None
        expected, _ = self.pose(t)
        apart = np.min([_apart(people.xy, each) for each in (expected, *or_there)], axis=0)
        nearest = int(apart.argmin())
        return nearest if apart[nearest] <= self._reach(t) else None

    def holds(self, xy: Floats, t: float) -> bool:
        """Return whether keypoints (17, 2) at ``t`` are near enough to be the lifter's."""
        expected, _ = self.pose(t)
        return bool(_apart(xy, expected) <= self._reach(t))

    def _reach(self, t: float) -> float:
        """Return how far from where expected the lifter may be at ``t``, in pixels."""
        before, _ = self._around(t)
        return float(_REACH * self._sizes()[before])

    def _sizes(self) -> Floats:
        """Return how large the lifter is at each sighting, (S,); a box may hold half a body."""
        sides = _longer_sides(self.boxes)
        return np.maximum(sides, np.median(sides))

    def _around(self, t: float) -> tuple[int, int]:
        """Return the indices of the last sighting before ``t`` and the first one after it.

        Outside of all sightings both are the nearest.
        """
        after = int(np.searchsorted(self.t, t, side="right"))
        last = len(self.t) - 1
        return max(after - 1, 0), min(after, last)


def surroundings(boxes: npt.NDArray[np.floating], size: tuple[int, int]) -> Region:
    """Return the region that holds all boxes (N, 4) and room to move.

    ``size`` is the frame's width and height.
    """
    room = _ROOM * _longer_sides(boxes).max()
    corner = np.floor(np.maximum(boxes[:, :2].min(axis=0) - room, 0)).astype(int)
    opposite = np.ceil(np.minimum(boxes[:, 2:].max(axis=0) + room, size)).astype(int)
    return Region(*corner.tolist(), *opposite.tolist())


def is_cut_off(box: Floats, region: Region, size: tuple[int, int]) -> bool:
    """Return whether a body reaches the edge of its region where the frame goes on."""
    near = _EDGE * float(_longer_sides(box[None])[0])
    inside = np.array([0, 0, *size])
    gap = np.abs(box - region)
    return bool(((gap < near) & (np.array(region) != inside)).any())


def _apart(a: Floats, b: Floats) -> Floats:
    """Return how far apart keypoints (..., 17, 2) are on average, (...)."""
    return np.asarray(np.linalg.norm(a - b, axis=-1).mean(axis=-1), np.float32)


def _longer_sides(boxes: npt.NDArray[np.floating]) -> Floats:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).max(axis=1), np.float32)
