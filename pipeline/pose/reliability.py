"""What a keypoint's confidence is worth: how far off it may be.

``reliability.npz`` is written by ``python -m benchmarks.keypoint_errors --reliability FILE``, which
compares the pose network with rendered lifters whose keypoints are known; ``python -m
benchmarks.pose --reliability FILE`` then adds by how much keypoints of real frames are further off.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.pose.smooth import torso_length
from pipeline.pose.track import PoseTrack
from references.geometry import lies
from references.skeleton import KIND_OF_KEYPOINT

Floats = npt.NDArray[np.float64]

CONFIDENCES: Final = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0])
"""Between each and the next, errors are measured apart."""

SHARE_WITHIN: Final = 0.68
"""The share of keypoints that lie within their estimated error: one standard deviation."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Measured errors: ``off`` (9, 2, 7), in torso lengths, by kind, lying or not, confidence.

    ``real`` (9, 2) is by how much those of real frames, labelled by hand, are larger than these of
    rendered ones, by kind and posture; a person's labels are not exact, which it includes.
    """

    off: Floats
    real: Floats

    def save(self, path: Path) -> None:
        """Write a file for ``load_reliability``."""
        np.savez_compressed(path, off=self.off.astype("f4"), real=self.real.astype("f4"))

    def error_px(self, track: PoseTrack) -> Floats:
        """Return how far off (T, 17) each keypoint may be in pixels.

        `SHARE_WITHIN` of the keypoints lie within it. NaN where a keypoint is not known.
        """
        kind, lying = np.array(KIND_OF_KEYPOINT), lies(track.xy).astype(np.intp)[:, None]
        off = self.off[kind, lying, confidence_bin(track.conf)] * self.real[kind, lying]
        known = np.isfinite(track.xy[..., 0])
        return np.where(known, off * torso_length(track.xy), np.nan)


def confidence_bin(conf: npt.NDArray[np.floating]) -> npt.NDArray[np.intp]:
    """Return in which of the 7 ranges between `CONFIDENCES` each confidence lies."""
    return np.clip(np.searchsorted(CONFIDENCES, conf, "right") - 1, 0, len(CONFIDENCES) - 2)


@cache
def load_reliability() -> Reliability:
    """Return what was measured of the default pose network."""
    file = resources.files(__package__) / "reliability.npz"
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        return Reliability(*(arrays[name].astype(np.float64) for name in ("off", "real")))
