"""Between two photos limbs turn and stretch evenly, about the joints they hang from."""

import numpy as np
import pytest

from benchmarks.recognition_photos import Pair, Pose, between, sets_of
from references.skeleton import KEYPOINT_INDEX

SHOULDER, ELBOW, WRIST = (KEYPOINT_INDEX[f"left_{n}"] for n in ("shoulder", "elbow", "wrist"))


def standing() -> np.ndarray:
    xy = np.zeros((17, 2))
    xy[ELBOW], xy[WRIST] = (0, 30), (0, 60)
    return xy


def test_a_forearm_keeps_its_length_on_a_quarter_of_a_turn() -> None:
    start, turn = standing(), standing()
    turn[WRIST] = (30, 30)
    halfway = between(start, turn, np.array([0.5]))[0]

    assert halfway[WRIST] == pytest.approx([30 / np.sqrt(2), 30 + 30 / np.sqrt(2)])
    assert halfway[ELBOW] == pytest.approx(start[ELBOW])


def test_a_limb_turns_the_short_way_round() -> None:
    start, turn = standing(), standing()
    start[WRIST], turn[WRIST] = (-30, 29), (-30, 31)
    halfway = between(start, turn, np.array([0.5]))[0]

    assert halfway[WRIST] == pytest.approx([-30, 30], abs=0.1)


def test_ends_are_those_of_the_photos() -> None:
    rng = np.random.default_rng(0)
    start, turn = rng.normal(0, 50, (2, 17, 2))
    ends = between(start, turn, np.array([0.0, 1.0]))

    assert ends[0] == pytest.approx(start)
    assert ends[1] == pytest.approx(turn)


def test_both_orders_are_shown_with_the_lesser_confidence() -> None:
    down, up = standing(), standing() + 10
    sure, unsure = np.full(17, 0.9), np.full(17, 0.4)
    first, second = sets_of(Pair("squat", "a", (Pose(down, sure), Pose(up, unsure)), (640, 480)))

    assert first.xy[0] == pytest.approx(down)
    assert second.xy[0] == pytest.approx(up)
    assert first.conf == pytest.approx(0.4)
