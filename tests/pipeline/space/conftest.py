from collections.abc import Sequence

import pytest

from pipeline.pose.track import PoseTrack
from pipeline.repetitions import Swing
from pipeline.space.lessons import Lessons, make_lessons, watched_clips
from pipeline.space.teller import Teller
from pipeline.space.train import TrainingSettings, train
from references.motions import motions
from references.synthetic.skeleton_clips import SkeletonClip

NAMES = ("barbell_biceps_curl", "bench_press")

Watched = tuple[SkeletonClip, PoseTrack, tuple[Swing, ...]]


def untrained(lessons: Lessons, names: Sequence[str] = NAMES, *, seed: int = 0) -> Teller:
    """Return a teller that learned next to nothing, quickly."""
    few = TrainingSettings(width=16, blocks=1, steps=3, batch=8, seed=seed)
    network = train(lessons, names, few, lambda what, done, total: None)
    faults = {name: tuple(fault.name for fault in motions()[name].faults) for name in names}
    return Teller.as_told(network, faults)


@pytest.fixture(scope="session")
def lessons() -> Lessons:
    return make_lessons(NAMES, 16, 4)


@pytest.fixture(scope="session")
def watched() -> list[Watched]:
    clips = watched_clips(NAMES, 8, 5, fault_share=0.0, held_out=True)
    return [one for one in clips if one[2]]
