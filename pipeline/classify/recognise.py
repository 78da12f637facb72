"""From a track to the probability of each class, with a trained network."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.classify.augment import mirrored
from pipeline.classify.features import stack, windows
from pipeline.pose.track import PoseTrack

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A trained network.

    ``network`` turns features (N, 30, 71) into probabilities (N, C) of the ``classes``.
    ``temperature`` makes them honest: above 1 for a network that is surer than it is right
    (``pipeline.classify.calibration``).
    """

    network: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
    classes: tuple[str, ...]
    temperature: float = 1.0


def probabilities(recogniser: Recogniser, track: PoseTrack) -> Floats:
    """Return the probability of each class, (C,), adding up to 1.

    A long clip is read in stretches and every stretch also as a mirror shows it; the mean counts,
    so left- and right-handed sets get the same answer. Where nobody was seen, all classes are
    equally probable.
    """
    if not _somebody(track):
        return np.full(len(recogniser.classes), 1 / len(recogniser.classes))
    stretches = [stretch for stretch in windows(track) if _somebody(stretch)]
    return tempered(_answers(recogniser, stretches).mean(axis=0), recogniser.temperature)


def tempered(shares: Floats, temperature: float) -> Floats:
    """Return probabilities (..., C) flattened by a temperature above 1, sharpened by one below."""
    powers = np.maximum(shares, np.finfo(np.float32).tiny) ** (1 / temperature)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def each(recogniser: Recogniser, stretches: list[PoseTrack]) -> Floats:
    """Return the probabilities (N, C) of every stretch by itself."""
    shares = np.full((len(stretches), len(recogniser.classes)), 1 / len(recogniser.classes))
    seen = [number for number, stretch in enumerate(stretches) if _somebody(stretch)]
    if seen:
        answers = _answers(recogniser, [stretches[number] for number in seen])
        shares[seen] = tempered(answers, recogniser.temperature)
    return shares


def _answers(recogniser: Recogniser, stretches: list[PoseTrack]) -> Floats:
    """Return what the network says of every stretch and its mirror image, their mean, (N, C)."""
    views = [*stretches, *(_in_mirror(stretch) for stretch in stretches)]
    answers = recogniser.network(stack(views)).astype(np.float64)
    return np.asarray(answers.reshape(2, len(stretches), -1).mean(axis=0))


def _somebody(track: PoseTrack) -> bool:
    return bool(np.isfinite(track.xy).any())


def _in_mirror(track: PoseTrack) -> PoseTrack:
    xy = mirrored(track.xy, track.width)
    return PoseTrack(track.t, xy, track.conf, track.width, track.height)
