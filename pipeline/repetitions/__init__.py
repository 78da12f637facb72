"""Step 5, repetitions: the velocity minima of the movement (the paper's section 4.4.1).

A lifter stands still, for a moment at least, where a repetition starts and where it turns. The
movement is reduced to one signal (`movement`), and each swing of it away from the start position
and back is a repetition (`swings`). A position that is held is one repetition, as long as it is
held (`holds`).
"""

from collections.abc import Sequence

from pipeline.pose.track import PoseTrack
from pipeline.repetitions.holds import find_holds
from pipeline.repetitions.movement import movement_signal
from pipeline.repetitions.swings import Swing, TimedSwing, find_swings
from references.experts import ExpertView
from references.motions import is_held

__all__ = ["Swing", "TimedSwing", "find_repetitions"]


def find_repetitions(track: PoseTrack, views: Sequence[ExpertView]) -> tuple[TimedSwing, ...]:
    """Return the repetitions in a track, in order.

    ``views`` are those of an expert's movement in the exercise: they say which movement is one, and
    at which end it turns, or that it is a position to hold. Without them the strongest movement
    counts; the end that is visited more often is where it turns, and in doubt the end at which the
    clip does not begin.
    """
    if views and is_held(views[0].motion.exercise):
        return find_holds(track)
    signal = movement_signal(track, views)
    if signal is None:
        return ()
    rising = find_swings(signal, track.t)
    if views:
        return rising
    upside_down = 1 - signal
    falling = find_swings(upside_down, track.t)
    if len(rising) == len(falling):
        return rising if signal[0] < upside_down[0] else falling
    return max(rising, falling, key=len)
