"""Made-up sets in company, as a pose network would report everybody.

Everybody moves in one room in front of one phone, and the error model of the pose step puts its
errors on them. Who is behind somebody else is not reported, nor who is out of the picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.pose.people import People
from references.lens import Lens
from references.skeleton import MIRROR
from references.synthetic.bystanders import ACT_SHARES, random_bystanders
from references.synthetic.error_model import load_error_model
from references.synthetic.mesh import box
from references.synthetic.scene import Person
from references.synthetic.skeleton_clips import SkeletonClip, skeleton_clips
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

COMPANY: Final = (*ACT_SHARES, "spotter", "reflection")
"""Who else may be there; ``training`` is a neighbour at an exercise of their own."""

FRAMES_PER_SECOND: Final = 15.0
# Whole frames are looked at three times a second (``pipeline.watch.LookSettings``).
_EVERY: Final = 5

_SPOTTED: Final = ("bench_press", "incline_bench_press", "decline_bench_press")

# A mirror on the wall: how far from the lifter, and how far the phone stays in front of it.
_MIRROR_M: Final = (0.7, 3.0)
_BEFORE_MIRROR_M: Final = 0.5
_ATTEMPTS: Final = 30

# Somebody is reported from so many keypoints in the picture and in so many looks, and nearer to the
# camera than this nobody is seen as a body.
_LEAST_KEYPOINTS: Final = 6
_LEAST_LOOKS: Final = 3
_NEAREST_M: Final = 0.7
# Nobody films a set in which somebody else is in front of the lifter for longer than this.
_LEAST_SEEN: Final = 0.7
# Who has this share of their keypoints behind somebody's box is not reported.
_COVERED: Final = 0.7
# A network's box goes round the whole body: so much beyond the keypoints, in shares of their box.
_AROUND: Final = 0.06
_OUTSIDE_CONFIDENCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Scene:
    """A set in company: ``people`` of each whole look at times ``t`` (T,).

    ``lifter`` (T,) is the row of the one who lifts, -1 where they are not reported; ``size`` is the
    picture's width and height.
    """

    exercise: str
    t: Floats
    people: list[People]
    lifter: npt.NDArray[np.intp]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Reported:
    """Somebody over time: ``xy`` (T, 17, 2), ``conf`` (T, 17), ``depth`` and ``present`` (T,)."""

    xy: Floats
    conf: Floats
    depth: Floats
    present: Bools

    def boxes(self) -> Floats:
        low, high = self.xy.min(axis=1), self.xy.max(axis=1)
        room = _AROUND * (high - low)
        return np.concatenate([low - room, high + room], axis=1)


def scenes(count: int, company: str, *, seed: int) -> Iterator[Scene]:
    """Yield ``count`` sets with one other of this kind in the picture, the same for one seed."""
    exercises = _SPOTTED if company == "spotter" else None
    left = count
    # Some find no place in the picture: then there is no company, and the next set takes its turn.
    clips = skeleton_clips(100 * count, seed=seed, exercises=exercises, fps=FRAMES_PER_SECOND)
    for number, clip in enumerate(clips):
        rng = np.random.default_rng((seed, number, COMPANY.index(company)))
        other = _other(clip, company, rng)
        if other is None:
            continue
        made = _scene(clip, other, rng)
        if (made.lifter >= 0).mean() >= _LEAST_SEEN:
            yield made
            left -= 1
        if not left:
            return


def _scene(clip: SkeletonClip, other: _Reported, rng: np.random.Generator) -> Scene:
    lifter = _Reported(
        clip.xy,
        clip.conf,
        clip.viewpoint.seen(clip.joints)[..., 2].mean(axis=1),
        np.asarray(np.isfinite(clip.xy).all(axis=(1, 2))),
    )
    both = (lifter, other)
    boxes = [one.boxes() for one in both]
    people, rows = [], []
    for look in range(0, len(clip.t), _EVERY):
        here = [who for who in (0, 1) if both[who].present[look]]
        if len(here) == 2:
            far = int(both[1].depth[look] > both[0].depth[look])
            left, top, right, bottom = boxes[1 - far][look]
            x, y = both[far].xy[look].T
            if ((x > left) & (x < right) & (y > top) & (y < bottom)).mean() > _COVERED:
                here.remove(far)
        rng.shuffle(here)
        rows.append(here.index(0) if 0 in here else -1)
        people.append(
            People(
                np.array([boxes[who][look] for who in here], np.float32).reshape(-1, 4),
                np.sort(rng.uniform(0.6, 0.95, len(here)))[::-1].astype(np.float32),
                np.array([both[who].xy[look] for who in here], np.float32).reshape(-1, 17, 2),
                np.array([both[who].conf[look] for who in here], np.float32).reshape(-1, 17),
            )
        )
    return Scene(
        clip.exercise, clip.t[::_EVERY], people, np.array(rows), (clip.lens.width, clip.lens.height)
    )


def _other(clip: SkeletonClip, company: str, rng: np.random.Generator) -> _Reported | None:
    for _ in range(_ATTEMPTS):
        joints = (
            _reflection(clip, rng) if company == "reflection" else _bystander(clip, company, rng)
        )
        if joints is not None:
            other = _reported(joints, clip.viewpoint, clip.lens, rng)
            if other.present[::_EVERY].sum() >= _LEAST_LOOKS:
                return other
    return None


def _bystander(clip: SkeletonClip, company: str, rng: np.random.Generator) -> Floats | None:
    corners = clip.joints.reshape(-1, 3)
    low, high = corners.min(axis=0), corners.max(axis=0)
    taken = box((low + high) / 2, high - low, (0.0, 0.0, 0.0))
    others = random_bystanders(
        1,
        clip.exercise,
        [taken],
        clip.viewpoint,
        clip.t,
        rng,
        acts=ACT_SHARES if company == "spotter" else {company: 1.0},
        spotter_share=float(company == "spotter"),
    )
    return _joints(others[0], len(clip.t)) if others else None


def _reflection(clip: SkeletonClip, rng: np.random.Generator) -> Floats | None:
    """Return the lifter's joints behind a mirror on a wall, or None when the phone is behind it."""
    azimuth = rng.uniform(0, 2 * np.pi)
    towards = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    wall = (clip.joints.reshape(-1, 3) @ towards).max() + rng.uniform(*_MIRROR_M)
    if clip.viewpoint.eye() @ towards > wall - _BEFORE_MIRROR_M:
        return None
    behind = wall - clip.joints @ towards
    mirrored = clip.joints + 2 * behind[..., None] * towards
    # A network takes the reflected left hand for a right one.
    return np.asarray(mirrored[:, list(MIRROR)])


def _joints(person: Person, frames: int) -> Floats:
    return np.stack([person.joints(moment) for moment in range(frames)])


def _reported(
    joints: Floats, viewpoint: Viewpoint, lens: Lens, rng: np.random.Generator
) -> _Reported:
    depth = viewpoint.seen(joints)[..., 2]
    ahead = depth.min(axis=1) > _NEAREST_M
    xy, conf = np.zeros((*depth.shape, 2)), np.zeros(depth.shape)
    if ahead.any():
        # Whoever is beside the phone is nowhere in the picture: their place is of no matter.
        true_xy = lens.project(viewpoint, joints[ahead])
        xy[ahead], conf[ahead] = load_error_model().corrupt(true_xy, joints[ahead], viewpoint, rng)
    size = np.array([lens.width, lens.height])
    inside = ((xy >= 0) & (xy < size)).all(axis=2)
    conf = np.where(inside, conf, np.minimum(conf, _OUTSIDE_CONFIDENCE))
    present = ahead & (inside.sum(axis=1) >= _LEAST_KEYPOINTS)
    return _Reported(np.clip(xy, 0, size - 1.0), conf, depth.mean(axis=1), present)
