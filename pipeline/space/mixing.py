"""New lessons from old: one lifter's movement, another's camera and what was missed of it.

Errors of keypoints depend on the side that the camera sees and hardly on who lifts, so each set may
borrow camera and errors of another set of its exercise: some thousands of sets make millions.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.space.features import Sight, typical_focal_px
from pipeline.space.lessons import Lessons
from pipeline.space.measures import measure
from pipeline.space.moments import STAGE_MOMENTS
from pipeline.space.variety import varied
from references.skeleton import MIRROR

Floats = npt.NDArray[np.float32]

# How far the borrowed camera stands from where it stood, and how far it aims beside the lifter.
_AZIMUTH_DEG: Final = 8.0
_ELEVATION_DEG: Final = 3.0
_AIM_DEG: Final = (4.0, 3.0)
# So many sets borrow from one that was filmed, of their exercise.
_FILMED_SHARE: Final = 0.6
# Made-up errors are those of stills of all exercises, also from close by and from above; in whole
# clips of these the pose step is off by about 0.7 of their median and 0.5 of their 90th percentile.
_ERROR_SHARE: Final = (0.2, 1.0)
# So many phones film with their wide camera, which has half the focal length, from nearer by and
# as high as before.
_WIDE_SHARE: Final = 0.2
_WIDE_FOCAL: Final = (0.4, 0.65)
_WIDE_NEARER: Final = (0.5, 1.0)
_NEAREST_M: Final = 1.2
# So many pictures are so tight that a part of the body is never seen: what share of the way from
# its top to its bottom, or from one side to the other, they show.
_TIGHT_SHARE: Final = 0.35
_TIGHT_HEIGHT: Final = (0.4, 1.0)
_TIGHT_WIDTH: Final = (0.7, 1.0)
# So many cameras are calibrated.
_CALIBRATED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Batch:
    """P repetitions of S sets and the truth.

    ``exercise`` (S,); ``measures`` (P, 4, 13) in degrees at the stages; ``faults``
    (P, 8) in degrees, NaN where they are not known; ``view`` (S, 3) is the direction of the camera,
    to the lifter's left, ahead and up.
    """

    sight: Sight
    exercise: npt.NDArray[np.int64]
    measures: Floats
    faults: Floats
    view: Floats


def mixed(
    lessons: Lessons,
    sets: npt.NDArray[np.intp],
    rng: np.random.Generator,
    *,
    by_others: bool = True,
) -> Batch:
    """Return sets (S,) of the lessons as others filmed them, half of them in a mirror.

    They are done ``by_others`` as well (`varied`) and some are seen better than others, or else
    both is as it stands in the lessons.
    """
    donors = _donors(lessons, sets, rng)
    counts = lessons.count[sets]
    of = np.repeat(np.arange(len(sets)), counts)
    which = np.concatenate([np.arange(count) for count in counts])
    borrowed = which % lessons.count[donors][of]

    joints, whole = lessons.joints[sets[of], which], np.ones(len(sets), np.bool_)
    if by_others:
        joints, whole = varied(joints, of, rng)
    error = lessons.error[donors[of], borrowed].astype(np.float32)
    conf = lessons.conf[donors[of], borrowed].astype(np.float32)
    azimuth, elevation, distance = lessons.camera[donors, :3].T
    azimuth = azimuth + rng.normal(0, _AZIMUTH_DEG, len(sets))
    elevation = elevation + rng.normal(0, _ELEVATION_DEG, len(sets))

    mirror = rng.integers(2, size=len(sets)) == 1
    flip = mirror[of]
    joints[flip] = joints[flip][..., MIRROR, :] * np.array([-1, 1, 1], np.float32)
    error[flip] = error[flip][..., MIRROR, :] * np.array([-1, 1], np.float32)
    conf[flip] = conf[flip][..., MIRROR]
    azimuth = np.where(mirror, -azimuth, azimuth)

    wide = rng.uniform(size=len(sets)) < _WIDE_SHARE
    nearer = np.where(wide, rng.uniform(*_WIDE_NEARER, len(sets)), 1.0).astype(np.float32)
    elevation, distance = _moved_nearer(elevation, distance, nearer)
    middle = _middles(joints, of)
    outwards = _direction(azimuth, elevation)
    eye = middle + distance[:, None] * outwards
    aim = rng.normal(0, _AIM_DEG, (len(sets), 2)).astype(np.float32)
    rotation = _rotation(azimuth + aim[:, 0], elevation + aim[:, 1])
    seen = np.einsum("pmki,pji->pmkj", joints - eye[of][:, None, None], rotation[of])
    seen = seen.astype(np.float32)
    rays = seen[..., :2] / np.maximum(seen[..., 2:], 0.1)
    size = np.linalg.norm(np.ptp(rays, axis=-2), axis=-1)
    if by_others:
        left = np.where(lessons.filmed[donors], 1.0, rng.uniform(*_ERROR_SHARE, len(sets)))
        size = left[of][:, None] * size
    rays += error * size[..., None, None]

    calibrated = rng.uniform(size=len(sets)) < _CALIBRATED_SHARE
    width, height, focal, k1 = lessons.lens[donors].T
    stretch = np.where(
        wide,
        rng.uniform(*_WIDE_FOCAL, len(sets)),
        focal / [typical_focal_px(w, h) for w, h in zip(width, height, strict=True)],
    )
    rays = np.where(
        calibrated[of][:, None, None, None],
        rays,
        _as_typical(rays, stretch[of], k1[of]),
    )
    return Batch(
        sight=Sight(rays.astype(np.float32), conf, of, calibrated),
        exercise=lessons.exercise[sets],
        measures=measure(joints[:, list(STAGE_MOMENTS.values())]),
        faults=np.where(whole[of][:, None], lessons.faults[sets[of], which], np.nan),
        view=(outwards * [1, -1, 1]).astype(np.float32),
    )


def cropped(batch: Batch, rng: np.random.Generator) -> Batch:
    """Return a batch of which some sets were filmed so tightly that a part is never seen."""
    sight = batch.sight
    shown = _in_picture(sight.rays, sight.of, rng)
    return replace(batch, sight=replace(sight, rays=np.where(shown[..., None], sight.rays, np.nan)))


def _donors(
    lessons: Lessons, sets: npt.NDArray[np.intp], rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Return for each set another of the same exercise, filmed or not."""
    donors = np.empty_like(sets)
    filmed = rng.uniform(size=len(sets)) < _FILMED_SHARE
    for exercise in np.unique(lessons.exercise[sets]):
        alike = lessons.exercise == exercise
        for kind in (False, True):
            here = (lessons.exercise[sets] == exercise) & (filmed == kind)
            able = np.flatnonzero(alike & (lessons.filmed == kind))
            donors[here] = rng.choice(able if len(able) else np.flatnonzero(alike), here.sum())
    return donors


