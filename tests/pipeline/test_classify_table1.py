from pathlib import Path

import numpy as np
import pytest

from pipeline.classify.dataset import Example
from pipeline.classify.runs import Runs, fingerprint
from pipeline.classify.table1 import (
    CLIPS,
    ROWS,
    SPLITS,
    Copies,
    Run,
    Split,
    deal,
    frames_of,
    multiply,
    originals,
    reproduce,
    tabulate,
)
from pipeline.pose.track import PoseTrack
from tests.tracks import curl_track


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


def example(exercise: str, number: int, group: str = "") -> Example:
    name = f"{exercise}/{number}"
    return Example(curl_track(2, bent=40.0 + number), exercise, group or name, name)


@pytest.fixture(scope="module")
def clips() -> tuple[Example, ...]:
    """Return the 200 clips that the paper had before multiplying them, five of them real."""
    real = tuple(example("barbell_biceps_curl", number, "coach") for number in range(5))
    numbers = {name: count // 2 for name, count in CLIPS.items()}
    rest = [
        example(name, number)
        for name, count in numbers.items()
        for number in range(5 if name == "barbell_biceps_curl" else 0, count)
    ]
    return (*real, *rest)


@pytest.fixture(scope="module")
def copies(clips: tuple[Example, ...]) -> Copies:
    return multiply(clips, {"coach"}, np.random.default_rng(0))


def test_the_rows_are_those_of_the_paper() -> None:
    assert [(r.neurons, r.dropout, r.attention, r.paper) for r in ROWS] == [
        (256, 0.5, False, 77),
        (512, 0.5, False, 67),
        (512, 0.5, True, 35),
        (256, 0.5, True, 77),
        (256, 0.25, True, 80),
    ]


def test_there_are_400_clips_in_the_papers_proportions(copies: Copies) -> None:
    assert np.bincount(copies.labels).tolist() == list(CLIPS.values())
    assert copies.frames.shape == (400, 30, 34)
    assert copies.filmed.sum() == 10


def test_a_copy_is_the_mirror_image_and_both_are_shifted(copies: Copies) -> None:
    first, second = copies.frames[:2].reshape(2, 30, 17, 2)
    assert copies.original[:2].tolist() == [0, 0]
    width = 720
    left, right = first[:, 5, 0], second[:, 6, 0]
    shift = (left + right - 1) * width
    assert np.ptp(shift) < 1e-3
    assert abs(shift[0]) <= 200


def test_coordinates_are_shares_of_the_picture_and_zero_where_nothing_was_seen() -> None:
    track = curl_track(1)
    track.xy[:, 0] = np.nan
    frames = frames_of(track).reshape(30, 17, 2)
    assert not frames[:, 0].any()
    np.testing.assert_allclose(frames[0, 5], track.xy[0, 5] / (track.width, track.height))


@pytest.mark.parametrize("split", SPLITS)
def test_every_clip_is_dealt_once(copies: Copies, split: Split) -> None:
    training, validation, test = deal(copies, split, np.random.default_rng(3))
    assert sorted([*training, *validation, *test]) == list(range(400))
    if split == "copies":
        assert (len(training), len(validation), len(test)) == (320, 40, 40)
    else:
        assert 40 <= len(validation) < 50
        assert 40 <= len(test) < 50


def test_by_originals_no_group_stands_on_two_sides(copies: Copies) -> None:
    for seed in range(5):
        parts = deal(copies, "originals", np.random.default_rng(seed))
        groups = [set(copies.group[part]) for part in parts]
        assert sum(len(g) for g in groups) == len(set.union(*groups))


def test_synthetic_sets_stand_in_for_missing_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    def stand_in(count: int, *, seed: int, exercises: tuple[str]) -> tuple[Example, ...]:
        return tuple(example(exercises[0], 1000 + seed + number) for number in range(count))

    monkeypatch.setattr("pipeline.classify.table1.synthetic_sets", stand_in)
    real = [example("bench_press", number) for number in range(70)]
    chosen = originals([*real, example("squat", 0)], seed=0)
    counts = {name: sum(e.label == name for e in chosen) for name in CLIPS}
    assert counts == {name: count // 2 for name, count in CLIPS.items()}
    names = {e.name for e in real}
    assert {e.name for e in chosen if e.label == "bench_press"} <= names


def test_finished_trainings_are_not_repeated(
    clips: tuple[Example, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.classify.table1.originals", lambda _examples, seed: clips)
    monkeypatch.setattr("pipeline.classify.table1.ROWS", ROWS[-1:])
    monkeypatch.setattr("pipeline.classify.table1._EPOCHS", 1)
    runs = reproduce(clips[:5], 1, Runs(tmp_path), quiet)
    assert [run.split for run in runs] == list(SPLITS)
    assert all(len(run.curves["loss"]) == 1 for run in runs)

    def forbidden(*_: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr("pipeline.classify.table1._train", forbidden)
    assert reproduce(clips[:5], 1, Runs(tmp_path), quiet) == runs


def test_the_table_has_mean_and_spread_of_the_seeds() -> None:
    def run(seed: int, right: int) -> Run:
        taken = [0] * right + [1] * (4 - right)
        return Run(ROWS[0], "copies", seed, {}, [0] * 4, taken, [True, False, False, True])

    others = [Run(row, split, 0, {}, [0], [0], [False]) for row in ROWS for split in SPLITS]
    runs = [run(0, 2), run(1, 4), *(r for r in others if (r.row, r.split) != (ROWS[0], "copies"))]
    first = tabulate(runs)[0]
    assert first["copies"] == {"mean": 75.0, "spread": 35.4, "real_right": 3, "real_clips": 4}
    assert first["paper"] == 77


def test_a_result_is_made_anew_from_something_else(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    assert runs.result("sum", (1, 2), lambda: 3) == 3
    assert runs.result("sum", (1, 2), lambda: 4) == 3
    assert runs.result("sum", (1, 3), lambda: 4) == 4


def test_a_fingerprint_tells_tracks_and_labels_apart() -> None:
    first = example("squat", 0)
    track = first.track
    moved = PoseTrack(track.t, track.xy + 1, track.conf, track.width, track.height)
    others = [
        [],
        [first, first],
        [Example(track, "lunge", first.group, first.name)],
        [Example(track, "squat", "other", first.name)],
        [Example(moved, "squat", first.group, first.name)],
    ]
    digests = {fingerprint(examples) for examples in ([first], *others)}
    assert len(digests) == 1 + len(others)
    assert fingerprint([example("squat", 0)]) == fingerprint([first])
