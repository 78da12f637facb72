from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.space.calibration import batches, fitted_widths, told_by_chance
from pipeline.space.features import Sight
from pipeline.space.lessons import Lessons, make_lessons, watched_clips
from pipeline.space.mixing import Batch
from pipeline.space.teller import MEASURED, Teller, Told
from references.motions import motions
from tests.pipeline.space.conftest import NAMES, untrained


class Halved(Teller):
    """A teller whose intervals reach half as far."""

    def tell(self, sight: Sight, exercise: npt.NDArray[np.int64]) -> Told:
        told = super().tell(sight, exercise)
        middle = told.sizes[..., 1:2]
        return replace(told, sizes=middle + (told.sizes - middle) / 2)


@pytest.fixture(scope="module")
def some(lessons: Lessons) -> Sequence[Batch]:
    return list(batches(lessons, 2, 0))


def test_the_same_seed_mixes_the_same_batches(lessons: Lessons) -> None:
    (first,), (again,), (other,) = (list(batches(lessons, 1, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.measures, again.measures)
    assert first.measures.shape != other.measures.shape or (first.measures != other.measures).any()


def test_fitted_intervals_hold_four_of_five(lessons: Lessons, some: Sequence[Batch]) -> None:
    teller = untrained(lessons)
    teller = replace(teller, widths=fitted_widths(teller, some))
    for batch in some:
        low, _, high = np.moveaxis(teller.tell(batch.sight, batch.exercise).sizes, -1, 0)
        true = batch.measures.reshape(len(low), -1)
        held = (low[:, :MEASURED] <= true) & (true <= high[:, :MEASURED])
        # A network that knows nothing tells intervals of which some are too wide to be mended.
        assert held.mean() == pytest.approx(0.8, abs=0.08)


def test_intervals_that_reach_half_as_far_are_made_twice_as_wide(
    lessons: Lessons, some: Sequence[Batch]
) -> None:
    teller = untrained(lessons)
    halved = Halved(teller.network, teller.faults, teller.widths, teller.chance_deg)
    narrow, wide = (fitted_widths(t, some).above[:, :MEASURED] for t in (teller, halved))
    inside = (narrow > 0.5) & (wide < 3)
    assert inside.sum() > 10
    np.testing.assert_allclose(wide[inside], 2 * narrow[inside])


def test_hardly_a_set_done_right_is_told_a_fault_larger_than_by_chance(lessons: Lessons) -> None:
    teller = untrained(lessons)
    both = Lessons.together(
        [lessons, make_lessons(NAMES, watched_clips(NAMES, 12, 6, fault_share=0.0))]
    )
    mixtures = list(batches(both, 2, 0))
    chance_deg = told_by_chance(teller, mixtures)
    beyond = []
    for batch in mixtures:
        told = teller.tell(batch.sight, batch.exercise).sizes[:, MEASURED:]
        for number, exercise in enumerate(batch.exercise):
            own = batch.sight.of == number
            if (batch.faults[own] == 0).all():
                faults = motions()[NAMES[exercise]].faults
                low, _, high = np.median(told[own], axis=0)[: len(faults)].T
                over = (low + high) / 2 > [fault.limit_deg for fault in faults]
                beyond.append((over & (low > chance_deg[exercise, : len(faults)])).any())
    # Of so few sets only the one told most of each fault lies beyond.
    assert 0 < np.sum(beyond) <= sum(map(len, teller.faults.values()))
    assert len(beyond) > 100
