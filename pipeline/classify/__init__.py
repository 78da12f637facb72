"""Step 4, classify: which exercise a track shows."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.classify.dataset import UNKNOWN
from pipeline.classify.recognise import probabilities
from pipeline.classify.timeline import exercises_in
from pipeline.classify.weights import load
from pipeline.pose.track import PoseTrack
from pipeline.report import Candidate
from references.motions import motions

__all__ = ["classify", "exercises_shown", "look_alike", "ranked", "sureness"]


def classify(track: PoseTrack) -> tuple[Candidate, ...]:
    """Return every exercise the network knows, most probable first.

    Set-up and walk-away are left out of what is judged. The probabilities add up to at most 1: what
    is missing is the probability that it is none of them. A track in which nobody was seen gets
    low, equal ones.
    """
    recogniser = load()
    return ranked(recogniser.classes, probabilities(recogniser, track))


def ranked(classes: Sequence[str], shares: npt.NDArray[np.float64]) -> tuple[Candidate, ...]:
    """Return the exercises among the classes with their shares (C,), most probable first."""
    candidates = [
        Candidate(name, float(share))
        for name, share in zip(classes, shares, strict=True)
        if name != UNKNOWN
    ]
    return tuple(sorted(candidates, key=lambda c: -c.probability))


def sureness(candidates: Sequence[Candidate]) -> float:
    """Return how probably it is the best candidate or one that looks like it.

    Joints do not show how a hand grips: a hammer curl takes its share from an obvious curl, and
    asking the lifter which of the two it is would be a poor answer to it.
    """
    best = candidates[0].name
    return sum(c.probability for c in candidates if look_alike(c.name, best))


def exercises_shown(track: PoseTrack) -> tuple[str, ...]:
    """Return the exercises of a long track in their order, of those that look alike the first."""
    shown: list[str] = []
    for stretch in exercises_in(load(), track):
        name = stretch.exercise
        if name != UNKNOWN and not any(look_alike(name, other) for other in shown):
            shown.append(name)
    return tuple(shown)


def look_alike(one: str, other: str) -> bool:
    """Return whether two exercises are the same or can hardly be told apart by their joints."""
    pairs = ((one, other), (other, one))
    return one == other or any(a in motions() and b in motions()[a].looks_like for a, b in pairs)
