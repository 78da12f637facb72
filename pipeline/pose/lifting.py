"""Which of the people followed lifts: told by how each of them moves over the whole clip."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from pipeline.pose.follow import Follower
from pipeline.pose.people import People, overlaps
from references.geometry import bone_lengths, lies
from references.skeleton import KEYPOINT_INDEX

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Confidence from which a keypoint takes part in measuring how much somebody moves.
_MIN_CONFIDENCE: Final = 0.5

# Fewer sightings than this say nothing about how somebody moves.
_FEWEST_SIGHTINGS: Final = 3

# Of whoever shows fewer keypoints than this for sure, less than a body is seen: networks see people
# in furniture at the picture's edge. (Six costs a lifter on a bench under a spotter in 60.)
_BODY: Final = 4

# Limbs that go this far, in body heights, lift for sure: more is no more lifting, but a walker's
# legs or a body that comes nearer. (This and the next two do best on made-up company.)
_LIFTING: Final = 0.25

# Whoever lies and keeps still holds a plank or rests between repetitions: nobody else lies about in
# a gym. It counts as this much of lifting, more than what people do who stand about.
_HOLDING: Final = 0.3

# Whoever's torso goes this far, in body heights, passes by; a deadlift's goes 0.3.
_PASSING: Final = 0.8

# Phones are aimed at the lifter: somebody this much further from the middle, in shares of the
# picture's width, is e times less likely to be them. (In 569 real clips half of the lifters are
# within 0.03 of it and one in twenty is beyond 0.19. An exponential is as steep and as wide, and
# does best on made-up company, whether the phone is aimed as it is there or as in these clips.)
_ASIDE: Final = 0.2

# The movements of two people that correlate so strongly are one movement and its reflection.
_IN_TIME: Final = 0.8

# Whoever lies where somebody stands, in a box that overlaps theirs at least this much (intersection
# over union), is being spotted, if their conduct is this near to the other's. (28 spotted lifters
# overlap by 0.21 to 0.49, people training on the floor before or behind the lifter by up to 0.20.)
_SPOTTED_OVERLAP: Final = 0.2
_SPOTTED_SCORE: Final = 0.5

# Whoever's torso goes further than this, in body heights, in every stretch this long, walks about.
# (So do 5 of 22 made-up strollers in a gym, who may stroll towards the phone, and none of 158
# lifters.)
_ROAMING: Final = 1.0
_STRETCH_S: Final = 4.0

_TORSO: Final = [
    KEYPOINT_INDEX[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
]


@dataclass(frozen=True, slots=True)
class _Conduct:
    """How one person behaves over a clip.

    ``movement`` is how far the keypoint that moves second most goes about the torso, and ``travel``
    how far the torso goes, in body heights; ``aside`` is how far from the picture's middle they are
    in shares of its width, ``size`` what all bones measure in pixels, ``presence`` the share of the
    looks in which they were seen, ``shown`` the share of a body that is known of them. ``course``
    (looks,) is the movement in one number, NaN where they were not seen. ``lying`` says whether
    they lie in most looks, ``box`` (4,) is where they are most of the time.
    """

    movement: float
    travel: float
    aside: float
    size: float
    presence: float
    shown: float
    course: Floats
    lying: bool
    box: Floats

    @classmethod
    def of(cls, follower: Follower, people: list[People], width: float) -> Self | None:
        """Return how a person behaves, or None when too little was seen of them."""
        boxes, xy, sure = _sightings(follower, people)
        known = _known(sure)
        if not known.any():
            return None
        height, torso = _height(boxes), xy[:, _TORSO].mean(axis=1)
        limbs = np.where(sure[..., None], (xy - torso[:, None]) / height, np.nan)[:, known]
        limbs -= np.nanmedian(limbs, axis=0)
        low, high = np.nanpercentile(limbs, (10, 90), axis=0)
        course = np.full(len(people), np.nan)
        course[follower.frames] = _in_one_number(np.nan_to_num(limbs).reshape(len(xy), -1))
        return cls(
            movement=float(np.sort(np.linalg.norm(high - low, axis=1))[-2:][0]),
            travel=_travel(torso, height),
            aside=abs(float(np.median(boxes[:, [0, 2]].mean(axis=1))) / width - 0.5),
            size=float(np.linalg.norm(np.percentile(bone_lengths(xy), 90, axis=0))),
            presence=len(xy) / len(people),
            shown=min(int(known.sum()) / _BODY, 1.0),
            course=course,
            lying=bool(np.median(lies(xy)) > 0),
            box=np.median(boxes, axis=0),
        )

    def filmed(self) -> float:
        """Return how much the clip is of this person, whatever they do: 0 to 1.

        Passers-by fail by presence and travel, neighbours by being aside, and furniture by showing
        no body.
        """
        staying = np.exp(-((self.travel / _PASSING) ** 2))
        return float(self.presence * self.shown * staying * np.exp(-self.aside / _ASIDE))

    def score(self) -> float:
        """Return how much this is a lifter's conduct.

        Bystanders fail by their movement, people at the back and reflections by their size. Of two
        who lift the one counts whom the phone is aimed at: nearer to the middle, larger, in view
        throughout. Some lifters move little, and some neighbours much, so that movement counts for
        less than that: of made-up company the wrong one is chosen half as often with its cube root.
        """
        lifting = min(max(self.movement / _LIFTING, _HOLDING * self.lying), 1.0)
        return float(self.filmed() * np.cbrt(lifting) * np.sqrt(self.size))

    def is_in_time_with(self, other: Self) -> bool:
        """Return whether one moves whenever the other does, as a reflection would."""
        both = np.isfinite(self.course) & np.isfinite(other.course)
        if both.sum() < _FEWEST_SIGHTINGS:
            return False
        mine, theirs = self.course[both], other.course[both]
        spread = float(mine.std() * theirs.std())
        return spread > 0 and abs(float(np.cov(mine, theirs, bias=True)[0, 1])) > _IN_TIME * spread

    def is_spotted_by(self, other: Self) -> bool:
        """Return whether one lies where the other stands, and moves nearly as much like a set."""
        if not self.lying or other.lying or self.score() < _SPOTTED_SCORE * other.score():
            return False
        return bool(overlaps(self.box[None], other.box[None])[0, 0] > _SPOTTED_OVERLAP)


def choose_lifter(followers: list[Follower], people: list[People], width: float) -> Follower | None:
    """Return the one who most likely lifts, or None when nobody was seen well enough.

    ``width`` is the picture's, in pixels. A spotter moves with the bar and is seen better than who
    lies below, so the one who lies is chosen. Of those who move in time, the largest that the phone
    is aimed at is the lifter and the others are reflections: a mirror shows whoever stands before
    it from further away.
    """
    conducts = [(f, c) for f in followers if (c := _Conduct.of(f, people, width)) is not None]
    if not conducts:
        return None
    best = max((c for _, c in conducts), key=_Conduct.score)
    best = max((c for _, c in conducts if c.is_spotted_by(best)), key=_Conduct.score, default=best)
    in_time = [(f, c) for f, c in conducts if c is best or c.is_in_time_with(best)]
    return max(in_time, key=lambda pair: pair[1].filmed() * pair[1].size)[0]


def walks_about(follower: Follower, people: list[People], t: npt.NDArray[np.float64]) -> bool:
    """Return whether somebody never stays in one place for long enough to lift.

    ``t`` (T,) are the times of the looks in seconds.
    """
    boxes, xy, sure = _sightings(follower, people)
    torso, seen_at = xy[:, _TORSO].mean(axis=1), t[follower.frames]
    starts = seen_at[seen_at <= max(seen_at[-1] - _STRETCH_S, seen_at[0])]
    stretches = [(seen_at >= start) & (seen_at <= start + _STRETCH_S) for start in starts]
    return all(
        _known(sure[during]).any() and _travel(torso[during], _height(boxes[during])) > _ROAMING
        for during in stretches
    )


def _sightings(follower: Follower, people: list[People]) -> tuple[Floats, Floats, Bools]:
    """Return boxes (S, 4) and keypoints (S, 17, 2) of one person, and which are sure (S, 17)."""
    at = list(zip(follower.frames, follower.rows, strict=True))
    boxes = np.stack([people[f].boxes[r] for f, r in at]).astype(np.float64)
    xy = np.stack([people[f].xy[r] for f, r in at]).astype(np.float64)
    return boxes, xy, np.stack([people[f].conf[r] for f, r in at]) >= _MIN_CONFIDENCE


def _known(sure: Bools) -> Bools:
    """Return which keypoints (17,) are sure often enough to say how somebody moves."""
    return np.asarray(sure.sum(axis=0) >= max(_FEWEST_SIGHTINGS, len(sure) // 4))


def _height(boxes: Floats) -> float:
    """Return how tall somebody is in pixels: the longer side of their boxes (S, 4)."""
    return float(np.median((boxes[:, 2:] - boxes[:, :2]).max(axis=1).clip(min=1)))


def _travel(torso: Floats, height: float) -> float:
    """Return how far a torso (S, 2) goes, in body heights."""
    left, right = np.percentile(torso, (5, 95), axis=0)
    return float(np.linalg.norm(right - left)) / height


def _in_one_number(movement: Floats) -> Floats:
    """Return the first principal component (T,) of a movement (T, K)."""
    centred = movement - movement.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(centred @ directions[0])
