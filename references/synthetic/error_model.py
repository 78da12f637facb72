"""What a pose network gets wrong, as it was measured on rendered frames.

``keypoint_errors.npz`` is written by ``python -m benchmarks.keypoint_errors --fit``, which runs the
network on rendered lifters whose keypoints are known. Errors are told apart by kind of keypoint, by
whether it is on the side of the body that faces the camera, by whether the lifter is upright or
lies in the picture, and by whether the camera looks down on them. Exercises differ as well, by a
factor each.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from references.geometry import lies
from references.skeleton import KEYPOINT_INDEX, KIND_OF_KEYPOINT, MIRROR
from references.viewpoint import Viewpoint

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

SIDES: Final = ("near", "far")
POSTURES: Final = ("upright", "lying", "upright from above", "lying from above")

STEEP_DEG: Final = 45.0
"""The elevation from which a camera looks down on the lifter: errors are twice as large there."""

QUANTILES: Final = np.concatenate([np.linspace(0, 0.95, 20), [0.98, 1.0]])
_MEDIAN: Final = int(np.searchsorted(QUANTILES, 0.5))

# How far a keypoint moves on the body, in shares of the body's size, until its error has forgotten
# all but 1/e of where it was, and how much an error flickers from frame to frame, next to the usual
# one of its kind. Time alone changes nothing else: who comes back to a place is misplaced there as
# before (`python -m benchmarks.keypoint_shares`).
_FORGOTTEN: Final = 0.12
_FLICKER: Final = 0.12
# The share of the variance of what confidence adds to them that stays throughout a clip.
_STAYS: Final = 0.9
# So many waves make a field of chance; more of them change nothing that is seen.
_WAVES: Final = 64

_TORSO: Final = tuple(
    KEYPOINT_INDEX[f"{s}_{n}"] for n in ("shoulder", "hip") for s in ("left", "right")
)
# Keypoints within this many metres of the body's middle are on neither side: they count as near.
_FAR_M: Final = 0.04


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Measured errors by kind, side and posture (9, 2, 4, ...).

    ``error`` (..., Q) are the `QUANTILES` of a keypoint's distance from the truth in shares of the
    body's size in the picture, in an exercise that is as hard to see as any; ``harder`` (E,) are
    the factors of the ``exercises`` (E,). ``conf`` (..., Q) are the quantiles of its confidence;
    ``rank`` (...) is how much a large error comes with a low confidence, as a rank correlation.
    ``together`` (17, 17) is how the errors of one picture's keypoints go together: the correlation
    of their normal scores; ``directions`` (17, 17) the mean cosine between the ways they go.
    ``missed`` and ``swapped`` (4,) are the shares of frames without a person and with left and
    right exchanged, by posture.
    """

    error: Floats
    conf: Floats
    rank: Floats
    together: Floats
    directions: Floats
    missed: Floats
    swapped: Floats
    exercises: npt.NDArray[np.str_]
    harder: Floats

    def corrupt(
        self,
        true_xy: Floats,
        joints: Floats,
        viewpoint: Viewpoint,
        rng: np.random.Generator,
        *,
        exercise: str | None = None,
    ) -> tuple[Floats, Floats]:
        """Return keypoints (T, 17, 2) and confidences (T, 17) as the network would report them.

        A frame without a person is NaN, its confidences zero. ``true_xy`` (T, 17, 2) are pixels,
        ``joints`` (T, 17, 3) metres. An ``exercise`` that was not measured is as hard as any.
        """
        kind, side, posture = classes(true_xy, joints, viewpoint)
        size = body_size(true_xy)
        hard = self.harder[self.exercises == (exercise or "")].prod()
        place = place_on_body(true_xy)
        body = place.reshape(len(place), 1, -1) / np.sqrt(place.shape[1])

        own = _following(rng, place, 3)
        worse = own[..., 0] @ np.linalg.cholesky(self.together).T
        distance = _at_quantile(self.error[kind, side, posture], ndtr(worse))
        way = np.einsum("kl,tlc->tkc", np.linalg.cholesky(self.directions), own[..., 1:])
        way /= np.linalg.norm(way, axis=-1, keepdims=True)
        xy = true_xy + way * (hard * distance * size[:, None])[..., None]

        usual = hard * self.error[kind, side, posture, _MEDIAN] * size[:, None]
        xy += rng.normal(size=xy.shape) * (_FLICKER * usual)[..., None]

        # Confidence follows the error as closely as the measured rank correlation says.
        tie = 2 * np.sin(np.pi / 6 * self.rank[kind, side, posture])
        steady = rng.normal(size=place.shape[1])
        changing = _following(rng, place, 1)[..., 0]
        by_itself = np.sqrt(_STAYS) * steady + np.sqrt(1 - _STAYS) * changing
        sure = tie * worse + np.sqrt(1 - tie**2) * by_itself
        conf = np.clip(_at_quantile(self.conf[kind, side, posture], ndtr(sure)), 0, 1)

        lying = posture[:, 0]
        swaps, misses = ndtr(_following(rng, body, 2)[:, 0]).T
        swapped = swaps < self.swapped[lying]
        xy[swapped], conf[swapped] = xy[swapped][:, MIRROR], conf[swapped][:, MIRROR]
        missed = misses < self.missed[lying]
        xy[missed], conf[missed] = np.nan, 0.0
        return xy, conf

    def save(self, path: Path) -> None:
        """Write the model as an archive of single precision."""
        arrays: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        figures = {n: a.astype(np.float32) for n, a in arrays.items() if n != "exercises"}
        np.savez_compressed(path, exercises=self.exercises, **figures)


