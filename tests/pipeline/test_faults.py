from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from pipeline.compare import Comparison, Obstacle
from pipeline.correct import what_to_change
from pipeline.faults import fault_title, find_faults, is_shown, seen_faults
from pipeline.norms import JointNorms, Target
from pipeline.repetitions import find_repetitions
from pipeline.report import FoundFault
from pipeline.space.answer import Interval
from references.exercises import Exercise, Stage, exercises
from references.experts import expert_views
from references.motions import Fault, motions
from references.skeleton import KEYPOINT_INDEX, SIDES
from tests.tracks import curl_track

CURL = exercises()["barbell_biceps_curl"]
LEAN = motions()["barbell_biceps_curl"].fault("torso_leans_back")
BENT = motions()["barbell_biceps_curl"].fault("arms_stay_bent")
ANGLE_DEG = 90.0


def interval(degrees: Sequence[float], reach: float) -> Interval:
    middle = np.array(degrees, np.float64)
    return Interval(middle, middle - reach, middle + reach)


def found(
    exercise: Exercise,
    *,
    joints: Mapping[tuple[str, Stage], float] | None = None,
    sizes: Mapping[str, Interval] | None = None,
    by_chance_deg: float = 5.0,
    held_against: Mapping[tuple[str, Stage], JointNorms] | None = None,
    obstacles: Mapping[tuple[str, Stage], Obstacle] | None = None,
) -> tuple[tuple[FoundFault, ...], tuple[str, ...]]:
    """Look for faults in a set like the expert's, but for some joints and faults."""
    comparisons = [
        Comparison(
            joint,
            check.phase,
            interval([ANGLE_DEG + (joints or {}).get((joint, check.phase), 0.0)] * 2, 4),
            ANGLE_DEG,
            (obstacles or {}).get((joint, check.phase)),
        )
        for check in exercise.checks
        for joint in check.joints()
    ]
    told = {fault.name: interval([0, 0], 4) for fault in motions()[exercise.name].faults}
    return find_faults(
        exercise,
        comparisons,
        told | dict(sizes or {}),
        dict.fromkeys(told, by_chance_deg),
        held_against=held_against or {},
    )


def shown(fault: Fault, degrees: float) -> Mapping[tuple[str, Stage], float]:
    """Return by how much the joints that show a fault differ from the expert's."""
    if fault.draws is None:
        return {}
    joint, phase, direction = fault.draws
    return {
        (f"{side}_{joint}", phase): degrees if direction == "larger" else -degrees for side in SIDES
    }


@pytest.mark.parametrize(
    ("degrees", "reach", "repetitions"),
    [
        ([0, 0, 0], 4, None),
        ([9, 9, 9], 1, None),  # up to 10 degrees is fine
        ([25, 25, 25], 8, (1, 2, 3)),
        ([2, 25, 18], 8, (2, 3)),
        ([14, 14, 14], 8, (1, 2, 3)),  # hardly ever told of a set done right
        ([2, 2, 25], 8, None),  # one repetition alone is often told wrongly
        ([np.nan, 25, 25], 8, (2, 3)),
    ],
)
def test_a_fault_is_found_in_the_repetitions_that_are_beyond_its_limit(
    degrees: list[float], reach: float, repetitions: tuple[int, ...] | None
) -> None:
    faults, untold = found(CURL, sizes={LEAN.name: interval(degrees, reach)})
    assert LEAN.name not in untold
    if repetitions is None:
        assert faults == ()
        return
    [fault] = faults
    assert fault.name == LEAN.name
    assert fault.repetitions == repetitions
    assert fault.size_deg == np.median([degrees[r - 1] for r in repetitions])
    assert fault.limit_deg == LEAN.limit_deg
    assert LEAN.correction in fault.message
    assert "Torso leans back" in fault.message


@pytest.mark.parametrize(
    ("low_deg", "deg", "high_deg", "by_chance_deg", "size_deg"),
    [
        (4, 8, 36, 3, 20),  # hardly shown, so drawn to none, yet more than by chance
        (4, 8, 36, 5, None),
        (4, 8, 12, 3, None),  # well shown: less than the limit
    ],
)
def test_a_size_counts_by_how_seldom_it_is_told_of_sets_done_right(
    low_deg: float, deg: float, high_deg: float, by_chance_deg: float, size_deg: float | None
) -> None:
    size = Interval(*(np.full(2, x, np.float64) for x in (deg, low_deg, high_deg)))
    faults, _ = found(CURL, sizes={LEAN.name: size}, by_chance_deg=by_chance_deg)
    said = [(f.size_deg, f.told_deg, f.by_chance_deg) for f in faults]
    assert said == ([] if size_deg is None else [(size_deg, deg, by_chance_deg)])


@pytest.mark.parametrize(("elbows_deg", "is_found"), [(10, False), (22, True)])
def test_a_fault_that_its_joint_denies_is_not_named(elbows_deg: float, is_found: bool) -> None:
    sizes = {BENT.name: interval([40, 40], 20)}
    faults, untold = found(CURL, sizes=sizes, joints=shown(BENT, elbows_deg))
    assert (BENT.name in untold) is not is_found
    assert [fault.name for fault in faults] == ["arms_stay_bent"] * is_found


def test_a_fault_that_its_joint_shows_is_named() -> None:
    bent: Mapping[tuple[str, Stage], float] = {
        ("left_elbow", "start"): -45.0,
        ("right_elbow", "start"): -37.0,
    }
    [fault], _ = found(CURL, joints=bent)
    assert fault.name == "arms_stay_bent"
    assert (fault.size_deg, fault.low_deg, fault.high_deg) == (41, 37, 45)
    assert fault.told_deg is None
    assert fault.by_chance_deg is None
    # The other arm is straight.
    assert found(CURL, joints={("left_elbow", "start"): -45.0})[0] == ()


