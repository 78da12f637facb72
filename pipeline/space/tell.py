"""From a track to true angles, with a trained network."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.camera import Camera
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import Swing
from pipeline.space.answer import Interval, SpaceAngles, View
from pipeline.space.features import Sight, rays_of
from pipeline.space.measures import MEASURES
from pipeline.space.moments import frames_of
from pipeline.space.teller import Teller
from pipeline.space.weights import load
from references.exercises import STAGES

# Of a repetition of which fewer keypoints are known, nothing is told.
_ENOUGH_KNOWN: Final = 0.35


def angles_in_space(
    track: PoseTrack,
    swings: Sequence[Swing],
    exercise: str,
    camera: Camera | None = None,
    *,
    teller: Teller | None = None,
) -> SpaceAngles | None:
    """Return the true angles of a set in a cleaned track, None for an exercise not learned.

    None as well without ``swings``, its repetitions. ``camera`` is the one that filmed the track;
    without it the focal length of a typical phone is assumed and the intervals are wider.
    ``teller`` defaults to the one that comes with the project. Raises SettingError when the camera
    filmed pictures of another shape.
    """
    teller = teller or load()
    if exercise not in teller.exercises() or not swings:
        return None
    sight = sight_of(track, swings, camera)
    told = teller.tell(sight, np.array([teller.exercises().index(exercise)]))
    known = np.isfinite(sight.rays[..., 0]).mean(axis=(1, 2)) >= _ENOUGH_KNOWN
    sizes = np.where(known[:, None, None], told.sizes, np.nan)
    # In the order of `SIZES`.
    columns = iter(np.moveaxis(sizes, 1, 0))
    left, ahead, up = told.view[0]
    return SpaceAngles(
        angles={stage: {name: _interval(next(columns)) for name in MEASURES} for stage in STAGES},
        faults={name: _interval(next(columns)) for name in teller.faults[exercise]},
        by_chance_deg=teller.by_chance(exercise),
        view=View(
            azimuth_deg=float(np.degrees(np.arctan2(left, ahead)) % 360),
            elevation_deg=float(np.degrees(np.arcsin(np.clip(up, -1, 1)))),
            spread_deg=float(told.off_deg[0]),
        ),
    )


def sight_of(track: PoseTrack, swings: Sequence[Swing], camera: Camera | None) -> Sight:
    """Return what a camera saw of the repetitions of one set."""
    frames = frames_of(swings)
    rays = rays_of(track, camera)
    return Sight(
        rays=rays[frames],
        conf=track.conf[frames],
        of=np.zeros(len(frames), np.int64),
        calibrated=np.array([camera is not None]),
    )


def _interval(quantiles: npt.NDArray[np.float64]) -> Interval:
    low, middle, high = quantiles.T
    return Interval(middle, low, high)
