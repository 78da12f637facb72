from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.compare import Comparison, Obstacle, compare
from pipeline.correct import correct, judge_nothing, listed
from pipeline.moments import SalientPoses, median_pose
from pipeline.retrieve import nearest_view
from references.exercises import Phase, exercises
from references.experts import expert_views
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import curl_pose

CURL = exercises()["barbell_biceps_curl"]


def comparison(
    joint: str,
    phase: Phase,
    user: Sequence[float],
    reference: float,
    obstacle: Obstacle | None = None,
) -> Comparison:
    return Comparison(joint, phase, np.array(user, np.float32), reference, obstacle)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ([160, 160, 160], None),
        ([136, 136, 136], None),  # 24 degrees less: inside the limit
        ([133, 133, 133], (1, 2, 3)),  # 27 degrees, as in the paper's appendix
        ([160, 120, 110], (2, 3)),
        ([180, 180, 180], None),
        ([190, 190, 190], None),  # straighter than the expert is no fault
    ],
)
def test_flags_the_repetitions_beyond_the_threshold(
    user: list[float], expected: tuple[int, ...] | None
) -> None:
    deviations, not_judged = correct(CURL, [comparison("left_elbow", "start", user, 160)])
    assert not_judged == ()
    if expected is None:
        assert deviations == ()
        return
    [deviation] = deviations
    assert deviation.repetitions == expected
    assert (deviation.joint, deviation.side, deviation.phase) == ("left_elbow", "left", "start")
    median = float(np.median([user[r - 1] for r in expected]))
    assert deviation.user_deg == median
    assert deviation.difference_deg == median - 160
    assert deviation.threshold_deg == 25
    assert "straight" in deviation.message
    assert f"{round(abs(median - 160))}°" in deviation.message


def test_what_matters_most_comes_first() -> None:
    deviations, _ = correct(
        CURL,
        [
            comparison("left_elbow", "turn", [100, 100], 45),
            comparison("left_hip", "turn", [145, 145], 175),
            comparison("left_elbow", "start", [100, 100], 160),
        ],
    )
    assert [(d.joint, d.phase) for d in deviations] == [
        ("left_hip", "turn"),
        ("left_elbow", "start"),
        ("left_elbow", "turn"),
    ]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (comparison("left_elbow", "start", [90], 160, obstacle="not_seen"), "not seen"),
        (comparison("left_elbow", "start", [90], 160, obstacle="view"), "camera"),
        (comparison("left_elbow", "start", [90], 160, obstacle="limbs"), "cannot be right"),
    ],
)
def test_a_joint_not_seen_well_is_not_judged(given: Comparison, reason: str) -> None:
    deviations, [not_judged] = correct(CURL, [given])
    assert deviations == ()
    assert reason in not_judged.reason


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ([90, 90, 90], "in every repetition"),
        ([90, 160, 160], "in repetition 1."),
        ([90, 160, 90], "in repetitions 1 and 3."),
    ],
)
def test_a_correction_says_in_which_repetitions(user: list[float], words: str) -> None:
    [deviation] = correct(CURL, [comparison("left_elbow", "start", user, 160)])[0]
    assert words in deviation.message


def test_a_repetition_in_which_the_joint_was_hidden_is_not_blamed() -> None:
    [deviation] = correct(CURL, [comparison("left_elbow", "start", [90, np.nan, 90], 160)])[0]
    assert deviation.repetitions == (1, 3)


def test_judging_nothing_names_every_check() -> None:
    named = judge_nothing(CURL, "no_repetition")
    assert {(n.joint, n.phase) for n in named} == {
        (joint, check.phase) for check in CURL.checks for joint in check.joints()
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["1"], "1"), (["1", "2"], "1 and 2"), (["1", "2", "4"], "1, 2 and 4")],
)
def test_listed(words: list[str], said: str) -> None:
    assert listed(words) == said


@pytest.mark.parametrize("name", sorted(exercises()))
@pytest.mark.parametrize("which", [0, 7, 20])
def test_an_expert_retrieves_the_own_view_and_draws_no_correction(name: str, which: int) -> None:
    views = expert_views(name)
    view = views[which % len(views)]
    start, turn = view.salient() * 310.0 + 40.0
    match = nearest_view({"start": start, "turn": turn}, views)
    assert match is not None
    assert match.view is view
    assert match.distance < 1e-4
    poses = SalientPoses(start[None].astype(np.float32), turn[None].astype(np.float32))
    deviations, _ = correct(exercises()[name], compare(exercises()[name], poses, match, views))
    assert deviations == ()


def test_no_view_for_too_few_keypoints_or_another_movement() -> None:
    views = expert_views("barbell_biceps_curl")
    start, turn = views[0].salient()
    hidden = start.copy()
    hidden[KEYPOINT_INDEX["right_shoulder"] :] = np.nan
    assert nearest_view({"start": hidden, "turn": turn}, views) is None
    assert nearest_view({"start": -start, "turn": -turn}, views) is None
    assert nearest_view({"start": start, "turn": turn}, ()) is None


def test_median_pose_ignores_what_was_not_seen() -> None:
    poses = np.stack([curl_pose(90), curl_pose(90), curl_pose(90)]).astype(np.float32)
    poses[0, 9] = np.nan
    poses[:, 10] = np.nan
    median = median_pose(poses)
    assert np.allclose(median[9], poses[1, 9])
    assert np.isnan(median[10]).all()
