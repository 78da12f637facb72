"""The poses of a set that count: at the velocity minima and halfway between, by repetition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from pipeline.camera import Camera
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import Swing
from pipeline.space.moments import STAGE_MOMENTS, frames_of
from references.exercises import PHASES, Phase, Stage

Floats = npt.NDArray[np.float32]


def image_plane(track: PoseTrack, camera: Camera | None) -> Floats:
    """Return a track's keypoints (T, 17, 2) where angles may be measured.

    Undistorted and normalised when the camera is known, in pixels otherwise: either way x points
    right, y points down and both have one unit. Raises SettingError when the camera filmed
    pictures of another shape.
    """
    if camera is None:
        return track.xy
    return camera.scaled_to(track.width, track.height).normalise(track.xy)


@dataclass(frozen=True, slots=True)
class StagePoses:
    """Poses (R, 17, 2) at each stage of each of R repetitions, NaN where not seen."""

    start: Floats
    out: Floats
    turn: Floats
    back: Floats

    @classmethod
    def of(cls, plane: Floats, swings: Sequence[Swing]) -> Self:
        """Take them from the keypoints (T, 17, 2) of a track."""
        frames = frames_of(swings)
        return cls(**{stage: plane[frames[:, at]] for stage, at in STAGE_MOMENTS.items()})

    def at(self, stage: Stage) -> Floats:
        """Return the poses (R, 17, 2) of one stage."""
        return {"start": self.start, "out": self.out, "turn": self.turn, "back": self.back}[stage]

    def typical(self) -> Mapping[Phase, Floats]:
        """Return for each phase the median pose (17, 2) over the repetitions."""
        return {phase: median_pose(self.at(phase)) for phase in PHASES}


def median_pose(poses: Floats) -> Floats:
    """Return the median (17, 2) of poses (N, 17, 2), NaN where a keypoint was never seen."""
    seen = np.isfinite(poses).any(axis=(0, 2))
    median = np.full(poses.shape[1:], np.nan, np.float32)
    median[seen] = np.nanmedian(poses[:, seen], axis=0)
    return median