def _moved_nearer(elevation_deg: Floats, distance: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Return elevations and distances (S,) of phones moved nearer on the floor, as high as before.

    ``share`` (S,) of the way along the floor is left, but none is moved within `_NEAREST_M`.
    """
    elevation = np.radians(elevation_deg)
    rise, level = distance * np.sin(elevation), distance * np.cos(elevation)
    level = np.maximum(level * share, np.minimum(level, _NEAREST_M))
    return np.degrees(np.arctan2(rise, level)), np.hypot(rise, level)


def _middles(joints: Floats, of: npt.NDArray[np.intp]) -> Floats:
    """Return the middle (S, 3) of everything that a set shows."""
    low = np.full((of[-1] + 1, 3), np.inf)
    np.minimum.at(low, of, joints.min(axis=(1, 2)))
    high = np.full((of[-1] + 1, 3), -np.inf)
    np.maximum.at(high, of, joints.max(axis=(1, 2)))
    return ((low + high) / 2).astype(np.float32)


def _direction(azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
    """Return where cameras stand, (S, 3) unit vectors (`references.viewpoint.Viewpoint.eye`)."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    return np.stack([np.sin(azimuth) * level, -np.cos(azimuth) * level, np.sin(elevation)], axis=1)


def _rotation(azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
    """Return the world in camera axes (S, 3, 3), as `references.viewpoint.Viewpoint.rotation`."""
    ahead = -_direction(azimuth_deg, elevation_deg)
    azimuth = np.radians(azimuth_deg)
    right = np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros_like(azimuth)], axis=1)
    return np.stack([right, np.cross(ahead, right), ahead], axis=1)


def _in_picture(
    rays: Floats, of: npt.NDArray[np.intp], rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return which keypoints (P, M, 17) lie within pictures of which some are tight."""
    inside = np.ones(rays.shape[:-1], np.bool_)
    for axis, shown in ((0, _TIGHT_WIDTH), (1, _TIGHT_HEIGHT)):
        low, high = np.full((2, of[-1] + 1), np.inf)
        np.minimum.at(low, of, np.nanmin(rays[..., axis], axis=(1, 2)))
        np.minimum.at(high, of, -np.nanmax(rays[..., axis], axis=(1, 2)))
        share = np.where(
            rng.uniform(size=len(low)) < _TIGHT_SHARE, rng.uniform(*shown, len(low)), 1
        )
        edge = low + share * (-high - low)
        inside &= (rays[..., axis] <= edge[of][:, None, None]) | np.isnan(rays[..., axis])
    return inside


def _as_typical(rays: Floats, stretch: Floats, k1: Floats) -> Floats:
    """Return rays (P, M, 17, 2) as they seem to be when a typical phone is taken to have filmed."""
    square = (rays**2).sum(axis=-1, keepdims=True)
    # Beyond a radian a barrel of one coefficient folds.
    barrel = 1 + k1[:, None, None, None] * np.minimum(square, 1)
    return np.asarray(stretch[:, None, None, None] * barrel * rays)
