from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from pipeline.compare import Comparison, Obstacle, compare
from pipeline.correct import correct, judge_nothing, listed, what_to_change
from pipeline.moments import StagePoses, median_pose
from pipeline.retrieve import nearest_view
from pipeline.space.answer import Interval, SpaceAngles, View
from references.exercises import PHASES, STAGES, Stage, exercises
from references.experts import ExpertMotion, expert_motions, expert_views
from references.experts.movements import CoachAngles
from references.geometry import joint_angles
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import curl_pose

CURL = exercises()["barbell_biceps_curl"]
SIDE = expert_views(CURL.name)[0]


def comparison(
    joint: str,
    phase: Stage,
    user: Sequence[float],
    reference: float,
    obstacle: Obstacle | None = None,
    reach: float = 5.0,
) -> Comparison:
    return Comparison(joint, phase, interval(user, reach), reference, obstacle)


def interval(degrees: Sequence[float], reach: float) -> Interval:
    middle = np.array(degrees, np.float64)
    return Interval(middle, middle - reach, middle + reach)


def expert_pose(motion: ExpertMotion, stage: Stage, share: float = 0.5) -> np.ndarray:
    """Return the expert's pose (17, 3) at a stage, a share of the movement done on the ways."""
    if stage in PHASES:
        return motion.at(stage)
    return np.asarray(motion.joints[round(share * (len(motion.joints) - 1))])


def space_angles(
    motion: ExpertMotion, repetitions: int, *, off: float, reach: float, halfway: float = 0.5
) -> SpaceAngles:
    """Return what is told of a lifter whose every joint is ``off`` degrees from the expert's.

    ``halfway`` is the share of the movement that is done in half of its time.
    """
    angles = {
        stage: {
            joint: interval([float(degrees) + off] * repetitions, reach)
            for joint, degrees in joint_angles(expert_pose(motion, stage, halfway)).items()
        }
        for stage in STAGES
    }
    return SpaceAngles(angles, {}, {}, View(90.0, 0.0, 10.0))


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
        (comparison("left_elbow", "start", [90], 160, obstacle="view"), "From the side"),
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
        ([90, 160], "in repetition 1."),
        ([90, 160, 90], "in repetitions 1 and 3."),
    ],
)
def test_a_correction_says_in_which_repetitions(user: list[float], words: str) -> None:
    [deviation] = correct(CURL, [comparison("left_elbow", "start", user, 160)])[0]
    assert words in deviation.message


def test_one_repetition_alone_is_not_corrected_among_others() -> None:
    assert correct(CURL, [comparison("left_elbow", "start", [90, 160, 160], 160)])[0] == ()
    # Of the other two one was not seen.
    assert correct(CURL, [comparison("left_elbow", "start", [90, np.nan, 160], 160)])[0]


def test_a_repetition_in_which_the_joint_was_hidden_is_not_blamed() -> None:
    [deviation] = correct(CURL, [comparison("left_elbow", "start", [90, np.nan, 90], 160)])[0]
    assert deviation.repetitions == (1, 3)


@pytest.mark.parametrize(
    ("degrees", "reach", "flagged"),
    [
        (120, 10, True),
        (120, 20, True),  # between 100 and 140: at least 3/4 of the threshold away from 160
        (120, 22, False),
        (137, 1, False),
    ],
)
def test_what_is_not_sure_is_not_flagged(degrees: float, reach: float, flagged: bool) -> None:
    given = comparison("left_elbow", "start", [degrees], 160, reach=reach)
    assert bool(correct(CURL, [given])[0]) is flagged


@pytest.mark.parametrize(
    ("off", "reach", "obstacle"),
    [(0, 10, None), (0, 20, "view"), (-60, 20, None), (-60, 60, "view")],
)
def test_an_angle_told_too_loosely_is_not_compared(
    off: float, reach: float, obstacle: Obstacle | None
) -> None:
    [motion, *_] = expert_motions(CURL.name)
    space = space_angles(motion, 2, off=off, reach=reach)
    comparisons = compare(CURL, space, all_seen(2), SIDE)
    [elbow] = [c for c in comparisons if (c.joint, c.phase) == ("left_elbow", "start")]
    assert elbow.obstacle == obstacle


def test_a_joint_hidden_in_most_repetitions_is_not_compared() -> None:
    [motion, *_] = expert_motions(CURL.name)
    seen = all_seen(3)
    seen.start[:2, KEYPOINT_INDEX["left_wrist"]] = np.nan
    comparisons = compare(CURL, space_angles(motion, 3, off=-60, reach=5), seen, SIDE)
    obstacles = {(c.joint, c.phase): c.obstacle for c in comparisons}
    assert obstacles["left_elbow", "start"] == "not_seen"
    assert obstacles["right_elbow", "start"] is None
    assert obstacles["left_elbow", "turn"] is None