def classes(
    true_xy: Floats, joints: Floats, viewpoint: Viewpoint
) -> tuple[Indices, Indices, Indices]:
    """Return kind, side and posture of every keypoint, indices (T, 17) each."""
    frames = len(true_xy)
    kind = np.broadcast_to(KIND_OF_KEYPOINT, (frames, 17))
    depth = viewpoint.seen(joints)[..., 2]
    middle = depth[:, _TORSO].mean(axis=1, keepdims=True)
    side = (depth - middle > _FAR_M).astype(np.intp)
    posture = lies(true_xy).astype(np.intp) + 2 * int(viewpoint.elevation_deg > STEEP_DEG)
    return kind, side, np.repeat(posture[:, None], 17, axis=1)


def body_size(true_xy: Floats) -> Floats:
    """Return the size of the body in the picture (T,): the diagonal of its keypoints' box."""
    return np.asarray(np.linalg.norm(np.ptp(true_xy, axis=1), axis=1))


def place_on_body(true_xy: Floats) -> Floats:
    """Return where keypoints (T, 17, 2) are from the torso's middle, in shares of the body."""
    middle = true_xy[:, _TORSO].mean(axis=1, keepdims=True)
    return np.asarray((true_xy - middle) / body_size(true_xy).mean())


@cache
def load_error_model() -> ErrorModel:
    """Return the error model that was fitted to YOLO11n-pose."""
    file = resources.files(__package__) / "keypoint_errors.npz"
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        exercises = arrays["exercises"]
        figures = {n: arrays[n].astype(np.float64) for n in arrays.files if n != "exercises"}
        return ErrorModel(exercises=exercises, **figures)


def _at_quantile(tables: Floats, share: Floats) -> Floats:
    """Return the value of each table (..., Q) at a share (...) of its distribution."""
    above = np.clip(np.searchsorted(QUANTILES, share), 1, len(QUANTILES) - 1)
    low, high = QUANTILES[above - 1], QUANTILES[above]
    weight = (share - low) / (high - low)
    lower = np.take_along_axis(tables, (above - 1)[..., None], axis=-1)[..., 0]
    upper = np.take_along_axis(tables, above[..., None], axis=-1)[..., 0]
    return np.asarray(lower + weight * (upper - lower))


def _following(rng: np.random.Generator, place: Floats, count: int) -> Floats:
    """Return ``count`` standard normal numbers (T, K, count) that follow places (T, K, D).

    They are Gaussian fields whose correlation falls exponentially with distance, made of waves of
    Cauchy frequencies (Rahimi and Recht, 2007).
    """
    _, things, dimensions = place.shape
    cauchy = rng.normal(size=(things, dimensions, _WAVES)) / rng.normal(size=(things, 1, _WAVES))
    phase = rng.uniform(0, 2 * np.pi, (things, 1, _WAVES))
    waves = np.cos(np.moveaxis(place, 1, 0) @ (cauchy / _FORGOTTEN) + phase)
    field = waves @ rng.normal(size=(things, _WAVES, count)) * np.sqrt(2 / _WAVES)
    return np.asarray(np.moveaxis(field, 0, 1))