@pytest.mark.parametrize(
    ("degrees", "reach", "told"),
    [
        ([0, 0], 11, False),
        ([0, 0], 9, True),
        ([9, 9], 5, True),  # well shown: not far beyond its limit
        ([np.nan], 1, False),
    ],
)
def test_a_fault_that_could_hide_is_named(degrees: list[float], reach: float, told: bool) -> None:
    faults, untold = found(CURL, sizes={LEAN.name: interval(degrees, reach)})
    assert faults == ()
    assert (LEAN.name in untold) is not told


@pytest.mark.parametrize(("judged", "is_found"), [((), False), (("right",), True)])
def test_nothing_is_claimed_of_a_joint_that_the_report_does_not_judge(
    judged: Sequence[str], is_found: bool
) -> None:
    obstacles: Mapping[tuple[str, Stage], Obstacle] = {
        (f"{side}_elbow", "start"): "view" for side in SIDES if side not in judged
    }
    sizes = {"arms_stay_bent": interval([45, 45], 20)}
    faults, untold = found(CURL, sizes=sizes, joints=shown(BENT, 40), obstacles=obstacles)
    assert [fault.name for fault in faults] == ["arms_stay_bent"] * is_found
    assert ("arms_stay_bent" in untold) is not is_found


def test_keypoints_never_show_wrists() -> None:
    for size in (0, 60):
        told = {"wrists_bent": interval([size, size], 4)}
        assert found(CURL, sizes=told) == ((), ("wrists_bent",))


def test_a_joint_with_a_norm_of_its_own_says_how_far_its_fault_goes() -> None:
    joints: dict[tuple[str, Stage], float] = {
        (f"{side}_elbow", "turn"): 40.0 for side in ("left", "right")
    }
    sizes = {"short_top": interval([40, 40], 4)}
    for high_deg, named in ((ANGLE_DEG + 60, []), (ANGLE_DEG, ["short_top"])):
        target = JointNorms(Target("elbow", 40, high_deg, "3 Mar 2026"), None)
        held_against = dict.fromkeys(joints, target)
        faults, _ = found(CURL, joints=joints, sizes=sizes, held_against=held_against)
        assert [fault.name for fault in faults] == named


def test_nothing_is_claimed_of_a_joint_that_was_hidden_all_through_a_repetition() -> None:
    track = curl_track(2)
    swings = find_repetitions(track, expert_views(CURL.name))
    end = swings[0].frames.end
    track.conf[: end + 1, KEYPOINT_INDEX["left_elbow"]] = 0.1
    track.conf[:end, KEYPOINT_INDEX["right_elbow"]] = 0.1
    told = {fault.name: interval([40, 40], 4) for fault in motions()[CURL.name].faults}
    assert np.isfinite(seen_faults(CURL, told, track, swings)["short_top"].deg).all()
    track.conf[end, KEYPOINT_INDEX["right_elbow"]] = 0.1
    sizes = seen_faults(CURL, told, track, swings)
    assert np.isnan(sizes["short_top"].low_deg).tolist() == [True, False]
    assert np.isfinite(sizes["torso_leans_back"].deg).all()


def test_one_arm_is_held_against_the_other_only_where_both_are_seen() -> None:
    track = curl_track(2)
    swings = find_repetitions(track, expert_views(CURL.name))
    told = {fault.name: interval([40, 40], 4) for fault in motions()[CURL.name].faults}
    assert np.isfinite(seen_faults(CURL, told, track, swings)["uneven_bar"].deg).all()
    track.conf[: swings[0].frames.end, KEYPOINT_INDEX["right_elbow"]] = 0.1
    track.conf[swings[0].frames.end, KEYPOINT_INDEX["left_elbow"]] = 0.1
    sizes = seen_faults(CURL, told, track, swings)
    assert np.isnan(sizes["uneven_bar"].deg).tolist() == [True, False]
    assert np.isfinite(sizes["short_top"].deg).all()


def test_nothing_is_claimed_of_a_start_position_that_was_not_filmed() -> None:
    track = curl_track(2)
    first, second = find_repetitions(track, expert_views(CURL.name))
    told = {fault.name: interval([40, 40], 4) for fault in motions()[CURL.name].faults}
    sizes = seen_faults(CURL, told, track, [replace(first, begun=True), second])
    assert np.isnan(sizes["arms_stay_bent"].deg).tolist() == [True, False]
    assert np.isfinite(sizes["short_top"].deg).all()


@pytest.mark.parametrize(
    ("exercise", "fault"),
    [
        (name, fault.name)
        for name in exercises()
        for fault in motions()[name].faults
        if is_shown(fault)
    ],
)
def test_every_fault_beyond_its_limit_is_found_and_has_words(exercise: str, fault: str) -> None:
    known = motions()[exercise].fault(fault)
    size = known.limit_deg + 15
    sizes = {fault: interval([size, size], 4)}
    faults, _ = found(exercises()[exercise], sizes=sizes, joints=shown(known, size))
    [named] = [each for each in faults if each.name == fault]
    assert named.size_deg == pytest.approx(size)
    assert named.repetitions == (1, 2)
    assert f"{round(size)}°" in named.message
    assert named.spoken in {c.spoken for c in what_to_change((), faults)}


def test_what_is_risky_comes_first() -> None:
    sizes = {"short_top": interval([60, 60], 4), LEAN.name: interval([25, 25], 4)}
    short = motions()[CURL.name].fault("short_top")
    faults, _ = found(CURL, sizes=sizes, joints=shown(short, 60))
    assert [fault.name for fault in faults] == ["torso_leans_back", "short_top"]


def test_fault_title() -> None:
    assert fault_title("bar_stops_at_chin") == "Bar stops at chin"
