"""Cleaning a pose track: wild keypoints out, short gaps filled, jitter smoothed."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.pose.proportions import torso_by_limbs
from pipeline.pose.track import PoseTrack

Floats = npt.NDArray[np.float64]

_ENOUGH_FOR_MEDIAN: Final = 3
# Three points determine a quadratic and leave nothing to smooth.
_ENOUGH_FOR_QUADRATIC: Final = 4


@dataclass(frozen=True, slots=True)
class SmoothSettings:
    """How a track is cleaned.

    ``min_confidence`` is the network's confidence below which a keypoint counts as not known: out
    of the picture. A hidden keypoint is less sure than a seen one, and placed all the same.
    ``max_gap_s`` is the longest gap that is filled; a longer one stays a gap. ``window_s`` is the
    width of the smoothing window: a quadratic fitted in it keeps the height and the place of a
    turning point, where a moving average would cut it off (Savitzky and Golay, 1964).
    ``max_jump`` is how far, in torso lengths, a keypoint may lie from the median of its neighbours
    in time before it counts as wild.
    """

    min_confidence: float = 0.1
    max_gap_s: float = 0.35
    window_s: float = 0.4
    max_jump: float = 0.35


def smooth(track: PoseTrack, settings: SmoothSettings = SmoothSettings()) -> PoseTrack:
    """Return the track cleaned; ``t`` and ``conf`` stay, ``xy`` is NaN where nothing is known."""
    xy = np.where(track.conf[..., None] >= settings.min_confidence, track.xy, np.nan)
    xy = xy.astype(np.float64)
    reach = settings.max_jump * torso_length(xy)
    for keypoint in range(xy.shape[1]):
        _drop_wild(xy[:, keypoint], reach)
        _fill_gaps(track.t, xy[:, keypoint], settings.max_gap_s)
    xy = _local_quadratic(track.t, xy, settings.window_s)
    return replace(track, xy=xy.astype(np.float32))


def torso_length(xy: npt.NDArray[np.floating]) -> float:
    """Return the typical distance from mid-shoulder to mid-hip in the units of ``xy`` (T, 17, 2).

    A torso seen end-on is short, so the 90th percentile over time stands for its true length; the
    shoulders' width takes part, because a lifter filmed from the feet shows no torso. Where nothing
    of it was ever seen the limbs tell, and it is NaN without these as well.
    """
    left_shoulder, right_shoulder, left_hip, right_hip = (xy[:, i] for i in (5, 6, 11, 12))
    spans = np.stack(
        [
            np.linalg.norm((left_shoulder + right_shoulder - left_hip - right_hip) / 2, axis=-1),
            np.linalg.norm(left_shoulder - left_hip, axis=-1),
            np.linalg.norm(right_shoulder - right_hip, axis=-1),
            np.linalg.norm(left_shoulder - right_shoulder, axis=-1),
        ]
    )
    known = spans[np.isfinite(spans)]
    return float(np.percentile(known, 90)) if len(known) else torso_by_limbs(xy)


def _drop_wild(xy: Floats, reach: float) -> None:
    """Set to NaN, in place, points of (T, 2) further than ``reach`` from the median around."""
    padded = np.pad(xy, ((2, 2), (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=0)
    known = np.isfinite(windows[:, 0]).sum(axis=1) >= _ENOUGH_FOR_MEDIAN
    medians = np.full_like(xy, np.nan)
    medians[known] = np.nanmedian(windows[known], axis=2)
    wild = np.linalg.norm(xy - medians, axis=1) > reach
    xy[wild] = np.nan


def _fill_gaps(t: Floats, xy: Floats, max_gap_s: float) -> None:
    """Fill, in place, gaps of (T, 2) between two known points at most ``max_gap_s`` apart."""
    known = np.flatnonzero(np.isfinite(xy[:, 0]))
    for before, after in pairwise(known):
        if after - before > 1 and t[after] - t[before] <= max_gap_s:
            inside = slice(before + 1, after)
            for axis in range(2):
                xy[inside, axis] = np.interp(
                    t[inside], t[[before, after]], xy[[before, after], axis]
                )


def _local_quadratic(t: Floats, xy: Floats, window_s: float) -> Floats:
    """Return (T, K, 2) where each known point is the value of a quadratic fitted around it.

    Frames carry their own timestamps, so each fit solves its own normal equations instead of using
    one set of filter coefficients. Points without four known neighbours stay as they are.
    """
    half = window_s / 2 + 1e-6
    span = int(np.max(np.searchsorted(t, t + half, "right") - np.arange(len(t)), initial=1)) - 1
    known = np.isfinite(xy[..., 0])
    values = np.where(known[..., None], xy, 0.0)
    count = np.zeros(known.shape, int)
    moments = np.zeros((5, *known.shape))
    products = np.zeros((*xy.shape, 3))
    for shift in range(-span, span + 1):
        here = np.arange(max(0, -shift), min(len(t), len(t) - shift))
        # In units of the half window: powers of plain seconds would condition the system badly.
        dt = (t[here + shift] - t[here]) / half
        weight = np.clip(1 - np.abs(dt) ** 3, 0, None)[:, None] * known[here + shift]
        count[here] += weight > 0
        for power in range(5):
            moments[power, here] += weight * dt[:, None] ** power
        for power in range(3):
            weighted = weight * dt[:, None] ** power
            products[here, ..., power] += weighted[..., None] * values[here + shift]
    fitted = known & (count >= _ENOUGH_FOR_QUADRATIC)
    system = moments[:, fitted].T[:, [[0, 1, 2], [1, 2, 3], [2, 3, 4]]]
    smoothed = xy.copy()
    smoothed[fitted] = np.linalg.solve(system[:, None], products[fitted][..., None])[..., 0, 0]
    return smoothed
