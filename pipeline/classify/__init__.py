"""Step 4, classify: which exercise a track shows."""

from pipeline.classify.dataset import UNKNOWN
from pipeline.classify.recognise import probabilities
from pipeline.classify.weights import load
from pipeline.pose.track import PoseTrack
from pipeline.report import Candidate

__all__ = ["classify"]


def classify(track: PoseTrack) -> tuple[Candidate, ...]:
    """Return every exercise the network knows, most probable first.

    The probabilities add up to at most 1: what is missing is the probability that it is none of
    them. A track in which nobody was seen gets low, equal ones.
    """
    recogniser = load()
    shares = probabilities(recogniser, track)
    candidates = [
        Candidate(name, float(share))
        for name, share in zip(recogniser.classes, shares, strict=True)
        if name != UNKNOWN
    ]
    return tuple(sorted(candidates, key=lambda c: -c.probability))
