"""Movement that nobody made: what carries the exercises of which few clips exist.

Sets of the synthetic lifter have its variety of bodies, faults and phones, and the errors that the
pose network was measured to make. Made-up lifters play the expert's movement with a wilder spread
of range, tempo and camera, also from above. Pastimes, strangers' exercises and mixtures of ours are
what is no exercise we know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.classify.dataset import UNKNOWN, Example, Progress
from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from references.experts import ExpertMotion, expert_motions
from references.skeleton import KEYPOINT_INDEX
from references.strangers import strangers
from references.synthetic.mixtures import mixtures
from references.synthetic.pastimes import pastimes
from references.synthetic.skeleton_clips import Seen, SkeletonClip, skeleton_clips
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]

_RATE: Final = 15.0
_WIDTH, _HEIGHT = 480, 854

_ARMS: Final = {
    side: [KEYPOINT_INDEX[f"{side}_{name}"] for name in ("elbow", "wrist")]
    for side in ("left", "right")
}
_LEGS: Final = [
    KEYPOINT_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("knee", "ankle")
]
_FACE: Final = [KEYPOINT_INDEX[name] for name in ("nose", "left_eye", "right_eye")]

# Estimates by eye: how often somebody waits before the first repetition; how often legs are behind
# a machine or below the picture; from how far behind a face is hidden (cosine of the azimuth); how
# often the far arm is still seen from the side.
_WAITS: Final = 0.5
_LEGS_HIDDEN: Final = 0.3
_FACE_IN_SIGHT: Final = -0.3
_FAR_ARM_IN_SIGHT: Final = 0.5

CLOSE_SHARE: Final = 0.3
"""How many sets are filmed from close by or from above, as who lies on a bench often is; our
estimate."""


@dataclass(frozen=True, slots=True)
class MadeUpLifter:
    """Plays one expert motion, each time with another body, tempo and camera."""

    motion: ExpertMotion

    @property
    def label(self) -> str:
        """The exercise."""
        return self.motion.exercise

    def movement(self, rng: np.random.Generator) -> PoseTrack:
        """Return a set of one to six repetitions, 1.5 to 8 seconds of it."""
        t, phase = _tempo(rng)
        joints = _another_body(_pose_at(self.motion, phase), rng)
        viewpoint = _somewhere(self.motion, rng)
        xy = rng.uniform(900, 1500) * viewpoint.project(joints) + (_WIDTH / 2, _HEIGHT / 2)
        xy[:, _hidden(viewpoint, rng)] = np.nan
        conf = np.isfinite(xy[..., 0]).astype(np.float32)
        return PoseTrack(t, xy.astype(np.float32), conf, _WIDTH, _HEIGHT)


def made_up_sets(exercises: Iterable[str], each: int, *, seed: int) -> tuple[Example, ...]:
    """Return ``each`` sets of every expert motion of the exercises; those without one have none."""
    lifters = [MadeUpLifter(m) for name in sorted(set(exercises)) for m in expert_motions(name)]
    return tuple(
        Example(lifter.movement(np.random.default_rng((seed, number))), lifter.label, name, name)
        for lifter in lifters
        for number in range(each)
        for name in (f"made up/{lifter.motion.id}/{seed}-{number}",)
    )


def synthetic_sets(
    count: int,
    *,
    seed: int,
    exercises: Sequence[str] | None = None,
    progress: Progress = lambda _what, _done, _total: None,
) -> tuple[Example, ...]:
    """Return sets of the synthetic lifter as the pose step would hand them over.

    ``exercises`` defaults to all that have a motion. The same seed gives the same sets; every one
    is a group of its own.
    """
    clips = skeleton_clips(count, seed=seed, exercises=exercises, close_share=CLOSE_SHARE)
    sets = (
        _example(clip.t, clip, clip.exercise, f"synthetic/{clip.exercise}/{seed}-{number}")
        for number, clip in enumerate(clips)
    )
    return _counted(sets, "synthetic lifter", count, progress)


def pastime_sets(
    count: int, *, seed: int, progress: Progress = lambda _what, _done, _total: None
) -> tuple[Example, ...]:
    """Return what people do who lift nothing we know, as ``UNKNOWN``, each its own group."""
    shown = pastimes(count, seed=seed, close_share=CLOSE_SHARE)
    sets = (
        _example(pastime.t, pastime.seen, UNKNOWN, f"{pastime.kind}/{seed}-{number}")
        for number, pastime in enumerate(shown)
    )
    return _counted(sets, "pastimes", count, progress)


def stranger_sets(
    count: int, *, seed: int, progress: Progress = lambda _what, _done, _total: None
) -> tuple[Example, ...]:
    """Return sets of exercises that are none of ours, as ``UNKNOWN``, each its own group."""
    clips = skeleton_clips(count, seed=seed, among=strangers(), close_share=CLOSE_SHARE)
    sets = (
        _example(clip.t, clip, UNKNOWN, f"{clip.exercise}/{seed}-{number}")
        for number, clip in enumerate(clips)
    )
    return _counted(sets, "exercises that are none of ours", count, progress)


def mixture_sets(
    count: int, *, seed: int, progress: Progress = lambda _what, _done, _total: None
) -> tuple[Example, ...]:
    """Return sets of mixtures of two of our exercises, as ``UNKNOWN``, each its own group."""
    clips = skeleton_clips(count, seed=seed, among=mixtures(), close_share=CLOSE_SHARE)
    sets = (
        _example(clip.t, clip, UNKNOWN, f"mixture/{clip.exercise}/{seed}-{number}")
        for number, clip in enumerate(clips)
    )
    return _counted(sets, "mixtures of two exercises", count, progress)


def _example(t: Floats, seen: SkeletonClip | Seen, label: str, name: str) -> Example:
    return Example(reported(t, seen), label, name, name)


def _counted(
    examples: Iterable[Example], what: str, count: int, progress: Progress
) -> tuple[Example, ...]:
    """Return the examples, telling how many of them are made."""
    made = []
    for number, example in enumerate(examples):
        progress(what, number, count)
        made.append(example)
    return tuple(made)


def reported(t: Floats, seen: SkeletonClip | Seen) -> PoseTrack:
    """Return what was seen at times (T,) as the pose step would hand it over."""
    xy, conf = seen.xy.astype(np.float32), np.nan_to_num(seen.conf).astype(np.float32)
    return smooth(PoseTrack(t, xy, conf, seen.lens.width, seen.lens.height))


def _tempo(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return times (T,) in seconds and the phase (T,) at each: 0 at the start, 1 at the turn.

    A repetition lasts 1.2 to 5 seconds, its way out 30 to 70 % of that, with a rest at the start
    and a shorter one at the turn; the range ends short of the expert's or beyond it, so phases run
    from -0.2 to 1.1. The picture begins anywhere in a repetition, or with a wait at the start for
    up to half its time.
    """
    repetition = rng.uniform(1.2, 5)
    seconds = rng.uniform(1.5, min(8, 6 * repetition))
    t = np.arange(0, seconds, 1 / _RATE)
    waits = rng.random() < _WAITS
    begins = -seconds * rng.uniform(0, 0.5) if waits else repetition * rng.random()
    place = np.maximum((t + begins) / repetition, 0) % 1
    way_out, rest, stop = rng.uniform(0.3, 0.7), rng.uniform(0, 0.25), rng.uniform(0, 0.1)
    progress = np.where(place < way_out, place / way_out, (1 - place) / (1 - way_out))
    moving = np.clip((progress - rest) / (1 - rest - stop), 0, 1)
    first, last = rng.uniform(-0.2, 0.1), rng.uniform(0.9, 1.1)
    return t, first + (last - first) * (1 - np.cos(np.pi * moving)) / 2


