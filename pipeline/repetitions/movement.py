"""The movement as one signal: how far the lifter is on the way from start to turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from pipeline.pose.reliability import load_reliability
from pipeline.pose.smooth import torso_length
from pipeline.pose.track import PoseTrack
from references.experts import ExpertView
from references.skeleton import KEYPOINT_INDEX

Floats = npt.NDArray[np.float64]

# The head tells where somebody looks, not what they lift.
_BODY: Final = np.arange(KEYPOINT_INDEX["left_shoulder"], len(KEYPOINT_INDEX))

# Errors that keypoints have beside those that their confidence tells of, in torso lengths.
_LEAST_ERROR: Final = 0.03

# So many moments tell from which side somebody is filmed.
_MOMENTS: Final = 80

# How far beyond start and turn the way goes on, as a share of it: bodies and ranges differ.
_BEYOND: Final = 0.3

# A moment at which the pose is this far from a view's, in torso lengths, says no more against it.
_FAR: Final = 0.5

_REFINEMENTS: Final = 3

# Moments whose pose fits the movement worse than this many times the median count less (Huber).
_UNUSUAL: Final = 1.5

# Where the keypoints that are seen tell less than this share of the usual, the signal is guessed
# from the moments around.
_TELLING: Final = 0.4


@dataclass(frozen=True, slots=True)
class _Poses:
    """Keypoints ``xy`` (T, K, 2) in torso lengths, with the weight (T, K) of each: 1 / variance."""

    xy: Floats
    weight: Floats

    @classmethod
    def of(cls, track: PoseTrack) -> Self | None:
        scale = torso_length(track.xy)
        if not np.isfinite(scale):
            return None
        xy = track.xy[:, _BODY].astype(np.float64) / scale
        error = load_reliability().error_px(track)[:, _BODY] / scale
        known = np.isfinite(xy[..., 0]) & np.isfinite(error)
        weight = 1 / (np.where(known, error, 0.0) ** 2 + _LEAST_ERROR**2)
        return cls(np.where(known[..., None], xy, 0.0), np.where(known, weight, 0.0))

    def middle(self, values: Floats) -> Floats:
        """Return the weighted mean (T, 1, 2) over the keypoints of values (T or 1, K, 2)."""
        total = np.maximum(self.weight.sum(axis=1), _TINY)[:, None, None]
        return np.asarray((self.weight[..., None] * values).sum(axis=1, keepdims=True) / total)

    def at(self, moments: npt.NDArray[np.intp]) -> "_Poses":
        return _Poses(self.xy[moments], self.weight[moments])

    def typical(self) -> Floats:
        """Return the median pose (K, 2) around its middle; 0 for a keypoint never known."""
        centred = self.xy - self.middle(self.xy)
        centred[self.weight == 0] = np.nan
        typical = np.zeros(centred.shape[1:])
        known = (self.weight > 0).any(axis=0)
        typical[known] = np.nanmedian(centred[:, known], axis=0)
        return typical


@dataclass(frozen=True, slots=True)
class _Way:
    """The straight way of each keypoint from ``start`` (K, 2) by ``step`` (K, 2) to the turn."""

    start: Floats
    step: Floats

    def share(self, poses: _Poses) -> tuple[Floats, Floats, Floats]:
        """Return how far (T,) along the way each pose is, by least squares wherever it stands.

        With it the distance (T,) of the pose from the way, the root of the weighted mean square,
        and how much (T,) the keypoints that were seen tell.
        """
        weight = poses.weight[..., None]
        step = self.step - poses.middle(self.step[None])
        off = poses.xy - self.start
        off -= poses.middle(off)
        telling = (weight * step**2).sum(axis=(1, 2))
        share = (weight * step * off).sum(axis=(1, 2)) / np.maximum(telling, _TINY)
        return share, _distance(poses, off - share[:, None, None] * step), telling


_TINY: Final = 1e-9


def movement_signal(track: PoseTrack, views: Sequence[ExpertView] = ()) -> Floats | None:
    """Return how far along the movement each frame is, (T,): about 0 at one end, 1 at the other.

    With the ``views`` of an expert's movement 0 is its start and 1 its turn: the view that fits the
    poses best tells how each keypoint moves, which is then fitted to the lifter's own movement;
    without them the strongest movement counts. Each keypoint weighs as much as its confidence is
    worth, and neither the camera's shake nor steps take part. None when too little was seen.
    """
    poses = _Poses.of(track)
    if poses is None or not poses.weight.any():
        return None
    expert = _nearest_way(poses, views)
    way = _refined(poses, expert or _strongest_way(poses), prior=expert)
    share, _, telling = way.share(poses)
    told = telling > max(_TELLING * float(np.median(telling)), _TINY)
    if not told.any():
        return None
    return np.interp(track.t, track.t[told], share[told])


def _nearest_way(poses: _Poses, views: Sequence[ExpertView]) -> _Way | None:
    """Return the way of the view that the poses fit best, in the lifter's torso lengths."""
    moments = np.linspace(0, len(poses.xy) - 1, min(len(poses.xy), _MOMENTS)).astype(np.intp)
    typical, sample = poses.typical(), poses.at(moments)
    weight = poses.weight.mean(axis=0)[:, None]
    best, least = None, np.inf
    for view in views:
        start, turn = view.salient()[:, _BODY].astype(np.float64)
        middle = (start + turn) / 2
        middle -= (weight * middle).sum(axis=0) / weight.sum()
        scale = float((weight * middle * typical).sum() / (weight * middle**2).sum())
        # A negative scale is a lifter upside down; no view fits that.
        if scale <= 0:
            continue
        way = _Way(scale * start, scale * (turn - start))
        share, _, _ = way.share(sample)
        share = np.clip(share, -_BEYOND, 1 + _BEYOND)
        off = sample.xy - way.start - share[:, None, None] * way.step
        cost = float(np.minimum(_distance(sample, off - sample.middle(off)), _FAR).mean())
        if cost < least:
            best, least = way, cost
    return best


