"""The swings of a signal from the start position to the turn and back, and their moments."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks, peak_widths

Floats = npt.NDArray[np.float64]

_SMOOTHED_S: Final = 0.12

# The signal beyond these says only that it is beyond: a weight on its rack, a keypoint gone wild.
_LOWEST, _HIGHEST = -0.4, 1.5

# A movement smaller than this share of the expert's is fidgeting.
_MIN_SWING: Final = 0.15

# A repetition reaches this share of the typical way, and stands out from those beside it by this
# share: shallower bends are stalls on the way, where a lifter sticks.
_MIN_HEIGHT: Final = 0.4
_MIN_PROMINENCE: Final = 0.35

# A peak narrower than this share of the typical one, or a dip between two, is a keypoint gone wild.
_MIN_WIDTH: Final = 0.35

# Of so many turns or fewer nobody knows which dip between them is the typical one.
_TELL_A_DIP: Final = 3

# A swing must leave, and come back, this share of the way, or the clip cut it off.
_MIN_WAY: Final = 0.25

# A swing that starts with the clip, this long after its first frame, may have been begun before.
_AT_ONCE_S: Final = 0.25

# Of a swing that the clip cut off at its turn, the turn was reached at this share of the way.
_REACHED: Final = 0.8

# The start position is not left downwards by more than this share of the way.
_BELOW_START: Final = 0.1

# Between two swings what lies within this share of the way from the lowest point is the bottom.
_BOTTOM: Final = 0.1

_MIN_FRAMES: Final = 3

# At these shares of a way its beginning and its end are measured. A movement of minimum jerk
# (Flash and Hogan, 1985) passes the first at 0.295 of its time.
_EARLY, _HALF, _LATE = 0.15, 0.5, 0.85
_STRETCH: Final = 0.5 / (0.5 - 0.295)


@dataclass(frozen=True, slots=True)
class Swing:
    """One repetition as indices into the track: the three velocity minima that bound its ways."""

    start: int
    turn: int
    end: int


@dataclass(frozen=True, slots=True)
class TimedSwing:
    """A swing with its moments, more exact than frames, in seconds of the track.

    It leaves the start position at ``start_s``, reaches the turn at ``reaches_s``, leaves it at
    ``leaves_s`` and is back at ``end_s``. ``way`` is how far it goes, in units of the signal. A
    swing is ``cut_off`` when the clip ends before it is back, and ``begun`` when the clip begins on
    its way to the turn: its start position was not filmed.
    """

    frames: Swing
    start_s: float
    reaches_s: float
    leaves_s: float
    end_s: float
    way: float
    cut_off: bool
    begun: bool = False


def find_swings(signal: Floats, t: Floats) -> tuple[TimedSwing, ...]:
    """Return the repetitions of a movement ``signal`` (T,), 0 at the start and 1 at the turn.

    ``t`` (T,) is in seconds. What a clip cuts off before the turn is no repetition. Cut off after
    it, it is one if it comes back a part of the way, or if others went before.
    """
    if len(t) < _MIN_FRAMES:
        return ()
    frames = _SMOOTHED_S / float(np.median(np.diff(t)))
    s = gaussian_filter1d(np.clip(signal, _LOWEST, _HIGHEST), frames, mode="nearest")
    low, high = _levels(s)
    filmed = s
    # Where a lifter was before the start position says nothing of when they left it.
    s = np.maximum(s, low - _BELOW_START * (high - low))
    turns, high = _turns(s, low, high)
    bounds = [0, *turns, len(s) - 1]
    found: list[TimedSwing] = []
    for before, turn, after in zip(bounds, turns, bounds[2:], strict=False):
        way_out = s[turn] - s[before : turn + 1].min()
        way_back = s[turn] - s[turn : after + 1].min()
        cut_off = bool(way_back < _MIN_WAY * (high - low))
        whole = bool(found) and s[turn] > low + _REACHED * (high - low)
        if way_out < _MIN_WAY * (high - low) or (cut_off and not whole):
            continue
        swing = _timed(s, t, before, turn, after, cut_off=cut_off)
        begun = not found and _was_begun(swing, filmed[: after + 1], t)
        if found and swing.start_s < found[-1].end_s:
            found[-1], swing = _apart(found[-1], swing, s, t)
        found.append(replace(swing, begun=begun))
    return tuple(found)


def _apart(
    one: TimedSwing, next_one: TimedSwing, s: Floats, t: Floats
) -> tuple[TimedSwing, TimedSwing]:
    """Return two swings that overlap so that one ends where the next starts: at the bottom.

    Their ends are extrapolated from ways that noise makes look slow, so they can lie far on the
    other's way.
    """
    between = slice(one.frames.turn, next_one.frames.turn + 1)
    low = s[between].min()
    way = min(s[one.frames.turn], s[next_one.frames.turn]) - low
    bottom_s = float(t[between][s[between] <= low + _BOTTOM * way].mean())
    frame = int(np.argmin(np.abs(t - bottom_s)))
    return (
        replace(one, end_s=bottom_s, frames=replace(one.frames, end=frame)),
        replace(next_one, start_s=bottom_s, frames=replace(next_one.frames, start=frame)),
    )


def _was_begun(swing: TimedSwing, s: Floats, t: Floats) -> bool:
    """Tell whether the first swing starts with the clip, and far above where it comes back to."""
    start, turn = swing.frames.start, swing.frames.turn
    if swing.cut_off or t[start] - t[0] > _AT_ONCE_S:
        return False
    back = s[turn:].min()
    return bool(s[start] - back > _MIN_WAY * (s[turn] - back))


def _levels(s: Floats) -> tuple[float, float]:
    """Return the two levels between which a signal moves: the means of two clusters (Lloyd)."""
    s = np.clip(s, *np.percentile(s, (5, 95)))
    low, high = np.percentile(s, (20, 85))
    for _ in range(20):
        is_high = s >= (low + high) / 2
        if is_high.all() or not is_high.any():
            break
        low, high = np.median(s[~is_high]), np.median(s[is_high])
    return float(low), float(high)


def _turns(s: Floats, low: float, high: float) -> tuple[list[int], float]:
    """Return the indices of the turns, and the level at which the typical one is."""
    peaks = np.array([], np.intp)
    for _ in range(2):
        way = high - low
        if way < _MIN_SWING:
            return [], high
        # Before the clip and after it the lifter is taken to be in the start position.
        padded = np.pad(s, 1, constant_values=low)
        peaks = find_peaks(
            padded, height=low + _MIN_HEIGHT * way, prominence=_MIN_PROMINENCE * way
        )[0]
        if not len(peaks):
            return [], high
        high = float(np.median(padded[peaks]))
    widths = peak_widths(padded, peaks)[0]
    wide = peaks[widths >= _MIN_WIDTH * np.median(widths)] - 1
    return _joined(s, [int(i) for i in wide]), high


def _joined(s: Floats, turns: list[int]) -> list[int]:
    """Return the turns, of two with hardly a dip between them only the higher one.

    A dip that is much narrower than the typical one is a keypoint gone wild, as a narrow peak is.
    """
    joined = list(turns)
    while len(joined) > _TELL_A_DIP:
        widths = [_dip_width(s[one : other + 1]) for one, other in pairwise(joined)]
        narrowest = int(np.argmin(widths))
        if widths[narrowest] >= _MIN_WIDTH * np.median(widths):
            break
        joined.remove(min(joined[narrowest : narrowest + 2], key=lambda turn: s[turn]))
    return joined


def _dip_width(s: Floats) -> int:
    """Return for how many frames a signal between two turns is in the lower half of the dip."""
    low = s.min()
    return int((s < low + _HALF * (min(s[0], s[-1]) - low)).sum())


def _timed(
    s: Floats, t: Floats, before: int, turn: int, after: int, *, cut_off: bool
) -> TimedSwing:
    start_s, reaches_s = _way_up(s[before : turn + 1], t[before : turn + 1])
    end_s, leaves_s = (-x for x in _way_up(s[turn : after + 1][::-1], -t[turn : after + 1][::-1]))
    if cut_off:
        end_s = leaves_s = float(t[after])
    start_s, end_s = max(start_s, float(t[before])), min(end_s, float(t[after]))
    if reaches_s > leaves_s:
        reaches_s = leaves_s = float(t[turn])
    middle_s = float(t[turn]) if cut_off else (reaches_s + leaves_s) / 2
    frames = Swing(*(int(np.argmin(np.abs(t - x))) for x in (start_s, middle_s, end_s)))
    way = float(s[turn] - s[before : turn + 1].min())
    return TimedSwing(frames, start_s, reaches_s, leaves_s, end_s, way, cut_off)


def _way_up(s: Floats, t: Floats) -> tuple[float, float]:
    """Return when a signal leaves its lowest level for its last, and when it arrives there.

    Close to the ends of a way noise hides when it is left, so both are extrapolated.
    """
    low = s.min()
    early, half, late = (
        _last_crossing(s, t, low + x * (s[-1] - low)) for x in (_EARLY, _HALF, _LATE)
    )
    return half - _STRETCH * (half - early), half + _STRETCH * (late - half)


def _last_crossing(s: Floats, t: Floats, level: float) -> float:
    below = int(np.flatnonzero(s <= level)[-1])
    if below + 1 == len(s):
        return float(t[-1])
    share = (level - s[below]) / (s[below + 1] - s[below])
    return float(t[below] + share * (t[below + 1] - t[below]))
