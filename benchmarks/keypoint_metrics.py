"""How far keypoints are off: what `pose` and its kin report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from references.geometry import included_angle
from references.skeleton import JOINTS, KEYPOINT_INDEX, MIRROR

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_LEFT_SHOULDER, _RIGHT_SHOULDER, _LEFT_HIP, _RIGHT_HIP = (
    KEYPOINT_INDEX[name] for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
)
_ARMS: Final = [list(JOINTS["left_elbow"]), list(JOINTS["right_elbow"])]
# A limb shorter than this in the picture, in torso lengths, points at the camera: the direction in
# which it is drawn, and with it the angle, is chance.
_FORESHORTENED: Final = 0.15


def torso_px(xy: Floats) -> Floats:
    """Return the size (...) of a torso in the picture from keypoints (..., 17, 2).

    It is the longest of both sides and the shoulders' width, so that a torso that points at the
    camera, as a lifter's on a bench filmed from the feet, does not count as tiny.
    """
    spans = [
        xy[..., a, :] - xy[..., b, :]
        for a, b in (
            (_LEFT_SHOULDER, _LEFT_HIP),
            (_RIGHT_SHOULDER, _RIGHT_HIP),
            (_LEFT_SHOULDER, _RIGHT_SHOULDER),
        )
    ]
    return np.asarray(np.nanmax(np.linalg.norm(spans, axis=-1), axis=0))


@dataclass(slots=True)
class Errors:
    """Errors collected over frames, and what is said of them."""

    off: list[float] = field(default_factory=list)
    elbow_deg: list[float] = field(default_factory=list)
    frames: int = 0
    missed: int = 0
    swapped: int = 0

    def add(self, predicted: Floats | None, true: Floats, visible: Bools) -> None:
        """Add a frame: keypoints (17, 2) or None where nobody was found, truth, what counts.

        Keypoints of the face do not count: no angle stands on them.
        """
        self.frames += 1
        counted = visible & np.isfinite(true[:, 0]) & (np.arange(17) >= _LEFT_SHOULDER)
        arms = [arm for arm in _ARMS if counted[arm].all()]
        if predicted is None:
            self.missed += 1
            self.off += [np.inf] * int(counted.sum())
            self.elbow_deg += [180.0] * len(arms)
            return
        size = float(torso_px(true))
        distance = np.linalg.norm(predicted - true, axis=1) / size
        distance[np.isnan(distance)] = np.inf
        self.off += distance[counted].tolist()
        mirrored = np.linalg.norm(predicted[list(MIRROR)] - true, axis=1) / size
        self.swapped += bool(np.nanmedian(mirrored[counted]) < 0.5 * np.median(distance[counted]))
        errors = [
            abs(float(included_angle(*predicted[arm])) - float(included_angle(*true[arm])))
            for arm in arms
            if not _points_at_camera(true[arm], size)
        ]
        errors = [180.0 if np.isnan(error) else error for error in errors]
        self.elbow_deg += errors

    def table(self) -> Mapping[str, Any]:
        """Return the figures, ready for JSON."""
        off = np.array(self.off)
        elbow = np.array(self.elbow_deg) if self.elbow_deg else np.array([np.nan])
        return {
            "frames": self.frames,
            "missed": self.missed,
            "swapped": self.swapped,
            **{
                f"within_{share:g}": round(float(np.mean(off <= share)), 3)
                for share in (0.1, 0.2, 0.5)
            },
            "elbow_median_deg": round(float(np.median(elbow)), 1),
            "elbow_p90_deg": round(float(np.quantile(elbow, 0.9)), 1),
            "arms": len(self.elbow_deg),
        }


def _points_at_camera(arm: Floats, size: float) -> bool:
    lengths = np.linalg.norm(np.diff(arm, axis=0), axis=1)
    return bool((lengths < _FORESHORTENED * size).any())
