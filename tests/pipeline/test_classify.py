import numpy as np
import pytest

from pipeline.classify import classify
from pipeline.classify.synthesize import made_up_lifters
from pipeline.classify.weights import SHIPPED, load
from pipeline.pose.track import PoseTrack
from references.exercises import exercises
from tests.tracks import curl_track


def test_the_shipped_weights_know_every_exercise_with_an_expert() -> None:
    assert set(exercises()) <= set(load().classes)


def test_the_shipped_weights_are_small_and_have_a_card() -> None:
    assert SHIPPED.stat().st_size < 10_000_000
    card = SHIPPED.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Grouped cross-validation" in card
    assert all(f"| {name} |" in card for name in load().classes)


def test_candidates_come_most_probable_first() -> None:
    candidates = classify(curl_track())
    shares = [candidate.probability for candidate in candidates]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1
    assert len({candidate.name for candidate in candidates}) == len(candidates)


@pytest.mark.parametrize("exercise", list(exercises()))
def test_sets_played_by_the_expert_are_recognised(exercise: str) -> None:
    lifters = made_up_lifters((exercise,))
    rng = np.random.default_rng(2026)
    named = [classify(lifter.movement(rng))[0].name for lifter in lifters for _ in range(20)]
    assert named.count(exercise) >= 0.8 * len(named)


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
