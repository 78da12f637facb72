"""Which frames need not be decoded, given their timestamps in the order of decoding."""

from collections.abc import Sequence

import pytest

from pipeline.sparing import Sparing


@pytest.mark.parametrize(
    ("decoded", "gap", "spared"),
    [
        ([0, 1, 2, 3, 4], 2, set()),  # no frame comes after its successor
        ([0, 4, 2, 1, 3], 2, {1, 3}),
        ([0, 4, 2, 1, 3], 1, set()),
        ([0, 4, 2, 1, 3], 4, {2, 1, 3}),
        ([0, 3, 1, 2], 2, {2}),  # without both, the neighbours would lie too far apart
        ([0, 2, 1, 4, 3, 7, 5, 6], 2, {1, 3, 6}),
        ([0, 40, 20, 10, 30], 25, {10, 30}),
        ([None, 4, None, 2, 0, 3], 2, {3}),
        ([5, 0, 3, 3], 5, {3}),
        ([0, 4, 2, 1, 3], 0, set()),
    ],
)
def test_frames_between_near_ones_are_spared(
    decoded: Sequence[int | None], gap: int, spared: set[int]
) -> None:
    sparing = Sparing()
    sparing.gap = gap
    assert {t for t in decoded if sparing.may_spare(t)} == spared


@pytest.mark.parametrize(
    ("came", "spared"),
    [
        ([0, 2, 4], 2),
        ([0, 1, 2, 3, 4], 0),  # other frames referred to both
        ([0, 1, 2, 4], 1),
        ([0, 4], 0),  # the one in the middle was damaged
        ([2, 4], 1),
        ([0, None, 2, 4], 2),
        ([], 0),
    ],
)
def test_only_frames_between_whole_ones_are_counted(
    came: Sequence[int | None], spared: int
) -> None:
    sparing = Sparing()
    sparing.gap = 2
    for timestamp in (0, 4, 2, 1, 3):
        sparing.may_spare(timestamp)
    for shown in came:
        sparing.came(shown)
    assert sparing.spared == spared
