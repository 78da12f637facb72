"""Step 4, classify: which exercise a track shows."""

from pipeline.classify.dataset import UNKNOWN
from pipeline.classify.recognise import probabilities
from pipeline.classify.timeline import Stretch, exercises_in, set_of
from pipeline.classify.weights import load
from pipeline.pose.track import PoseTrack
from pipeline.report import Candidate

__all__ = ["classify", "stretches"]


def classify(track: PoseTrack) -> tuple[Candidate, ...]:
    """Return every exercise the network knows, most probable first.

    Set-up and walk-away are left out of what is judged. The probabilities add up to at most 1: what
    is missing is the probability that it is none of them. A track in which nobody was seen gets
    low, equal ones.
    """
    recogniser = load()
    shares = probabilities(recogniser, set_of(track))
    candidates = [
        Candidate(name, float(share))
        for name, share in zip(recogniser.classes, shares, strict=True)
        if name != UNKNOWN
    ]
    return tuple(sorted(candidates, key=lambda c: -c.probability))


def stretches(track: PoseTrack) -> tuple[Stretch, ...]:
    """Return the exercises of a long track in their order, one or none in most."""
    return tuple(s for s in exercises_in(load(), track) if s.exercise != UNKNOWN)