def all_seen(repetitions: int) -> StagePoses:
    poses = np.tile(curl_pose(90), (repetitions, 1, 1)).astype(np.float32)
    return StagePoses(*(poses.copy() for _ in STAGES))


def test_one_fault_on_both_sides_is_told_once() -> None:
    both = [comparison(f"{side}_elbow", "start", [100, 100], 160) for side in ("left", "right")]
    lean = comparison("left_hip", "turn", [140, 140], 178)
    deviations, _ = correct(CURL, [*both, lean])
    hips, elbows = what_to_change(deviations, ())
    assert hips.priority < elbows.priority
    assert "trunk" in hips.message
    assert "right one" in elbows.message
    assert "right one" not in hips.message


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
    halfway = (start + turn) / 2
    stages = (start, halfway, turn, halfway)
    poses = StagePoses(*(pose[None].astype(np.float32) for pose in stages))
    space = space_angles(view.motion, 1, off=0.0, reach=5.0)
    comparisons = compare(exercises()[name], space, poses, match.view)
    assert all(c.obstacle is None for c in comparisons)
    assert correct(exercises()[name], comparisons) == ((), ())


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


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_whoever_goes_slowly_at_first_is_compared_with_the_expert_there(share: float) -> None:
    [motion, *_] = expert_motions(CURL.name)
    space = space_angles(motion, 2, off=0.0, reach=5.0, halfway=share)
    comparisons = compare(CURL, space, all_seen(2), SIDE)
    on_the_way = [c for c in comparisons if c.phase == "out"]
    assert {c.joint for c in on_the_way} == {
        f"{side}_{kind}" for side in ("left", "right") for kind in ("shoulder", "hip")
    }
    there = joint_angles(expert_pose(motion, "out", share))
    for comparison in on_the_way:
        assert comparison.reference_deg == pytest.approx(there[comparison.joint], abs=1)
    assert correct(CURL, comparisons)[0] == ()


def test_a_swing_that_is_over_at_the_turn_is_corrected_on_the_way() -> None:
    [motion, *_] = expert_motions(CURL.name)
    space = space_angles(motion, 2, off=0.0, reach=5.0)
    for side in ("left", "right"):
        hip = space.angles["out"][f"{side}_hip"]
        off = Interval(hip.deg - 30, hip.low_deg - 30, hip.high_deg - 30)
        space = replace(
            space,
            angles={**space.angles, "out": {**space.angles["out"], f"{side}_hip": off}},
        )
    deviations, _ = correct(CURL, compare(CURL, space, all_seen(2), SIDE))
    assert [(d.joint, d.phase) for d in deviations] == [("left_hip", "out"), ("right_hip", "out")]
    [correction] = what_to_change(deviations, ())
    assert "on the way up" in correction.message
    assert "swing" in correction.spoken


def test_what_is_off_on_the_way_and_at_the_turn_is_said_once() -> None:
    deviations, _ = correct(
        CURL,
        [comparison("left_hip", stage, [140, 140], 178) for stage in ("out", "turn")],
    )
    assert [d.phase for d in deviations] == ["out", "turn"]
    assert len(what_to_change(deviations, ())) == 1


def test_the_way_of_a_set_that_hardly_moves_has_no_reference() -> None:
    [motion, *_] = expert_motions(CURL.name)
    space = space_angles(motion, 2, off=0.0, reach=5.0)
    still = dict.fromkeys(STAGES, space.angles["start"])
    comparisons = compare(CURL, replace(space, angles=still), all_seen(2), SIDE)
    assert {c.obstacle for c in comparisons if c.phase == "out"} == {"too_short"}


def test_a_coach_is_the_measure_on_the_way_too() -> None:
    expert = {phase: dict(SIDE.angles_deg(phase)) for phase in PHASES}
    bent = {
        phase: {**angles, "left_hip": angles["left_hip"] - 10} for phase, angles in expert.items()
    }
    del bent["turn"]["right_hip"]
    view = replace(SIDE, coach=CoachAngles("Anna", bent))
    own, coachs = (each.angles_on_the_way(CURL.driver, 0.5) for each in (SIDE, view))
    assert coachs["left_hip"] == pytest.approx(own["left_hip"] - 10, abs=0.01)
    assert coachs["left_shoulder"] == pytest.approx(own["left_shoulder"], abs=0.01)
    assert "right_hip" not in coachs
