"""From a track to the probability of each class, with a trained network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.classify.augment import in_mirror
from pipeline.classify.features import stack, windows
from pipeline.classify.stillness import held_by_who_holds
from pipeline.classify.working_set import working_set
from pipeline.pose.track import PoseTrack
from pipeline.pose.visibility import in_sight
from references.motions import motions

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A trained network.

    ``network`` turns features (N, 30, F) into probabilities (N, C) of the ``classes``.
    ``temperature`` makes them honest: above 1 for a network that is surer than it is right
    (``pipeline.classify.calibration``).
    """

    network: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
    classes: tuple[str, ...]
    temperature: float = 1.0


def probabilities(recogniser: Recogniser, track: PoseTrack) -> Floats:
    """Return the probability of each class, (C,), adding up to 1.

    Where nobody was seen, all classes are equally probable.
    """
    stretches = _stretches(track)
    shares = _mean_answer(recogniser, stretches)
    if not stretches:
        return shares
    return settled(shares, recogniser.classes, recogniser.temperature)


def answer(recogniser: Recogniser, track: PoseTrack) -> Floats:
    """Return what the network says of a track, (C,), before it is settled.

    Set-up and walk-away are left out, and so is what is surely hidden: legs out of the picture are
    said to be somewhere in it. A long set is read in stretches and every stretch also as a mirror
    shows it; the mean counts, so left- and right-handed sets get the same answer. Where nobody was
    seen, all classes are equally probable.
    """
    return _mean_answer(recogniser, _stretches(track))


def _stretches(track: PoseTrack) -> list[PoseTrack]:
    """Return what is in sight of the set, in stretches; none where nobody is."""
    looked_at = windows(working_set(track)) if len(track) else ()
    return [stretch for stretch in map(in_sight, looked_at) if _somebody(stretch)]


def _mean_answer(recogniser: Recogniser, stretches: list[PoseTrack]) -> Floats:
    if not stretches:
        return np.full(len(recogniser.classes), 1 / len(recogniser.classes))
    return np.asarray(_answers(recogniser, stretches).mean(axis=0))


def tempered(shares: Floats, temperature: float) -> Floats:
    """Return probabilities (..., C) flattened by a temperature above 1, sharpened by one below."""
    powers = np.maximum(shares, np.finfo(np.float32).tiny) ** (1 / temperature)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def each(recogniser: Recogniser, stretches: list[PoseTrack]) -> Floats:
    """Return the probabilities (N, C) of every stretch by itself."""
    shares = np.full((len(stretches), len(recogniser.classes)), 1 / len(recogniser.classes))
    shown = enumerate(map(in_sight, stretches))
    seen = {number: stretch for number, stretch in shown if _somebody(stretch)}
    if seen:
        answers = _answers(recogniser, list(seen.values()))
        shares[list(seen)] = settled(answers, recogniser.classes, recogniser.temperature)
    return shares


def settled(shares: Floats, classes: Sequence[str], temperature: float) -> Floats:
    """Return honest probabilities (..., C) from what a network says."""
    return tempered(with_the_commoner_first(shares, classes), temperature)


def with_the_commoner_first(shares: Floats, classes: Sequence[str]) -> Floats:
    """Return shares (..., C) in which the commoner of exercises that look alike counts for more.

    By how much the motions say. Together they have what they had: only the share of each changes.
    """
    known = motions()
    rarer = {c: known[c] for c in classes if c in known and known[c].looks_like}
    commoner = np.array([rarer[c].looks_like[0] if c in rarer else c for c in classes])
    family = commoner[:, None] == commoner
    weighty = shares / np.array([rarer[c].commoner if c in rarer else 1.0 for c in classes])
    before, after = shares @ family, weighty @ family
    return np.asarray(weighty * before / np.maximum(after, np.finfo(np.float64).tiny))


def _answers(recogniser: Recogniser, stretches: list[PoseTrack]) -> Floats:
    """Return what the network says of every stretch and its mirror image, their mean, (N, C).

    Who moves does not hold a position, whatever it says.
    """
    views = [*stretches, *map(in_mirror, stretches)]
    answers = recogniser.network(stack(views)).astype(np.float64)
    shares = answers.reshape(2, len(stretches), -1).mean(axis=0)
    return held_by_who_holds(shares, recogniser.classes, stretches)


def _somebody(track: PoseTrack) -> bool:
    return bool(np.isfinite(track.xy).any())
