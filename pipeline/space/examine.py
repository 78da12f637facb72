"""Synthetic sets that the network did not learn from: what it tells of them, and what is true."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.camera import Camera
from pipeline.moments import image_plane
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import hidden
from pipeline.repetitions import Swing
from pipeline.space.lessons import fault_sizes, watched_clips
from pipeline.space.measures import measure
from pipeline.space.moments import STAGE_MOMENTS, frames_of
from pipeline.space.tell import sight_of
from pipeline.space.teller import MEASURED, Teller, Told
from references.exercises import STAGES
from references.geometry import joint_angles
from references.lens import Lens
from references.skeleton import JOINTS
from references.synthetic.skeleton_clips import SkeletonClip

Floats = npt.NDArray[np.float64]
_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Examined:
    """One set of R repetitions.

    ``true`` (R, SIZES) and ``told`` are degrees; ``drawn`` (R, 4, 8) are the angles of the same
    keypoints in the picture and ``visible`` (R, 4, 8) whether the three keypoints of a joint are
    taken for visible, stage by stage in the order of the joints. ``view_off_deg`` is how far the
    told view is from the true one.
    """

    clip: SkeletonClip
    calibrated: bool
    true: Floats
    told: Told
    drawn: Floats
    visible: npt.NDArray[np.bool_]
    view_off_deg: float

    def joint_errors(self) -> Floats:
        """Return how far off each joint is, (R, 4, 8) degrees, NaN where it is not visible."""
        off = np.abs(self.told.sizes[..., 1] - self.true)
        return np.where(self.visible, _joints(off), np.nan)

    def covered(self) -> npt.NDArray[np.bool_]:
        """Return whether the interval of each joint holds the truth, (R, 4, 8)."""
        low, _, high = np.moveaxis(self.told.sizes, -1, 0)
        return _joints((low <= self.true) & (self.true <= high))

    def drawn_errors(self) -> Floats:
        """Return how far off each joint's drawn angle is, (R, 4, 8), NaN where not visible."""
        return np.where(self.visible, np.abs(self.drawn - _joints(self.true)), np.nan)


def examine(
    teller: Teller, count: int, seed: int, *, fault_share: float = 0.5, held_out: bool = False
) -> Iterator[Examined]:
    """Yield synthetic sets, each without and with a calibrated camera.

    Bodies ``held_out`` are none that lessons are made with.
    """
    clips = watched_clips(
        teller.exercises(), count, seed, fault_share=fault_share, held_out=held_out
    )
    for clip, track, swings in clips:
        if swings:
            for camera in (None, camera_of(clip.lens)):
                yield _examined(teller, clip, track, swings, camera)


def camera_of(lens: Lens) -> Camera:
    """Return a lens as a perfect calibration would find it."""
    return Camera(
        width=lens.width,
        height=lens.height,
        fx=lens.fx,
        fy=lens.fy,
        cx=lens.cx,
        cy=lens.cy,
        distortion=(*lens.distortion, 0.0),
        rms_px=0.0,
        photos=1,
    )


def _examined(
    teller: Teller,
    clip: SkeletonClip,
    track: PoseTrack,
    swings: Sequence[Swing],
    camera: Camera | None,
) -> Examined:
    exercise = np.array([teller.exercises().index(clip.exercise)])
    told = teller.tell(sight_of(track, swings, camera), exercise)
    frames = frames_of(swings)
    moments = frames[:, list(STAGE_MOMENTS.values())]
    true = measure(clip.joints[moments]).reshape(len(frames), -1)
    drawn = joint_angles(image_plane(track, camera)[moments])
    seen = ~hidden(track)[moments]
    view = clip.viewpoint
    azimuth, elevation = np.radians([view.azimuth_deg, view.elevation_deg])
    level = np.cos(elevation)
    direction = (np.sin(azimuth) * level, np.cos(azimuth) * level, np.sin(elevation))
    cosine = float(np.clip(told.view[0] @ direction, -1, 1))
    return Examined(
        clip=clip,
        calibrated=camera is not None,
        true=np.concatenate([true, fault_sizes(clip, frames)], axis=1),
        told=told,
        drawn=np.stack(list(drawn.values()), axis=-1).astype(np.float64),
        visible=np.stack([seen[..., list(three)].all(axis=-1) for three in JOINTS.values()], -1),
        view_off_deg=float(np.degrees(np.arccos(cosine))),
    )


def _joints(sizes: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
    """Return the joints (R, 4, 8) of sizes (R, SIZES)."""
    return sizes[:, :MEASURED].reshape(len(sizes), len(STAGES), -1)[..., : len(JOINTS)]