def _strongest_way(poses: _Poses) -> _Way:
    """Return the first principal component of the weighted poses, from low to high."""
    typical = poses.typical()
    off = poses.xy - poses.middle(poses.xy) - typical
    root = np.sqrt(poses.weight)[..., None]
    step = np.linalg.svd((off * root).reshape(len(off), -1), full_matrices=False)[2][0]
    usual = np.sqrt(np.median(poses.weight, axis=0))[:, None]
    way = _Way(typical, step.reshape(typical.shape) / np.maximum(usual, 1.0))
    low, high = np.percentile(way.share(poses)[0], (5, 95))
    return _Way(way.start + low * way.step, max(high - low, _TINY) * way.step)


def _refined(poses: _Poses, way: _Way, *, prior: _Way | None) -> _Way:
    """Return the way fitted to the lifter, drawn to the ``prior`` where they moved little.

    Where each pose is on the way, and which way fits the poses, are solved in turn. Poses far from
    the way, like those of the set-up, count less.
    """
    for _ in range(_REFINEMENTS):
        share, distance, _ = way.share(poses)
        share = np.clip(share, -_BEYOND, 1 + _BEYOND)
        usual = _UNUSUAL * float(np.median(distance)) + _TINY
        weight = poses.weight * np.minimum(1, usual / np.maximum(distance, _TINY))[:, None] ** 2
        total = weight.sum(axis=0) + _TINY
        xy = poses.xy - poses.middle(poses.xy - way.start - share[:, None, None] * way.step)
        mean_share = (weight * share[:, None]).sum(axis=0) / total
        mean_xy = (weight[..., None] * xy).sum(axis=0) / total[:, None]
        spread = share[:, None] - mean_share
        variance = (weight * spread**2).sum(axis=0)
        covariance = ((weight * spread)[..., None] * (xy - mean_xy)).sum(axis=0)
        if prior:
            pull = float(np.median(variance)) + _TINY
            step = (covariance + pull * prior.step) / (variance + pull)[:, None]
        else:
            step = covariance / (variance + _TINY)[:, None]
        way = _Way(mean_xy - mean_share[:, None] * step, step)
    return way


def _distance(poses: _Poses, off: Floats) -> Floats:
    total = np.maximum(poses.weight.sum(axis=1), _TINY)
    return np.asarray(np.sqrt((poses.weight[..., None] * off**2).sum(axis=(1, 2)) / total))
