"""When in a clip something is lifted."""

from typing import Final

from pipeline.classify.features import cut
from pipeline.pose.track import PoseTrack
from pipeline.repetitions import find_repetitions

# So many repetitions show where the set is; with fewer the whole clip is looked at.
_ENOUGH_REPETITIONS: Final = 2

# What is kept before the first repetition and after the last one: the position that somebody waits
# in tells exercises apart that look alike while they move.
_MARGIN_S: Final = 1.5


def working_set(track: PoseTrack) -> PoseTrack:
    """Return the part of a track that has repetitions in it, without set-up and walk-away.

    The whole track comes back when too few repetitions were found to tell.
    """
    found = find_repetitions(track, ()) if len(track) else ()
    if len(found) < _ENOUGH_REPETITIONS:
        return track
    return cut(track, found[0].start_s - _MARGIN_S, found[-1].end_s + _MARGIN_S)
