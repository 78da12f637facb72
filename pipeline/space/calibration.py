"""How wide intervals have to be, and what is told of sets done right.

Both are measured on lessons kept from training, as others filmed them, but done as they stand
there: at most one fault, as in real sets, and not every joint as odd as lifters of the training.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.space.lessons import Lessons
from pipeline.space.measures import MOST_FAULTS
from pipeline.space.mixing import Batch, mixed
from pipeline.space.teller import MEASURED, SIZES, Teller, Told, Widths
from references.motions import motions

Floats = npt.NDArray[np.float64]

PROMISED: Final = 0.8
"""The share of the truth that the intervals hold."""

BLAMED: Final = 0.02
"""The share of sets done right in which some fault may be told surely larger than by chance."""

# A width beyond these factors says more about the few sets it was measured on than about others.
_FACTORS: Final = (0.5, 3.0)

_BATCH: Final = 256


def batches(lessons: Lessons, count: int, seed: int) -> Iterator[Batch]:
    """Yield ``count`` batches of the lessons as others filmed them, the same for the same seed."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield mixed(lessons, rng.choice(len(lessons), _BATCH), rng, by_others=False)


def fitted_widths(teller: Teller, sets: Iterable[Batch]) -> Widths:
    """Return the widths with which the teller's intervals hold what they promise on these sets.

    The teller must answer with widths that change nothing. A fault's interval is fitted where the
    fault is there: that none is there is easily told. What the sets do not show stays as it is.
    """
    asked = [(batch, teller.tell(batch.sight, batch.exercise)) for batch in sets]
    true = np.concatenate([_true(batch) for batch, _ in asked])
    told = np.concatenate([told.sizes for _, told in asked])
    kind = np.concatenate([batch.exercise[batch.sight.of] for batch, _ in asked])
    off = np.concatenate([_view_off(batch, told) / told.off_deg for batch, told in asked])
    of_set = np.concatenate([batch.exercise for batch, _ in asked])
    widths = Widths.as_told(len(teller.exercises()))
    for number in range(len(teller.exercises())):
        for size in range(SIZES):
            counted = kind == number
            if size >= MEASURED:
                counted &= true[:, size] > 0
            if counted.any():
                low, middle, high = told[counted, size].T
                t = true[counted, size]
                widths.below[number, size] = _factor(middle - t, middle - low)
                widths.above[number, size] = _factor(t - middle, high - middle)
        if (of_set == number).any():
            widths.view[number] = np.quantile(off[of_set == number], PROMISED)
    return widths


def told_by_chance(teller: Teller, sets: Iterable[Batch]) -> Floats:
    """Return how far faults surely go, as told of sets that are done right, (E, MOST_FAULTS).

    That is the lower end of the interval in degrees, 0 where its middle says that all is fine. Of
    all faults of an exercise together at most `BLAMED` of its sets are told one larger; each fault
    gets the same part of that. Of an exercise without such sets nothing counts as chance.
    """
    told: list[list[Floats]] = [[] for _ in teller.exercises()]
    limits = [_limits(exercise) for exercise in teller.exercises()]
    for batch in sets:
        sizes = teller.tell(batch.sight, batch.exercise).sizes[:, MEASURED:]
        for number, exercise in enumerate(batch.exercise):
            own = batch.sight.of == number
            if (batch.faults[own] == 0).all():
                low, _, high = np.median(sizes[own], axis=0).T
                told[exercise].append(np.where((low + high) / 2 > limits[exercise], low, 0.0))
    chance = np.zeros((len(teller.exercises()), MOST_FAULTS))
    for exercise, faults in enumerate(teller.faults.values()):
        if told[exercise]:
            chance[exercise] = np.quantile(told[exercise], 1 - BLAMED / len(faults), axis=0)
    return chance


def _limits(exercise: str) -> Floats:
    """Return up to how many degrees each fault is fine, (MOST_FAULTS,); others are always."""
    limits = np.full(MOST_FAULTS, np.inf)
    faults = motions()[exercise].faults
    limits[: len(faults)] = [fault.limit_deg for fault in faults]
    return limits


def _true(batch: Batch) -> Floats:
    measures = batch.measures.reshape(len(batch.measures), -1)
    return np.concatenate([measures, batch.faults], axis=1).astype(np.float64)


def _view_off(batch: Batch, told: Told) -> Floats:
    """Return how far told views are from the true ones, (S,) degrees."""
    cosine = (told.view * batch.view).sum(axis=1).clip(-1, 1)
    return np.asarray(np.degrees(np.arccos(cosine)))


def _factor(beyond: Floats, reach: Floats) -> float:
    """Return what makes all but the tenth that may lie beyond one end lie within the reach."""
    shares = beyond / np.maximum(reach, 1e-6)
    return float(np.clip(np.quantile(shares, (1 + PROMISED) / 2), *_FACTORS))
