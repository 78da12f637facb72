"""How a set goes on: the times of each repetition's ways, its range, the speed that is lost."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, hypot
from statistics import median
from typing import Final

import numpy as np
from scipy.stats import t as student_t

from pipeline.repetitions import TimedSwing
from pipeline.report import Repetition, Tempo
from references.exercises import PHASES
from references.motions import Way
from references.skeleton import SIDES

PARTIAL_BELOW: Final = 0.75
"""A repetition that goes less than this share of the set's median way is partial (our figure)."""

_ENOUGH_FOR_A_TREND: Final = 4

_SURE: Final = 0.9


def with_tempo(
    repetitions: Sequence[Repetition], found: Sequence[TimedSwing], lifts: Way | None
) -> tuple[Repetition, ...]:
    """Return the repetitions with their times and their range.

    ``found`` are the same ones as movements; ``lifts`` says on which way the weight goes up.
    """
    if not found:
        return ()
    typical = median(swing.way for swing in found)
    return tuple(
        _with_tempo(repetition, swing, lifts, swing.way / typical)
        for repetition, swing in zip(repetitions, found, strict=True)
    )


def _with_tempo(
    repetition: Repetition, swing: TimedSwing, lifts: Way | None, share: float
) -> Repetition:
    out_s: float | None = round(swing.reaches_s - swing.start_s, 2)
    back_s: float | None = round(swing.end_s - swing.leaves_s, 2)
    pause_s: float | None = round(swing.leaves_s - swing.reaches_s, 2)
    if swing.begun:
        out_s = None
    if swing.cut_off:
        back_s = pause_s = None
    if lifts is None:
        out_s = back_s = None
    return replace(
        repetition,
        lift_s=out_s if lifts == "out" else back_s,
        pause_s=pause_s,
        lower_s=back_s if lifts == "out" else out_s,
        range_share=round(share, 2),
        partial=share < PARTIAL_BELOW,
        cut_off=swing.cut_off,
    )


def tempo(repetitions: Sequence[Repetition], driver: str | None) -> Tempo | None:
    """Return how a set went on, None without a repetition.

    ``driver`` is the joint whose range of motion counts, without a side; None for no joint.
    """
    if not repetitions:
        return None
    sides = {side: _ranges(repetitions, f"{side}_{driver}") for side in SIDES} if driver else {}
    seen = {side: ranges for side, ranges in sides.items() if ranges}
    typical = {side: round(median(deg for deg, _ in ranges), 1) for side, ranges in seen.items()}
    difference = spread = None
    if len(seen) == len(SIDES):
        difference = round(typical["left"] - typical["right"], 1)
        spread = round(hypot(*(median(off for _, off in ranges) for ranges in seen.values())), 1)
    loss, at_least = _speed_loss_percent(repetitions) or (None, None)
    return Tempo(loss, at_least, typical, difference, spread)


def _ranges(repetitions: Sequence[Repetition], joint: str) -> list[tuple[float, float]]:
    """Return how far a joint moves and how far off that may be, where it was seen at both ends.

    The intervals of both ends are taken for errors that know nothing of each other.
    """
    return [
        (
            abs(each.angles_deg["turn"][joint] - each.angles_deg["start"][joint]),
            hypot(*((each.high_deg[p][joint] - each.low_deg[p][joint]) / 2 for p in PHASES)),
        )
        for each in repetitions
        if all(joint in each.low_deg[phase] for phase in PHASES)
    ]


def _speed_loss_percent(repetitions: Sequence[Repetition]) -> tuple[float, float] | None:
    """Return how much slower the lifting became from the first to the last whole repetition.

    With it the bound below which the true loss lies once in ten. One repetition's speed is known to
    a fifth only, so the trend counts: a straight line through the logarithms of all speeds.
    """
    speeds = [
        each.range_share / each.lift_s
        for each in repetitions
        if each.lift_s and each.range_share and not each.partial
    ]
    if len(speeds) < _ENOUGH_FOR_A_TREND:
        return None
    number = np.arange(len(speeds)) - (len(speeds) - 1) / 2
    logs = np.log(speeds) - np.log(speeds).mean()
    slope = number @ logs / (number @ number)
    freedom = len(speeds) - 2
    error = np.sqrt(np.sum((logs - slope * number) ** 2) / freedom / (number @ number))
    steps = len(speeds) - 1
    loss, low = (
        round(100 * (1 - exp(steps * each)), 1)
        for each in (slope, slope + student_t.ppf(_SURE, freedom) * error)
    )
    return loss, low
