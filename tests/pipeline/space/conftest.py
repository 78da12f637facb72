import pytest

from pipeline.space.lessons import Lessons, WatchedClip, make_lessons, watched_clips
from pipeline.space.model import SpaceNetwork, asked
from pipeline.space.teller import Teller
from pipeline.space.train import TrainingSettings, train
from references.motions import motions

NAMES = ("barbell_biceps_curl", "bench_press")


def network_untrained(lessons: Lessons, *, seed: int = 0) -> SpaceNetwork:
    """Return a network that learned next to nothing, quickly."""
    few = TrainingSettings(width=16, blocks=1, steps=3, batch=8, seed=seed)
    return train(lessons, NAMES, few, lambda what, done, total: None).eval()


def asking(network: SpaceNetwork) -> Teller:
    """Return a teller that says what the network says."""
    faults = {name: tuple(fault.name for fault in motions()[name].faults) for name in NAMES}
    return Teller.as_told(asked(network), faults)


def untrained(lessons: Lessons, *, seed: int = 0) -> Teller:
    """Return a teller that learned next to nothing."""
    return asking(network_untrained(lessons, seed=seed))


@pytest.fixture(scope="session")
def lessons() -> Lessons:
    return make_lessons(NAMES, watched_clips(NAMES, 16, 4))


@pytest.fixture(scope="session")
def watched() -> list[WatchedClip]:
    clips = watched_clips(NAMES, 8, 5, fault_share=0.0, held_out=True)
    return [one for one in clips if one[2]]
