"""Rendered sets are dealt fairly, and what a report says of one is held against its truth."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from benchmarks.form_scores import (
    Angle,
    Errors,
    Share,
    compared,
    matched,
    outcome,
    repetitions_with,
    said,
    view_off_deg,
    within,
)
from benchmarks.form_sets import (
    AZIMUTHS_DEG,
    BEYOND_LIMIT_DEG,
    EXERCISES,
    HEIGHTS_M,
    Case,
    cases,
    take,
)
from pipeline.pose.track import PoseTrack
from pipeline.space.examine import camera_of
from references.geometry import joint_angles
from references.motions import motions
from references.skeleton import JOINTS, KEYPOINT_INDEX

CURL = motions()["barbell_biceps_curl"]
NAN = float("nan")


def repetition(start_s: float, turn_s: float, end_s: float, **more: Any) -> dict[str, Any]:
    return {"start_s": start_s, "turn_s": turn_s, "end_s": end_s, **more}


THREE = [repetition(at, at + 1, at + 2) for at in (0.5, 3.0, 5.5)]


def report(**more: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"repetitions": THREE, "faults": [], "faults_not_judged": []}
    return {**nothing, "deviations": [], **more}


def test_every_side_height_exercise_and_phone_gets_its_share() -> None:
    dealt = cases(144, seed=3)
    assert Counter(case.azimuth_deg for case in dealt) == dict.fromkeys(AZIMUTHS_DEG, 12)
    assert Counter(case.height_m for case in dealt) == dict.fromkeys(HEIGHTS_M, 48)
    assert Counter(case.exercise for case in dealt) == dict.fromkeys(EXERCISES, 36)
    assert Counter(case.phone for case in dealt) == {"1x": 96, "0.5x": 48}
    for exercise in EXERCISES:
        faults = Counter(case.fault for case in dealt if case.exercise == exercise)
        assert faults.pop(None) == 18
        assert set(faults) == {fault.name for fault in motions()[exercise].faults}
        assert max(faults.values()) - min(faults.values()) <= 1


def test_more_sets_begin_with_the_same() -> None:
    assert cases(60, seed=3)[:20] == cases(20, seed=3)
    assert cases(20, seed=3) != cases(20, seed=4)


@pytest.mark.parametrize(
    ("fault", "with_it"), [("arms_stay_bent", {1, 2}), ("short_top", {0, 1, 2})]
)
def test_a_planted_fault_goes_beyond_its_limit_where_it_shows(
    fault: str, with_it: set[int]
) -> None:
    performance, shot = take(Case(0, 0, CURL.exercise, 90, 1.1, "0.5x", fault))
    degrees = performance.faults[fault]
    assert degrees.max() == pytest.approx(CURL.fault(fault).limit_deg + BEYOND_LIMIT_DEG)
    moments = [
        {
            phase: float(np.interp(at, performance.t, degrees))
            for phase, at in (("start", boundary.start_s), ("turn", boundary.turn_s))
        }
        for boundary in performance.boundaries
    ]
    truth = {"repetitions": [{"faults_deg": {fault: moment}} for moment in moments]}
    assert repetitions_with(CURL.fault(fault), truth) == with_it
    assert 75 <= shot.viewpoint.azimuth_deg <= 105
    assert shot.viewpoint.eye()[2] == pytest.approx(1.1)


def test_a_case_is_always_the_same_set_and_a_right_one_has_no_fault() -> None:
    case = Case(0, 7, "lat_pulldown", 0, 0.4, "1x", None)
    (performance, shot), (again, other) = take(case), take(case)
    assert not performance.faults
    np.testing.assert_array_equal(performance.phase, again.phase)
    assert (shot.viewpoint, shot.lens, shot.room) == (other.viewpoint, other.lens, other.room)


def test_a_perfect_calibration_undoes_the_lens() -> None:
    _, shot = take(Case(0, 1, "bench_press", 30, 1.8, "0.5x", None))
    points = np.array(shot.viewpoint.target) + [[0.3, 0.2, 0.4], [-0.5, 0.1, -0.3]]
    pixels = shot.lens.project(shot.viewpoint, points).astype(np.float32)
    rays = camera_of(shot.lens).normalise(pixels)
    np.testing.assert_allclose(rays, shot.viewpoint.project(points), atol=1e-4)


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ((1.5, 4.0, 6.5), {0: 0, 1: 1, 2: 2}),
        ((4.1,), {0: 1}),
        # Between repetitions nothing turns.
        ((2.8, 4.0), {1: 1}),
        # Of two in one repetition the nearer counts.
        ((1.0, 1.6, 6.5), {1: 0, 2: 2}),
        ((), {}),
    ],
)
def test_told_repetitions_are_matched_by_their_turn(
    turns: tuple[float, ...], expected: dict[int, int]
) -> None:
    told = [repetition(turn - 0.9, turn, turn + 0.9) for turn in turns]
    assert matched(told, THREE) == expected


def test_angles_are_compared_where_both_are_known() -> None:
    poses = np.random.default_rng(0).uniform(0, 400, size=(4, 17, 2)).astype(np.float32)
    track = PoseTrack(np.arange(4.0), poses, np.ones((4, 17), np.float32), 480, 854)
    visible = np.ones((31, 17), bool)
    visible[20, KEYPOINT_INDEX["left_wrist"]] = False
    true = {phase: dict.fromkeys(JOINTS, 150.0) for phase in ("start", "turn")}
    truth = {
        "seconds": 3.0,
        "visible": visible.tolist(),
        "repetitions": [repetition(1.0, 2.0, 3.0, angles_deg=true)],
    }
    told = repetition(
        1.1,
        2.1,
        2.9,
        angles_deg={"start": {"left_elbow": 146.0}, "turn": {}},
        low_deg={"start": {"left_elbow": 140.0}, "turn": {}},
        high_deg={"start": {"left_elbow": 152.0}, "turn": {}},
    )
    angles = compared(truth, report(repetitions=[told]), track)
    assert len(angles) == 2 * len(JOINTS)
    start, turn = (angle for angle in angles if angle.joint == "left_elbow")
    drawn = joint_angles(poses)["left_elbow"]
    expected = Angle("left_elbow", "start", True, 150.0, 146.0, 140.0, 152.0, float(drawn[1]))
    assert start == expected
    assert (turn.visible, turn.told(), turn.drawn_deg) == (False, False, float(drawn[2]))
    assert sum(angle.told() for angle in angles) == 1


def named(name: str, *repetitions: int) -> dict[str, Any]:
    return {"name": name, "repetitions": list(repetitions), "size_deg": 31.4}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"faults": [named("short_top", 1, 2, 3)]}, "found"),
        ({"faults": [named("short_top", 2, 3)]}, "found"),
        ({"faults": [named("short_top", 2)]}, "missed"),
        ({"faults": [named("hips_bend", 1, 2, 3)]}, "missed"),
        ({"faults_not_judged": ["short_top"]}, "not judged"),
        ({}, "missed"),
        # Numbers count the repetitions told: the first of them is the second true one.
        ({"faults": [named("short_top", 1, 2)], "repetitions": THREE[1:]}, "found"),
        ({"faults": [named("short_top", 1)], "repetitions": THREE[1:]}, "missed"),
    ],
)
def test_a_fault_is_found_when_named_in_most_of_its_repetitions(
    more: dict[str, Any], expected: str
) -> None:
    degrees = {"short_top": {"start": 0.0, "turn": 40.0}}
    truth = {"repetitions": [{**one, "faults_deg": degrees} for one in THREE]}
    assert outcome(CURL.fault("short_top"), truth, report(**more)) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((90.0, 0.0), 0.0),
        ((100.0, 0.0), 10.0),
        ((90.0, 25.0), 25.0),
        ((270.0, 0.0), 180.0),
    ],
)
def test_the_view_is_off_by_the_angle_between_directions(
    told: tuple[float, float], expected: float
) -> None:
    truth = {"camera": {"viewpoint": {"azimuth_deg": 90.0, "elevation_deg": 0.0}}}
    view = {"azimuth_deg": told[0], "elevation_deg": told[1]}
    assert view_off_deg(truth, report(view=view)) == pytest.approx(expected, abs=1e-4)
    assert np.isnan(view_off_deg(truth, report(view=None)))


def test_said_names_faults_and_deviations() -> None:
    deviation = {
        "joint": "left_elbow",
        "phase": "turn",
        "difference_deg": 27.3,
        "repetitions": [1, 3],
    }
    both = report(faults=[named("short_top", 1, 3)], deviations=[deviation])
    assert said(both) == ["short_top 31° (1,3)", "left_elbow at turn +27° (1,3)"]


def test_shares_say_how_sure_they_are() -> None:
    assert str(Share(8, 10)) == "8 of 10, 80 % (49-94)"
    assert Share(8, 10).value() == 0.8
    assert (str(Share(0, 0)), Share(0, 0).value()) == ("-", None)


def test_errors_leave_out_what_is_not_told() -> None:
    errors = Errors.of([10.0, NAN, 50.0, 30.0], [12.0, 1.0, 40.0, 30.0])
    assert (errors.mean(), errors.median(), errors.p90()) == (4.0, 2.0, 8.4)
    assert str(errors) == "4.0 / 2.0 / 8.4"
    assert (str(Errors.of([NAN], [1.0])), Errors.of([], []).mean()) == ("- / - / -", None)


def test_intervals_hold_the_truth_or_not() -> None:
    def told(low: float, high: float, deg: float = 100.0) -> Angle:
        return Angle("left_knee", "turn", True, 102.0, deg, low, high, 90.0)

    angles = [told(95, 105), told(95, 102), told(95, 101), told(NAN, NAN), told(NAN, NAN, NAN)]
    assert within(angles) == Share(2, 3)
