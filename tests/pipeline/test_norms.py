from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from pipeline.compare import Comparison
from pipeline.correct import adaptations, correct
from pipeline.judge import judge
from pipeline.norms import EXPERT_ONLY, RANGE_OF_MOTION_DEG, OwnBody, PastSet, Target, norms
from pipeline.pose.smooth import smooth
from pipeline.report import Deviation
from pipeline.space.answer import Interval
from references.exercises import Stage, exercises
from tests.tracks import expert_track

CURL = exercises()["barbell_biceps_curl"]
[START] = [c for c in CURL.checks if (c.joint, c.phase) == ("elbow", "start")]
EXPERT_DEG = 160.0


def past(
    *medians: float, exercise: str = "barbell_biceps_curl", joint: str = "left_elbow"
) -> tuple[PastSet, ...]:
    """Return sets of three repetitions around these angles at the start, bent at the turn."""
    return tuple(
        PastSet(exercise, {"start": {joint: (m - 1, m, m + 1)}, "turn": {joint: (50, 51, 52)}})
        for m in medians
    )


def exactly(degrees: Sequence[float]) -> Interval:
    middle = np.array(degrees, np.float64)
    return Interval(middle, middle, middle)


def judged(
    user: Sequence[float], body: OwnBody, phase: Stage = "start"
) -> tuple[tuple[Deviation, ...], tuple[str, ...]]:
    comparison = Comparison("left_elbow", phase, exactly(user), EXPERT_DEG, None)
    held_against = norms(CURL, body)
    deviations, _ = correct(CURL, [comparison], held_against=held_against)
    return deviations, adaptations(CURL, [comparison], held_against)


def test_a_stranger_is_held_against_the_expert() -> None:
    [deviation], notes = judged([128, 128], OwnBody())
    assert (deviation.norm, deviation.reference_deg, deviation.threshold_deg) == (
        *("expert", EXPERT_DEG, START.threshold_deg),
    )
    assert deviation.source == START.source
    assert notes == ()
    assert all(each == EXPERT_ONLY for each in norms(CURL, OwnBody()).values())


def test_a_joint_that_never_went_further_is_held_to_what_it_does() -> None:
    body = OwnBody(past(127, 128, 130))
    deviations, [note] = judged([128, 126], body)
    assert deviations == ()
    assert "your own 128° and not to the expert's 160°" in note
    [deviation], _ = judged([128, 115], body)
    assert deviation.norm == "own"
    assert (deviation.reference_deg, deviation.threshold_deg) == (128, 10)
    assert deviation.repetitions == (2,)
    assert "in your sets so far" in deviation.message
    assert "3 of your own sets" in deviation.source


@pytest.mark.parametrize(
    "body",
    [
        OwnBody(past(127, 128)),
        OwnBody(past(110, 128, 134)),
        OwnBody(past(127, 128, 130, joint="right_elbow")),
        OwnBody((*past(127, 128, 130), *past(170, exercise="bench_press"))),
        OwnBody(past(127, 128, 130, exercise="bench_press")),
        OwnBody(past(150, 151, 152)),
    ],
    ids=["two sets", "sets disagree", "other side", "opens elsewhere", "another", "gets there"],
)
def test_without_good_reason_the_expert_stays_the_norm(body: OwnBody) -> None:
    [deviation], notes = judged([120, 120], body)
    assert deviation.norm == "expert"
    assert notes == ()


def test_a_norm_of_ones_own_stays_where_it_is_safe() -> None:
    assert START.safe_deg is not None
    floor = START.safe_deg[0]
    [deviation], _ = judged([floor - 1], OwnBody(past(80, 82, 84)))
    assert deviation.norm == "own"
    assert deviation.reference_deg - deviation.threshold_deg == floor
    assert judged([floor + 1], OwnBody(past(80, 82, 84)))[0] == ()


def test_what_is_risky_is_never_adapted() -> None:
    hips = Comparison("left_hip", "turn", exactly([140, 140]), 178.0, None)
    often = tuple(
        PastSet(CURL.name, {"start": {"left_hip": (141.0,)}, "turn": {"left_hip": (140.0,)}})
        for _ in range(5)
    )
    [deviation] = correct(CURL, [hips], held_against=norms(CURL, OwnBody(often)))[0]
    assert deviation.norm == "expert"


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ([100.0], None),
        ([124.0], None),
        ([126.0], (120.0, "Do not open your left elbow")),
        ([56.0], None),
        ([54.0], (60.0, "Do not bend your left elbow")),
    ],
)
def test_a_target_goes_before_the_expert_in_both_directions(
    user: list[float], expected: tuple[float, str] | None
) -> None:
    body = OwnBody(past(127, 128, 130), (Target("elbow", 60, 120, "3 Mar 2026"),))
    deviations, notes = judged(user, body)
    assert notes == ()
    if expected is None:
        assert deviations == ()
        return
    [deviation] = deviations
    assert (deviation.norm, deviation.priority) == ("target", 1)
    assert deviation.reference_deg == expected[0]
    assert expected[1] in deviation.message
    assert "your target range allows" in deviation.message
    assert "60° to 120°, set on 3 Mar 2026" in deviation.source


def test_a_target_of_one_side_goes_before_that_of_both() -> None:
    both, left = Target("elbow", 60, 120, "today"), Target("left_elbow", 90, 150, "today")
    held_against = norms(CURL, OwnBody(targets=(both, left)))
    assert held_against["left_elbow", "start"].target == left
    assert held_against["right_elbow", "turn"].target == both
    assert held_against["left_hip", "turn"].target is None


def test_a_set_is_judged_by_the_lifters_own_norms() -> None:
    track = smooth(expert_track(CURL.name, 80.0, short_starts=0.4))
    strict = judge(track, exercise=CURL.name)
    assert {d.norm for d in strict.deviations} == {"expert"}
    medians = {
        joint: float(np.median([r.angles_deg["start"][joint] for r in strict.repetitions]))
        for joint in ("left_elbow", "right_elbow")
    }
    history = tuple(each for joint, m in medians.items() for each in past(m, m, m, joint=joint))
    own = judge(track, exercise=CURL.name, body=OwnBody(history))
    assert not any("elbow" in d.joint for d in own.deviations)
    assert any("your own" in warning for warning in own.warnings)


@pytest.mark.parametrize("name", sorted(exercises()))
def test_safe_ranges_have_a_source_and_lie_within_what_joints_do(name: str) -> None:
    for check in exercises()[name].checks:
        if check.safe_deg is None:
            continue
        assert check.safe_source
        assert check.priority > 1
        low, high = RANGE_OF_MOTION_DEG[check.joint]
        assert low <= check.safe_deg[0] < check.safe_deg[1] <= high


def test_an_empty_phase_of_the_past_does_no_harm() -> None:
    nothing: Mapping[Stage, Mapping[str, Sequence[float]]] = {"start": {}, "turn": {}}
    body = OwnBody((PastSet(CURL.name, nothing),) * 3)
    assert norms(CURL, body)["left_elbow", "start"].own is None
    assert norms(replace(CURL, name="other"), body)["left_elbow", "start"].own is None
