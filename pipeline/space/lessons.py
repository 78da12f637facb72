"""What the network learns from: repetitions of the synthetic lifter in space, and how they look."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import Swing, find_repetitions
from pipeline.space.measures import MOST_FAULTS
from pipeline.space.moments import START, TURN, frames_of
from references.experts import expert_views
from references.motions import Fault, motions
from references.synthetic.error_model import body_size
from references.synthetic.skeleton_clips import SkeletonClip, skeleton_clips

REPETITIONS: Final = 8
"""The most repetitions of a lesson."""

FAULT_SHARE: Final = 0.75
"""How many lessons have a fault: each of some six should be seen often enough to be learned."""

WatchedClip = tuple[SkeletonClip, PoseTrack, tuple[Swing, ...]]
"""A set and its truth, the cleaned track of it, and the repetitions found in that."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """N sets, of which each shows at most `REPETITIONS` repetitions at `MOMENTS` frames.

    ``exercise`` (N,) is an index into the names that were asked for; ``count`` (N,) the repetitions
    of each. ``joints`` (N, R, M, 17, 3) are metres; ``error`` (N, R, M, 17, 2) is what the cleaned
    keypoints are off by, in shares of the body's size in the picture, NaN where a keypoint is not
    known, and ``conf`` (N, R, M, 17) their confidence. ``faults`` (N, R, 8) are degrees, in the
    order of the motion. ``camera`` (N, 6) is azimuth, elevation, distance and target of the
    viewpoint; ``lens`` (N, 4) width, height and focal length in pixels and radial distortion.
    ``filmed`` (N,) is whether the errors are those of the pose step in a rendered clip.
    """

    exercise: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    joints: npt.NDArray[np.float32]
    error: npt.NDArray[np.float16]
    conf: npt.NDArray[np.float16]
    faults: npt.NDArray[np.float32]
    camera: npt.NDArray[np.float32]
    lens: npt.NDArray[np.float32]
    filmed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.exercise)

    @classmethod
    def together(cls, parts: Sequence[Self]) -> Self:
        """Return the lessons of several parts."""
        return cls(
            *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(cls))
        )

    def save(self, path: Path) -> None:
        """Write the lessons as a NumPy archive; a file appears whole or not at all."""
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(file, **{field.name: getattr(self, field.name) for field in fields(self)})
        partial.rename(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read lessons written by ``save``; never unpickles."""
        with np.load(path, allow_pickle=False) as data:
            return cls(*(data[field.name] for field in fields(cls)))


def make_lessons(
    names: Sequence[str], watched: Iterable[WatchedClip], *, filmed: bool = False
) -> Lessons:
    """Return the lessons of sets of these exercises, less those without a repetition.

    ``filmed`` says that the pose step watched them. Raises ValueError when none is left.
    """
    made = [
        (*_lesson(clip, track, names.index(clip.exercise), swings), filmed)
        for clip, track, swings in watched
        if swings
    ]
    return Lessons(*(np.stack(column) for column in zip(*made, strict=True)))


def watched_clips(
    names: Sequence[str],
    count: int,
    seed: int,
    *,
    fault_share: float = FAULT_SHARE,
    held_out: bool = False,
) -> Iterator[WatchedClip]:
    """Yield synthetic sets as the pipeline sees them: the cleaned track and its repetitions."""
    clips = skeleton_clips(
        count, seed=seed, exercises=names, fault_share=fault_share, held_out=held_out
    )
    for clip in clips:
        track = smooth(
            PoseTrack(
                clip.t,
                clip.xy.astype(np.float32),
                clip.conf.astype(np.float32),
                clip.lens.width,
                clip.lens.height,
            )
        )
        repetitions = find_repetitions(track, expert_views(clip.exercise))
        yield clip, track, tuple(found.frames for found in repetitions)


def _lesson(
    clip: SkeletonClip, track: PoseTrack, exercise: int, swings: Sequence[Swing]
) -> tuple[npt.ArrayLike, ...]:
    frames = frames_of(swings[:REPETITIONS])
    count = len(frames)
    size = body_size(clip.true_xy)[:, None, None]
    off = (track.xy - clip.true_xy) / size

    def padded(values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        return np.pad(values, [(0, REPETITIONS - count)] + [(0, 0)] * (values.ndim - 1))

    view, lens = clip.viewpoint, clip.lens
    return (
        exercise,
        count,
        padded(clip.joints[frames].astype(np.float32)),
        padded(off[frames].astype(np.float16)),
        padded(track.conf[frames].astype(np.float16)),
        padded(fault_sizes(clip, frames).astype(np.float32)),
        np.array([view.azimuth_deg, view.elevation_deg, view.distance_m, *view.target], np.float32),
        np.array([lens.width, lens.height, lens.fx, lens.distortion[0]], np.float32),
    )


def fault_sizes(clip: SkeletonClip, frames: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Return how far each fault of the motion goes (R, 8), at the moment at which it shows."""
    sizes = np.zeros((len(frames), MOST_FAULTS))
    for column, fault in enumerate(motions()[clip.exercise].faults):
        if fault.name in clip.faults_deg:
            sizes[:, column] = clip.faults_deg[fault.name][frames[:, moment_of(fault)]]
    return sizes


def moment_of(fault: Fault) -> int:
    """Return the moment at which a fault shows more: the start, or the turn."""
    at_start, at_turn = np.sum([np.abs(track.at([0, 1])) for track in fault.adds.values()], axis=0)
    return START if at_start > at_turn else TURN
