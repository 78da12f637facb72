"""Sets as the pose step really sees them: rendered, and watched by the pose network.

Made-up errors of keypoints come and go; a real network that has lost an arm behind a bar is sure of
it, and wrong for the whole clip.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from pipeline.errors import ClipError
from pipeline.observe import observe
from pipeline.pose.people import Network
from pipeline.repetitions import find_repetitions
from pipeline.space.lessons import FAULT_SHARE, WatchedClip
from references.experts import expert_views
from references.geometry import joint_angles
from references.motions import motions
from references.synthetic.film import film, write_clip
from references.synthetic.skeleton_clips import SkeletonClip
from references.synthetic.takes import chance_take
from references.synthetic.variation import random_fault

# As much as the pose step needs, and no more: a second of film takes a second to render.
_FPS: Final = 10.0
_LONG_SIDE_PX: Final = 640
_REPETITIONS: Final = 2


def filmed_clips(
    names: Sequence[str], count: int, seed: int, network: Network
) -> Iterator[WatchedClip]:
    """Yield rendered sets of these exercises, less those in which the lifter is not found.

    Set number i depends on the seed and on i alone.
    """
    for number in range(count):
        filmed = _filmed(names, (seed, number), network)
        if filmed is not None:
            yield filmed


def _filmed(names: Sequence[str], seed: tuple[int, int], network: Network) -> WatchedClip | None:
    rng = np.random.default_rng(seed)
    exercise = names[int(rng.integers(len(names)))]
    fault = random_fault(motions()[exercise], rng) if rng.uniform() < FAULT_SHARE else None
    performance, shot = chance_take(
        exercise,
        seed=int(rng.integers(2**32)),
        fault=fault.name if fault else None,
        repetitions=_REPETITIONS,
        fps=_FPS,
        long_side=_LONG_SIDE_PX,
    )
    frames = list(film(performance, shot, rng))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "set.mp4"
        write_clip((frame.image for frame in frames), _FPS, path)
        try:
            track = observe(path, network, progress=lambda step, done: None).track
        except ClipError:
            return None
    body = shot.lifter.bare
    joints = body.keypoints(performance.pose(body))
    clip = SkeletonClip(
        exercise=exercise,
        t=performance.t,
        xy=track.xy.astype(np.float64),
        conf=track.conf.astype(np.float64),
        true_xy=np.stack([frame.people[0].xy for frame in frames]),
        joints=joints,
        phase=performance.phase,
        angles_deg=joint_angles(joints),
        faults_deg=performance.faults,
        boundaries=performance.boundaries,
        viewpoint=shot.viewpoint,
        lens=shot.lens,
    )
    repetitions = find_repetitions(track, expert_views(exercise))
    return clip, track, tuple(found.frames for found in repetitions)
