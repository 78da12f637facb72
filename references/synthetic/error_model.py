"""What a pose network gets wrong, as it was measured on rendered frames.

``keypoint_errors.npz`` is written by ``python -m benchmarks.keypoint_errors --fit``, which runs the
network on rendered lifters whose keypoints are known. Errors are told apart by kind of keypoint, by
whether it is on the side of the body that faces the camera, and by whether the lifter is upright or
lies in the picture.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.stats import norm

from references.geometry import lies
from references.skeleton import KEYPOINT_INDEX, KIND_OF_KEYPOINT, MIRROR
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

SIDES: Final = ("near", "far")
POSTURES: Final = ("upright", "lying")
QUANTILES: Final = np.concatenate([np.linspace(0, 0.95, 20), [0.98, 1.0]])

# Errors drift: a network that misplaces a joint does so for about this long.
_DRIFT_S: Final = 0.35
# The share of an error's variance that drifts; the rest flickers from frame to frame.
_DRIFT_SHARE: Final = 0.8
_SWAP_S: Final = 0.3
# The shares of the variance of errors, and of what confidence adds to them, that stay the same
# throughout a clip: what is hard to see stays hard (`python -m benchmarks.keypoint_shares`).
_CLIP_SHARE: Final = 0.5
_CLIP_SHARE_OF_CONFIDENCE: Final = 0.9

_TORSO: Final = tuple(
    KEYPOINT_INDEX[f"{s}_{n}"] for n in ("shoulder", "hip") for s in ("left", "right")
)
# Keypoints within this many metres of the body's middle are on neither side: they count as near.
_FAR_M: Final = 0.04


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Measured errors by kind, side and posture (9, 2, 2, ...).

    ``error`` (..., Q) are the `QUANTILES` of a keypoint's distance from the truth in shares of the
    body's size in the picture; ``conf`` (..., Q) those of its confidence; ``rank`` (...) how much a
    large error comes with a low confidence, as a rank correlation. ``missed`` and ``swapped`` (2,)
    are the shares of frames without a person and with left and right exchanged, by posture.
    """

    error: Floats
    conf: Floats
    rank: Floats
    missed: Floats
    swapped: Floats

    def corrupt(
        self,
        true_xy: Floats,
        joints: Floats,
        viewpoint: Viewpoint,
        rng: np.random.Generator,
        *,
        fps: float,
    ) -> tuple[Floats, Floats]:
        """Return keypoints (T, 17, 2) and confidences (T, 17) as the network would report them.

        A frame without a person is NaN, its confidences zero. ``true_xy`` (T, 17, 2) are pixels,
        ``joints`` (T, 17, 3) metres.
        """
        frames = len(true_xy)
        kind, side, posture = classes(true_xy, joints, viewpoint)
        size = body_size(true_xy)

        worse = _of_clip(rng, frames, fps, _CLIP_SHARE)
        share = norm.cdf(worse)
        distance = _at_quantile(self.error[kind, side, posture], share)
        direction = np.arctan2(
            _drifting(rng, (frames, 17), fps, _DRIFT_S), _drifting(rng, (frames, 17), fps, _DRIFT_S)
        )
        offset = np.stack([np.cos(direction), np.sin(direction)], axis=-1)
        xy = true_xy + offset * (distance * size[:, None])[..., None]

        # Confidence follows the error as closely as the measured rank correlation says.
        tie = 2 * np.sin(np.pi / 6 * self.rank[kind, side, posture])
        own = _of_clip(rng, frames, fps, _CLIP_SHARE_OF_CONFIDENCE)
        sure = tie * worse + np.sqrt(1 - tie**2) * own
        conf = np.clip(_at_quantile(self.conf[kind, side, posture], norm.cdf(sure)), 0, 1)

        lying = posture[:, 0]
        swapped = _bouts(self.swapped[lying], rng, fps)
        xy[swapped], conf[swapped] = xy[swapped][:, MIRROR], conf[swapped][:, MIRROR]
        missed = _bouts(self.missed[lying], rng, fps)
        xy[missed], conf[missed] = np.nan, 0.0
        return xy, conf


def classes(
    true_xy: Floats, joints: Floats, viewpoint: Viewpoint
) -> tuple[Indices, Indices, Indices]:
    """Return kind, side and posture of every keypoint, indices (T, 17) each."""
    frames = len(true_xy)
    kind = np.broadcast_to(KIND_OF_KEYPOINT, (frames, 17))
    depth = viewpoint.seen(joints)[..., 2]
    middle = depth[:, _TORSO].mean(axis=1, keepdims=True)
    side = (depth - middle > _FAR_M).astype(np.intp)
    return kind, side, np.repeat(lies(true_xy).astype(np.intp)[:, None], 17, axis=1)


def body_size(true_xy: Floats) -> Floats:
    """Return the size of the body in the picture (T,): the diagonal of its keypoints' box."""
    return np.asarray(np.linalg.norm(np.ptp(true_xy, axis=1), axis=1))


@cache
def load_error_model() -> ErrorModel:
    """Return the error model that was fitted to YOLO11n-pose."""
    file = resources.files(__package__) / "keypoint_errors.npz"
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        names = ("error", "conf", "rank", "missed", "swapped")
        return ErrorModel(**{name: arrays[name].astype(np.float64) for name in names})


def _at_quantile(tables: Floats, share: Floats) -> Floats:
    """Return the value of each table (..., Q) at a share (...) of its distribution."""
    above = np.clip(np.searchsorted(QUANTILES, share), 1, len(QUANTILES) - 1)
    low, high = QUANTILES[above - 1], QUANTILES[above]
    weight = (share - low) / (high - low)
    lower = np.take_along_axis(tables, (above - 1)[..., None], axis=-1)[..., 0]
    upper = np.take_along_axis(tables, above[..., None], axis=-1)[..., 0]
    return np.asarray(lower + weight * (upper - lower))


def _of_clip(rng: np.random.Generator, frames: int, fps: float, share: float) -> Floats:
    """Return standard normal chance (T, 17) of which a share of the variance is the clip's own."""
    drift = _drifting(rng, (frames, 17), fps, _DRIFT_S)
    return np.asarray(np.sqrt(share) * rng.normal(size=17) + np.sqrt(1 - share) * drift)


def _drifting(
    rng: np.random.Generator, shape: tuple[int, int], fps: float, seconds: float
) -> Floats:
    """Return standard normal numbers (T, K) that drift slowly and flicker a little."""
    sigma = seconds * fps
    slow = gaussian_filter1d(rng.normal(size=shape), sigma, axis=0, mode="wrap")
    slow *= np.sqrt(2 * np.sqrt(np.pi) * sigma)
    flicker = rng.normal(size=shape)
    return np.asarray(np.sqrt(_DRIFT_SHARE) * slow + np.sqrt(1 - _DRIFT_SHARE) * flicker)


def _bouts(probability: Floats, rng: np.random.Generator, fps: float) -> npt.NDArray[np.bool_]:
    """Return in which frames (T,) something happens that comes in bouts."""
    slow = _drifting(rng, (len(probability), 1), fps, _SWAP_S)[:, 0]
    return np.asarray(norm.cdf(slow) < probability)
