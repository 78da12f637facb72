"""What is lifted in a clip one after the other."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.classify.features import cut
from pipeline.classify.recognise import Recogniser, each
from pipeline.pose.track import PoseTrack

# The window that is judged by itself holds a repetition or two; the next begins a second later.
_WINDOW_S: Final = 4.0
_HOP_S: Final = 1.0

# An exercise must gain this much (in natural logarithms, summed over its windows) before the
# lifter is believed to have changed to it: one window, however sure, does not suffice.
_CHANGE: Final = 6.0

# What is shorter or less sure than this is a mistake and no second exercise.
_SHORTEST_S: Final = 5.0
_SUREST: Final = 0.6


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when one exercise is done, in seconds, and how probable it is on average."""

    exercise: str
    start_s: float
    end_s: float
    probability: float


def exercises_in(recogniser: Recogniser, track: PoseTrack) -> tuple[Stretch, ...]:
    """Return what is done one after the other; what is not surely an exercise is left out.

    Windows are judged by themselves; the most probable course of the set is found with a price on
    every change (the Viterbi algorithm), so that a single odd window changes nothing.
    """
    seconds = float(track.t[-1] - track.t[0]) if len(track) else 0.0
    if seconds < 2 * _SHORTEST_S:
        return ()
    starts = track.t[0] + np.arange(0, seconds - _WINDOW_S + 1e-6, _HOP_S)
    shares = each(recogniser, [cut(track, start, start + _WINDOW_S) for start in starts])
    course = _most_probable_course(np.log(np.maximum(shares, 1e-6)))
    found = []
    for state, numbers in groupby(range(len(starts)), key=lambda number: course[number]):
        window = list(numbers)
        # Neighbouring windows share their middle: a change happens half-way between two centres.
        begin = starts[window[0]] + (_WINDOW_S - _HOP_S) / 2 if window[0] else starts[0]
        last = window[-1] == len(starts) - 1
        end = track.t[-1] if last else starts[window[-1]] + (_WINDOW_S + _HOP_S) / 2
        probability = float(shares[window, state].mean())
        if end - begin >= _SHORTEST_S and probability >= _SUREST:
            name = recogniser.classes[state]
            found.append(Stretch(name, float(begin), float(end), probability))
    return tuple(found)


def _most_probable_course(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Return the state (N,) of every window, given log probabilities (N, C) and price of change."""
    best = scores[0]
    came_from = np.zeros(scores.shape, np.intp)
    states = np.arange(scores.shape[1])
    for number in range(1, len(scores)):
        leader = int(best.argmax())
        stays = best >= best[leader] - _CHANGE
        came_from[number] = np.where(stays, states, leader)
        best = np.maximum(best, best[leader] - _CHANGE) + scores[number]
    course = np.zeros(len(scores), np.intp)
    course[-1] = best.argmax()
    for number in range(len(scores) - 1, 0, -1):
        course[number - 1] = came_from[number, course[number]]
    return course
