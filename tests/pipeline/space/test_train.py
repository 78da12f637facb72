from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import SettingError
from pipeline.space.examine import Examined, examine, fitted_widths, told_by_chance
from pipeline.space.lessons import Lessons
from pipeline.space.tell import sight_of
from pipeline.space.teller import MEASURED, Teller
from pipeline.space.weights import load, save
from tests.pipeline.space.conftest import NAMES, Watched, untrained


def weights(teller: Teller) -> np.ndarray:
    return np.concatenate([p.detach().numpy().ravel() for p in teller.network.parameters()])


def test_the_same_seed_gives_the_same_network(lessons: Lessons) -> None:
    first, again, other = (weights(untrained(lessons, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_training_sets_out_from_the_usual_angles(lessons: Lessons, watched: list[Watched]) -> None:
    clip, track, swings = watched[0]
    told = untrained(lessons).tell(
        sight_of(track, swings, None), np.array([NAMES.index(clip.exercise)])
    )
    assert (told.sizes[:, :, 0] <= told.sizes[:, :, 1]).all()
    assert (told.sizes[:, :, 1] <= told.sizes[:, :, 2]).all()
    assert (told.sizes[:, MEASURED:] >= 0).all()


def test_weights_come_back_from_the_disk(lessons: Lessons, tmp_path: Path) -> None:
    teller = untrained(lessons)
    teller.widths.below[1, 3] = 1.5
    teller.chance_deg[0, 2] = 7.5
    save(teller, tmp_path / "angles.npz")
    again = load(tmp_path / "angles.npz")
    np.testing.assert_allclose(weights(again), weights(teller), atol=2e-3)
    assert again.faults == teller.faults
    assert again.widths.below[1, 3] == pytest.approx(1.5)
    assert again.by_chance(NAMES[0])[again.faults[NAMES[0]][2]] == 7.5


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"text"])
def test_a_file_without_weights_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "angles.npz"
    path.write_bytes(content)
    with pytest.raises(SettingError, match="weights"):
        load(path)


def test_fitted_intervals_hold_four_of_five(lessons: Lessons) -> None:
    teller = untrained(lessons)
    sets = list(examine(teller, 12, 6))
    widths = fitted_widths(teller, sets)
    shares = [one.covered() for one in examine(replace(teller, widths=widths), 12, 6)]
    # A network that knows nothing tells intervals of which some are too wide to be mended.
    assert np.mean(np.concatenate(shares)) == pytest.approx(0.8, abs=0.08)


def test_faults_are_seldom_told_larger_than_by_chance(lessons: Lessons) -> None:
    teller = untrained(lessons)
    right = list(examine(teller, 12, 6, fault_share=0.0))
    chance_deg = told_by_chance(teller, right)
    for number, name in enumerate(NAMES):
        own = [one for one in right if one.clip.exercise == name]
        told = np.array([np.median(one.told.interval(MEASURED).deg) for one in own])
        # Of so few sets only the one told most lies beyond.
        assert (told > chance_deg[number, 0]).sum() <= 1
        assert told.min() < chance_deg[number, 0] <= told.max()


def test_intervals_that_reach_half_as_far_are_made_twice_as_wide(lessons: Lessons) -> None:
    teller = untrained(lessons)
    sets = list(examine(teller, 12, 6))
    widths, wider = fitted_widths(teller, sets), fitted_widths(teller, [halved(s) for s in sets])
    narrow, wide = widths.above[:, :MEASURED], wider.above[:, :MEASURED]
    inside = (narrow > 0.5) & (wide < 3)
    assert inside.sum() > 10
    np.testing.assert_allclose(wide[inside], 2 * narrow[inside])


def halved(one: Examined) -> Examined:
    middle = one.told.sizes[..., 1:2]
    return replace(one, told=replace(one.told, sizes=middle + (one.told.sizes - middle) / 2))