def _pose_at(motion: ExpertMotion, phase: Floats) -> Floats:
    """Return the joints (T, 17, 3) at phases (T,), linear between the motion's own and beyond."""
    after = np.clip(np.searchsorted(motion.phase, phase), 1, len(motion.phase) - 1)
    before = after - 1
    weight = (phase - motion.phase[before]) / (motion.phase[after] - motion.phase[before])
    mixed = motion.joints[before] + weight[:, None, None] * (
        motion.joints[after] - motion.joints[before]
    )
    return np.asarray(mixed, np.float64)


def _another_body(joints: Floats, rng: np.random.Generator) -> Floats:
    """Return joints (T, 17, 3) of somebody broader or taller who grips wider and leans otherwise.

    Every joint also sits a little elsewhere than the expert's, by 2 cm or so.
    """
    joints = joints * rng.uniform(0.88, 1.12, 3)
    for arm in _ARMS.values():
        joints[:, arm, 0] *= rng.uniform(0.75, 1.3)
    joints = joints + rng.normal(0, 0.02, (17, 3))
    lean = np.radians(rng.normal(0, 6))
    y, z = joints[..., 1], joints[..., 2]
    leaning = (np.cos(lean) * y - np.sin(lean) * z, np.sin(lean) * y + np.cos(lean) * z)
    return np.stack([joints[..., 0], *leaning], axis=-1)


def _somewhere(motion: ExpertMotion, rng: np.random.Generator) -> Viewpoint:
    """Return a place for the phone: any side, 1.8 to 5 m away, floor to overhead.

    Who lies down is also filmed from above.
    """
    x, y, z = motion.joints.reshape(-1, 3).mean(axis=0)
    elevation = rng.uniform(-10, 80 if motion.lying() else 35)
    target = (float(x), float(y), float(z))
    return Viewpoint(rng.uniform(0, 360), elevation, rng.uniform(1.8, 5), target)


def _hidden(viewpoint: Viewpoint, rng: np.random.Generator) -> list[int]:
    """Return the keypoints nobody sees: often the far arm, the face from behind, the legs."""
    hidden: list[int] = []
    sideways = np.sin(np.radians(viewpoint.azimuth_deg))
    if rng.random() < abs(sideways) - _FAR_ARM_IN_SIGHT:
        hidden += _ARMS["right" if sideways > 0 else "left"]
    if np.cos(np.radians(viewpoint.azimuth_deg)) < _FACE_IN_SIGHT:
        hidden += _FACE
    if rng.random() < _LEGS_HIDDEN:
        hidden += _LEGS
    return hidden
