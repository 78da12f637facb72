"""What the network sees of repetitions: rays from the camera, without place and size."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.camera import Camera
from pipeline.moments import image_plane
from pipeline.pose.track import PoseTrack
from pipeline.space.moments import MOMENTS
from references.lens import Lens
from references.skeleton import JOINTS, KEYPOINT_INDEX, MIRROR, SIDES

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

FEATURES: Final = MOMENTS * (17 * 3 + 2 * len(JOINTS) * 2) + 2
"""Per repetition: x, y and confidence of each keypoint at each moment; cosine and sine of each
joint's drawn angle at each moment, in this repetition and in the mean of all; the logarithm of the
lifter's size as an angle, and whether that angle is known (1) or guessed (0)."""

_LIMBS: Final = np.array(list(JOINTS.values()))

# Limbs drawn shorter than this, in sizes of the torso, count for less: their direction is chance.
_SHORT: Final = 0.1

_TORSO: Final = [KEYPOINT_INDEX[f"{side}_{name}"] for side in SIDES for name in ("shoulder", "hip")]

# No lifter is smaller, in radians: keeps the size of one of whom nothing is seen finite.
_SMALLEST: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Sight:
    """P repetitions of some sets as a camera sees them.

    ``rays`` (P, M, 17, 2) have a focal length of one, NaN where a keypoint is not known; ``conf``
    (P, M, 17); ``of`` (P,) says of which set each is, counted from 0 without gaps; ``calibrated``
    (sets,) whether the focal length is the camera's own and not a typical phone's.
    """

    rays: Floats
    conf: Floats
    of: Indices
    calibrated: npt.NDArray[np.bool_]

    def mirrored(self) -> "Sight":
        """Return what a mirror shows: left is right."""
        rays = self.rays[..., MIRROR, :] * np.array([-1, 1], np.float32)
        return Sight(rays, self.conf[..., MIRROR], self.of, self.calibrated)


def typical_focal_px(width: int, height: int) -> float:
    """Return the focal length of a typical phone's main camera, in pixels of such a picture."""
    return Lens.of_phone(width, height).fx


def rays_of(track: PoseTrack, camera: Camera | None) -> Floats:
    """Return the rays (T, 17, 2) of a track, a typical phone's when the camera is not known.

    Raises SettingError when the camera filmed pictures of another shape.
    """
    plane = image_plane(track, camera)
    if camera is not None:
        return plane
    middle = np.array([track.width - 1, track.height - 1], np.float32) / 2
    focal = np.float32(typical_focal_px(track.width, track.height))
    return np.asarray((plane - middle) / focal)


def features(sight: Sight) -> Floats:
    """Return what the network sees, (P, FEATURES).

    The rays are turned until the middle of the lifter's torso lies straight ahead, as if the phone
    had been aimed there, and divided by the torso's size; a keypoint that is not known is at 0, 0
    with a confidence of 0. Unchanged when a calibrated camera is turned or zooms.
    """
    centre, _ = _middle_and_size(sight.rays, sight.of)
    rays = _aimed(sight.rays, centre[sight.of])
    centre, size = _middle_and_size(rays, sight.of)
    placed = (rays - centre[sight.of][:, None, None]) / size[sight.of][:, None, None, None]
    known = np.isfinite(placed[..., 0])
    points = np.where(known[..., None], placed, 0.0).clip(-9, 9)
    conf = np.where(known, sight.conf, 0.0)[..., None]
    lines = np.concatenate(
        [
            np.concatenate([points, conf], axis=-1).reshape(len(rays), -1),
            _drawn_angles(points, conf).reshape(len(rays), -1),
            _drawn_angles(*_mean(points, conf, sight.of))[sight.of].reshape(len(rays), -1),
        ],
        axis=1,
    )
    of_set = np.stack([np.log(size), sight.calibrated], axis=1)[sight.of]
    return np.concatenate([lines, of_set], axis=1, dtype=np.float32)


def _mean(points: Floats, conf: Floats, of: Indices) -> tuple[Floats, Floats]:
    """Return the poses (S, M, 17, 2) of sets, sure keypoints counting for more; and how sure."""
    shape = (of[-1] + 1, *points.shape[1:-1])
    weights = np.zeros((*shape, 1), np.float32)
    np.add.at(weights, of, conf)
    sums = np.zeros((*shape, 2), np.float32)
    np.add.at(sums, of, points * conf)
    return np.asarray(sums / np.maximum(weights, _SMALLEST), np.float32), weights


def _drawn_angles(points: Floats, conf: Floats) -> Floats:
    """Return cosine and sine (..., 8, 2) of the angles of poses (..., 17, 2), 0 where not known."""
    proximal, vertex, distal = (points[..., _LIMBS[:, i], :] for i in range(3))
    u, v = proximal - vertex, distal - vertex
    scale = (np.linalg.norm(u, axis=-1) + _SHORT) * (np.linalg.norm(v, axis=-1) + _SHORT)
    known = (conf[..., _LIMBS, 0] > 0).all(axis=-1)
    dot, cross = (u * v).sum(axis=-1), u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return np.asarray(np.stack([dot, cross], axis=-1) * (known / scale)[..., None], np.float32)


def _middle_and_size(rays: Floats, of: Indices) -> tuple[Floats, Floats]:
    """Return the middle (sets, 2) of each set's shoulders and hips and their spread (sets,)."""
    torso = rays[:, :, _TORSO].reshape(len(rays), -1, 2)
    known = np.isfinite(torso[..., 0])
    placed = np.where(known[..., None], torso, 0.0)
    sums = np.stack(
        [known.sum(axis=1), *placed.sum(axis=1).T, (placed**2).sum(axis=(1, 2))], axis=1
    )
    count, x, y, squares = (np.bincount(of, column) for column in sums.T)
    count = np.maximum(count, 1)
    centre = np.stack([x, y], axis=1) / count[:, None]
    spread = np.sqrt(np.maximum(squares / count - (centre**2).sum(axis=1), _SMALLEST**2))
    return centre.astype(np.float32), spread.astype(np.float32)


def _aimed(rays: Floats, at: Floats) -> Floats:
    """Return rays (P, M, 17, 2) as a camera that is turned, then tilted, towards ``at`` sees."""
    x, y = np.moveaxis(rays, -1, 0)
    across, down = at[:, 0, None, None], at[:, 1, None, None]
    # Turn around the vertical until ``across`` is straight ahead, then around the horizontal.
    cosine, sine = _unit(np.ones_like(across), across)
    x, z = cosine * x - sine, sine * x + cosine
    cosine, sine = _unit(np.sqrt(1 + across**2), down)
    y, z = cosine * y - sine * z, sine * y + cosine * z
    return np.asarray(np.stack([x, y], axis=-1) / z[..., None])


def _unit(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    length = np.hypot(a, b)
    return np.asarray(a / length), np.asarray(b / length)
