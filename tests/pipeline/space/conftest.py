from collections.abc import Sequence

import pytest

from pipeline.space.lessons import Lessons, WatchedClip, make_lessons, watched_clips
from pipeline.space.teller import Teller
from pipeline.space.train import TrainingSettings, train
from references.motions import motions

NAMES = ("barbell_biceps_curl", "bench_press")


def untrained(lessons: Lessons, names: Sequence[str] = NAMES, *, seed: int = 0) -> Teller:
    """Return a teller that learned next to nothing, quickly."""
    few = TrainingSettings(width=16, blocks=1, steps=3, batch=8, seed=seed)
    network = train(lessons, names, few, lambda what, done, total: None)
    faults = {name: tuple(fault.name for fault in motions()[name].faults) for name in names}
    return Teller.as_told(network, faults)


@pytest.fixture(scope="session")
def lessons() -> Lessons:
    return make_lessons(NAMES, watched_clips(NAMES, 16, 4))


@pytest.fixture(scope="session")
def watched() -> list[WatchedClip]:
    clips = watched_clips(NAMES, 8, 5, fault_share=0.0, held_out=True)
    return [one for one in clips if one[2]]
