"""Synthetic sets that the network did not learn from: what it tells of them, and what is true."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.camera import Camera
from pipeline.moments import image_plane
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import hidden
from pipeline.repetitions import Swing
from pipeline.space.lessons import fault_sizes, watched_clips
from pipeline.space.measures import MEASURES, MOST_FAULTS, measure
from pipeline.space.moments import START, TURN, frames_of
from pipeline.space.tell import sight_of
from pipeline.space.teller import MEASURED, SIZES, Teller, Told, Widths
from references.geometry import joint_angles
from references.lens import Lens
from references.skeleton import JOINTS
from references.synthetic.skeleton_clips import SkeletonClip

Floats = npt.NDArray[np.float64]
_Scalar = TypeVar("_Scalar", bound=np.generic)

PROMISED: Final = 0.8
"""The share of the truth that the intervals hold."""

BLAMED: Final = 0.01
"""The share of sets done right in which some fault may be told larger than by chance."""

# A width beyond these factors says more about the few sets it was measured on than about others.
_FACTORS: Final = (0.5, 3.0)


@dataclass(frozen=True, slots=True)
class Examined:
    """One set of R repetitions.

    ``true`` (R, SIZES) and ``told`` are degrees; ``drawn`` (R, 2, 8) are the angles of the same
    keypoints in the picture and ``visible`` (R, 2, 8) whether the three keypoints of a joint are
    taken for visible, at start and turn in the order of the joints. ``view_off_deg`` is how far the
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
        """Return how far off each joint is, (R, 2, 8) degrees, NaN where it is not visible."""
        off = np.abs(self.told.sizes[..., 1] - self.true)
        return np.where(self.visible, _joints(off), np.nan)

    def covered(self) -> npt.NDArray[np.bool_]:
        """Return whether the interval of each joint holds the truth, (R, 2, 8)."""
        low, _, high = np.moveaxis(self.told.sizes, -1, 0)
        return _joints((low <= self.true) & (self.true <= high))

    def drawn_errors(self) -> Floats:
        """Return how far off each joint's drawn angle is, (R, 2, 8), NaN where not visible."""
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


def fitted_widths(teller: Teller, sets: Iterable[Examined]) -> Widths:
    """Return the widths with which the teller's intervals hold what they promise on these sets.

    The teller must have answered with widths that change nothing. A fault's interval is fitted
    where the fault is there: that none is there is easily told.
    """
    examined = list(sets)
    widths = Widths.as_told(len(teller.exercises()))
    for number, name in enumerate(teller.exercises()):
        own = [one for one in examined if one.clip.exercise == name]
        true = np.concatenate([one.true for one in own])
        low, middle, high = np.moveaxis(np.concatenate([o.told.sizes for o in own]), -1, 0)
        for size in range(SIZES):
            counted = true[:, size] > 0 if size >= MEASURED else np.ones(len(true), np.bool_)
            if counted.any():
                t, m = true[counted, size], middle[counted, size]
                widths.below[number, size] = _factor(m - t, m - low[counted, size])
                widths.above[number, size] = _factor(t - m, high[counted, size] - m)
        off = np.array([one.view_off_deg for one in own])
        told = np.array([one.told.off_deg[0] for one in own])
        widths.view[number] = np.quantile(off / told, PROMISED)
    return widths


def told_by_chance(teller: Teller, sets: Iterable[Examined]) -> Floats:
    """Return how far faults are told to go in these sets, all done right: (E, MOST_FAULTS) degrees.

    Of all faults of an exercise together at most `BLAMED` of its sets are told one larger; each
    fault gets the same part of that.
    """
    examined = list(sets)
    chance = np.zeros((len(teller.exercises()), MOST_FAULTS))
    for number, (name, faults) in enumerate(teller.faults.items()):
        told = [
            np.median(one.told.sizes[:, MEASURED:, 1], axis=0)
            for one in examined
            if one.clip.exercise == name
        ]
        chance[number] = np.quantile(told, 1 - BLAMED / len(faults), axis=0)
    return chance


def _factor(beyond: Floats, reach: Floats) -> float:
    """Return what makes all but the tenth that may lie beyond one end lie within the reach."""
    shares = beyond / np.maximum(reach, 1e-6)
    return float(np.clip(np.quantile(shares, (1 + PROMISED) / 2), *_FACTORS))


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
    moments = frames[:, [START, TURN]]
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
    """Return the joints (R, 2, 8) of sizes (R, SIZES)."""
    return sizes[:, :MEASURED].reshape(len(sizes), 2, len(MEASURES))[..., : len(JOINTS)]
