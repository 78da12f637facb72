import numpy as np
import pytest

from pipeline.classify import classify, exercises_shown, sureness
from pipeline.classify.dataset import UNKNOWN
from pipeline.classify.synthesize import pastime_sets, synthetic_sets
from pipeline.classify.timeline import Stretch
from pipeline.classify.weights import SHIPPED, load
from pipeline.pose.track import PoseTrack
from pipeline.report import Candidate
from references.exercises import exercises
from references.motions import motions
from tests.tracks import curl_track

FOUR = ("barbell_biceps_curl", "bench_press", "lat_pulldown", "tricep_pushdown")


def test_the_shipped_weights_know_every_exercise_with_an_expert() -> None:
    assert {*exercises(), *motions(), UNKNOWN} == set(load().classes)


def test_the_shipped_weights_are_small_and_have_a_card() -> None:
    assert SHIPPED.stat().st_size < 10_000_000
    card = SHIPPED.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Grouped cross-validation" in card
    assert "Trained on" in card


def test_candidates_come_most_probable_first() -> None:
    candidates = classify(curl_track())
    shares = [candidate.probability for candidate in candidates]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1
    assert len({candidate.name for candidate in candidates}) == len(candidates)


@pytest.mark.parametrize("exercise", FOUR)
def test_an_exercise_is_among_the_three_that_are_offered(exercise: str) -> None:
    sets = synthetic_sets(20, seed=2026, exercises=(exercise,))
    offered = [{c.name for c in classify(example.track)[:3]} for example in sets]
    assert sum(exercise in names for names in offered) >= 0.8 * len(offered)


def test_somebody_who_lifts_nothing_is_mostly_not_named() -> None:
    sure = [classify(e.track)[0].probability for e in pastime_sets(24, seed=2026)]
    assert np.mean(np.greater(sure, 0.5)) <= 0.25


def test_one_exercise_in_a_clip_is_not_two() -> None:
    assert len(exercises_shown(curl_track(12))) <= 1


def test_two_exercises_that_look_alike_are_one_answer_together() -> None:
    shares = {"hammer_curl": 0.3, "barbell_biceps_curl": 0.29, "squat": 0.2}
    candidates = [Candidate(name, share) for name, share in shares.items()]
    assert sureness(candidates) == pytest.approx(0.59)
    assert sureness(candidates[::-1]) == pytest.approx(0.2)


def test_exercises_that_look_alike_are_not_told_as_two(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("barbell_biceps_curl", UNKNOWN, "hammer_curl", "squat", "barbell_biceps_curl")
    found = [Stretch(name, 10 * i, 10 * i + 10, 0.9) for i, name in enumerate(names)]
    monkeypatch.setattr("pipeline.classify.exercises_in", lambda *_: found)
    assert exercises_shown(curl_track()) == ("barbell_biceps_curl", "squat")


def test_nobody_in_sight_is_no_exercise() -> None:
    track = curl_track()
    nobody = PoseTrack(
        track.t, np.full_like(track.xy, np.nan), np.zeros_like(track.conf), 720, 1280
    )
    candidates = classify(nobody)
    assert {c.probability for c in candidates} == {1 / (len(candidates) + 1)}


def test_a_track_without_frames_is_no_exercise() -> None:
    empty = PoseTrack(
        np.zeros(0), np.zeros((0, 17, 2), np.float32), np.zeros((0, 17), np.float32), 720, 1280
    )
    assert max(c.probability for c in classify(empty)) < 0.1
