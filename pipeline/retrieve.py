"""Step 6, retrieve: the expert view nearest to the lifter by L2 (the paper's section 4.4.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.pose.smooth import torso_length
from references.exercises import PHASES, Phase
from references.experts import ExpertView
from references.skeleton import KEYPOINT_INDEX

Floats = npt.NDArray[np.floating]

MAX_DISTANCE: Final = 0.3
"""An expert this far from the lifter, in torso lengths, shows another movement, or the poses are
wrong; chosen on the table of ``python -m benchmarks.corpus``, see ``benchmarks/README.md``."""

# The head tells little about form and much about where somebody looks.
_COMPARED: Final = np.arange(KEYPOINT_INDEX["left_shoulder"], len(KEYPOINT_INDEX))

# Fewer shared keypoints than a torso and one arm cannot tell one view from another.
_MIN_SHARED: Final = 5


@dataclass(frozen=True, slots=True)
class Match:
    """An expert view and its distance from the lifter, in torso lengths of the expert.

    ``scale`` takes the lifter's unit to the view's.
    """

    view: ExpertView
    distance: float
    scale: float


def nearest_view(
    lifter: Mapping[Phase, Floats],
    views: Sequence[ExpertView],
    *,
    max_distance: float = MAX_DISTANCE,
) -> Match | None:
    """Return the view whose poses at start and turn are nearest to the lifter's.

    ``lifter`` holds a pose (17, 2) per phase in any unit. The two phases share one scale, fitted by
    least squares, and each is moved so that the shared keypoints have one centre; they are never
    turned, because both pictures have gravity pointing down. The distance is the root mean square
    over the keypoints that the lifter shows. None when the lifter shows too few of them, or when
    the nearest view is further than ``max_distance``.
    """
    poses = np.stack([lifter[phase][_COMPARED] for phase in PHASES])  # (2, K, 2)
    shared = np.asarray(np.isfinite(poses).all(axis=2))
    if (shared.sum(axis=1) < _MIN_SHARED).any() or not views:
        return None
    experts = np.stack([view.salient()[:, _COMPARED] for view in views])  # (V, 2, K, 2)
    torsos = np.array([torso_length(view.xy) for view in views])
    user = _centred(poses[None], shared)
    expert = _centred(experts, shared)
    scale = (user * expert).sum(axis=(1, 2, 3)) / (user**2).sum(axis=(1, 2, 3))
    residual = scale[:, None, None, None] * user - expert
    distance = np.sqrt((residual**2).sum(axis=(1, 2, 3)) / shared.sum()) / torsos
    # A negative scale is a lifter upside down; no view fits that.
    distance[scale <= 0] = np.inf
    best = int(np.argmin(distance))
    if not np.isfinite(distance[best]) or distance[best] > max_distance:
        return None
    return Match(views[best], float(distance[best]), float(scale[best]))


def _centred(poses: Floats, shared: npt.NDArray[np.bool_]) -> Floats:
    """Return (V, 2, K, 2) with the shared keypoints of each phase centred and the others zero."""
    kept = np.where(shared[None, ..., None], poses, 0.0)
    centre = kept.sum(axis=2, keepdims=True) / shared.sum(axis=1)[None, :, None, None]
    return np.where(shared[None, ..., None], kept - centre, 0.0)
