"""Labelled keypoint sequences by the thousand: sets as a pose network would see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from references.geometry import joint_angles
from references.lens import Lens
from references.motions import Motion, motions
from references.synthetic.error_model import ErrorModel, load_error_model
from references.synthetic.performance import Boundary, Performance, perform
from references.synthetic.variation import (
    random_body,
    random_close_viewpoint,
    random_lens,
    random_motion,
    random_repetitions,
    random_viewpoint,
)
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]

# A lifter and what they hold, in metres around their middle.
_EXTENT_M: Final = 1.15

# A phone in the hand moves by this much, as a standard deviation in pixels of a 1280 pixel picture.
_SHAKE_PX: Final = 3.0
_SHAKE_S: Final = 0.4

# How often a clip shows how the weight is taken, and how it is put back.
_SHOWS_SET_UP: Final = 0.4

# How often an exercise is done in each of its other ways, and in all of them at most.
_EACH_WAY, _OTHER_WAYS = 0.15, 0.45


@dataclass(frozen=True, slots=True)
class SkeletonClip:
    """One set as keypoints, and the truth.

    ``t`` (T,) seconds; ``xy`` (T, 17, 2) pixels and ``conf`` (T, 17) as a network reports them, NaN
    where it reports nothing; ``true_xy`` (T, 17, 2) without its errors; ``joints`` (T, 17, 3) in
    metres; ``phase`` (T,); ``angles_deg`` by joint (T,); ``faults_deg`` by name (T,).
    """

    exercise: str
    t: Floats
    xy: Floats
    conf: Floats
    true_xy: Floats
    joints: Floats
    phase: Floats
    angles_deg: Mapping[str, npt.NDArray[np.float32]]
    faults_deg: Mapping[str, Floats]
    boundaries: tuple[Boundary, ...]
    viewpoint: Viewpoint
    lens: Lens


@dataclass(frozen=True, slots=True)
class Seen:
    """What a phone and a pose network make of a moving body; the fields are as in SkeletonClip."""

    xy: Floats
    conf: Floats
    true_xy: Floats
    viewpoint: Viewpoint
    lens: Lens


def skeleton_clips(
    count: int,
    *,
    seed: int,
    exercises: Sequence[str] | None = None,
    among: Mapping[str, Motion] | None = None,
    fps: float = 15.0,
    fault_share: float = 0.5,
    errors: ErrorModel | None = None,
    held_out: bool = False,
    close_share: float = 0.0,
) -> Iterator[SkeletonClip]:
    """Return ``count`` clips, the same for the same seed; all exercises are equally likely.

    ``exercises`` defaults to all that have a motion ``among`` those given, which are our own unless
    said otherwise; ``errors`` defaults to what was fitted to the pose network; bodies ``held_out``
    are for measuring what was trained on the others. So many of the clips as ``close_share`` are
    filmed from close by or from above (`random_close_viewpoint`).
    Clip number i depends on the seed and on i alone, so that any part can be made again by itself.
    Raises KeyError for an exercise without a motion.
    """
    known = among or motions()
    chosen = [known[name] for name in exercises or known]
    model = errors or load_error_model()
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        motion = chosen[int(rng.integers(len(chosen)))]
        yield _clip(motion, rng, fps, fault_share, model, held_out, close_share)


def _clip(
    motion: Motion,
    rng: np.random.Generator,
    fps: float,
    fault_share: float,
    model: ErrorModel,
    held_out: bool,
    close_share: float,
) -> SkeletonClip:
    ways = len(motion.variants)
    if ways and rng.uniform() < min(_EACH_WAY * ways, _OTHER_WAYS):
        motion = motion.variants[int(rng.integers(ways))]
    own = random_motion(motion, rng)
    performance = perform(
        own,
        random_repetitions(own, rng, fault_share=fault_share),
        rng=rng,
        fps=fps,
        before_s=rng.uniform(0.2, 3.0),
        after_s=rng.uniform(0.2, 2.5),
    )
    if motion.set_up:
        taken, put_back = rng.uniform(size=2) < _SHOWS_SET_UP
        performance = _with_set_up(performance, taken=taken, put_back=put_back)
    body = random_body(rng, held_out=held_out)
    joints = body.keypoints(performance.pose(body))
    if motion.support == "feet" and rng.uniform() < 0.3:
        joints = _turning_away(joints, performance, rng)
    seen = see(
        joints, rng, fps=fps, errors=model, close_share=close_share, exercise=motion.exercise
    )
    return SkeletonClip(
        exercise=motion.exercise,
        t=performance.t,
        xy=seen.xy,
        conf=seen.conf,
        true_xy=seen.true_xy,
        joints=joints,
        phase=performance.phase,
        angles_deg=joint_angles(joints),
        faults_deg=performance.faults,
        boundaries=performance.boundaries,
        viewpoint=seen.viewpoint,
        lens=seen.lens,
    )


def see(
    joints: Floats,
    rng: np.random.Generator,
    *,
    fps: float,
    errors: ErrorModel | None = None,
    close_share: float = 0.0,
    exercise: str | None = None,
) -> Seen:
    """Return joints (T, 17, 3) in metres as a phone of chance and a pose network see them.

    Some exercises are harder to see than others.
    """
    model = errors or load_error_model()
    corners = joints.reshape(-1, 3)
    x, y, z = (corners.min(axis=0) + corners.max(axis=0)) / 2
    close = close_share > 0 and rng.uniform() < close_share
    somewhere = random_close_viewpoint if close else random_viewpoint
    viewpoint = somewhere((float(x), float(y), float(z)), rng)
    lens = random_lens(viewpoint, _EXTENT_M, rng)
    true_xy = lens.project(viewpoint, joints) + _shake(len(joints), lens, fps, rng)
    xy, conf = model.corrupt(true_xy, joints, viewpoint, rng, exercise=exercise)
    return Seen(xy, conf, true_xy, viewpoint, lens)


def _with_set_up(performance: Performance, *, taken: bool, put_back: bool) -> Performance:
    """Return the set of a lifter who takes the weight before it, or puts it back after it."""
    begin, end = performance.boundaries[0].start_s, performance.boundaries[-1].end_s
    away = np.zeros(len(performance.t))
    if taken:
        away += np.clip(1 - performance.t / begin, 0, 1)
    if put_back:
        away += np.clip((performance.t - end) / max(performance.t[-1] - end, 1e-6), 0, 1)
    eased = away**2 * (3 - 2 * away)
    values = dict(performance.values)
    for key, change in performance.motion.set_up.items():
        values[key] = values.get(key, 0.0) + eased * change
    return replace(performance, values=values)


def _turning_away(joints: Floats, performance: Performance, rng: np.random.Generator) -> Floats:
    """Return the joints of a lifter who turns and drifts off after the last repetition."""
    end = performance.boundaries[-1].end_s
    late = np.clip((performance.t - end) / max(performance.t[-1] - end, 1e-6), 0, 1)
    yaw = Rotation.from_rotvec(
        late[:, None] * [0.0, 0.0, rng.choice([-1, 1]) * rng.uniform(0.4, 1.6)]
    )
    drift = late[:, None] * np.append(rng.normal(0, 0.35, size=2), 0.0)
    turned = np.einsum("tij,tkj->tki", yaw.as_matrix(), joints)
    return np.asarray(turned + drift[:, None])


def _shake(frames: int, lens: Lens, fps: float, rng: np.random.Generator) -> Floats:
    """Return how far a hand-held phone shifts the picture, (T, 1, 2) pixels; most phones stand."""
    if rng.uniform() < 0.6:
        return np.zeros((frames, 1, 2))
    sigma = _SHAKE_S * fps
    noise = gaussian_filter1d(rng.normal(size=(frames, 2)), sigma, axis=0, mode="reflect")
    size = rng.uniform(0.3, 1.5) * _SHAKE_PX * max(lens.width, lens.height) / 1280
    return np.asarray(noise * np.sqrt(2 * np.sqrt(np.pi) * sigma) * size)[:, None]
