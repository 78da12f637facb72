"""The salient poses of a set: the lifter at the velocity minima, repetition by repetition."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.camera import Camera
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import Swing
from references.exercises import Phase

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SalientPoses:
    """Poses (R, 17, 2) at ``start`` and ``turn`` of each of R repetitions, NaN where not seen.

    Coordinates are undistorted and normalised when the camera is known, pixels otherwise: either
    way x points right, y points down and both have one unit.
    """

    start: Floats
    turn: Floats

    def at(self, phase: Phase) -> Floats:
        """Return the poses (R, 17, 2) of one phase."""
        return self.start if phase == "start" else self.turn

    def typical(self) -> Mapping[Phase, Floats]:
        """Return for each phase the median pose (17, 2) over the repetitions."""
        return {"start": _median(self.start), "turn": _median(self.turn)}


def salient_poses(
    track: PoseTrack, swings: tuple[Swing, ...], camera: Camera | None
) -> SalientPoses:
    """Return the poses of a track at the velocity minima of its repetitions."""
    xy = track.xy
    if camera is not None:
        xy = camera.scaled_to(track.width, track.height).normalise(xy)
    return SalientPoses(xy[[s.start for s in swings]], xy[[s.turn for s in swings]])


def _median(poses: Floats) -> Floats:
    seen = np.isfinite(poses).any(axis=0)
    median = np.full(poses.shape[1:], np.nan, np.float32)
    median[seen] = np.nanmedian(poses[:, seen], axis=0)
    return median
