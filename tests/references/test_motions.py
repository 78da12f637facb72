import copy
import tomllib
from importlib import resources
from typing import Any

import numpy as np
import pytest

from references.experts import expert_views
from references.geometry import joint_angles
from references.motions import Track, is_held, motions, parse_motion
from references.synthetic.posture import pose_motion
from references.synthetic.variation import random_body, random_motion

CURL = tomllib.loads(
    (resources.files("references.motions") / "barbell_biceps_curl.toml").read_text("utf-8")
)


def test_a_track_is_linear_between_evenly_spread_values() -> None:
    track = Track((160.0, 100.0, 60.0))
    assert track.at([0, 0.25, 0.5, 1]) == pytest.approx([160, 130, 100, 60])
    assert Track((5.0,)).at([0, 0.7]) == pytest.approx([5, 5])


def test_every_range_of_the_elbow_tells_its_source() -> None:
    for motion in motions().values():
        track = motion.tracks["arms", "bend"]
        assert len(track.values) == 1 or track.source


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("arms", {"upper": None}),
        ("arms", {"spread": 20}),
        ("arms", {"wingspan": 2}),
        ("arms", {"relative_to": "the moon"}),
        ("legs", {"reach": None}),
        ("legs", {"bend": "straight"}),
    ],
)
def test_what_does_not_describe_a_motion_is_refused(part: str, change: dict[str, Any]) -> None:
    table = copy.deepcopy(CURL)
    table[part] |= change
    table[part] = {name: value for name, value in table[part].items() if value is not None}
    with pytest.raises(ValueError, match=r"needs exactly|has no|relative|could not convert"):
        parse_motion("barbell_biceps_curl", table)


@pytest.mark.parametrize(
    "change", [{"draws": None, "correction": ""}, {"correction": "Stand tall."}]
)
def test_a_fault_draws_a_check_or_tells_its_correction(change: dict[str, Any]) -> None:
    table = copy.deepcopy(CURL)
    table["faults"][0] |= change
    with pytest.raises(ValueError, match="exactly one of draws and correction"):
        parse_motion("barbell_biceps_curl", table)


def test_a_motion_tells_on_which_way_the_weight_is_lifted() -> None:
    held = {name for name, motion in motions().items() if motion.lifts is None}
    assert held == {"plank", "russian_twist"}
    assert motions()["bench_press"].lifts == "back"
    with pytest.raises(ValueError, match="no such way"):
        parse_motion("barbell_biceps_curl", {**CURL, "lifts": "up"})


def test_another_way_takes_the_place_of_whole_tables_and_leaves_the_rest() -> None:
    table = copy.deepcopy(CURL)
    table["variants"] = [{"arms": {"upper": 10, "bend": [170, 40], "spread": 20}}]
    motion = parse_motion("barbell_biceps_curl", table)
    [variant] = motion.variants
    assert (motion.grip, variant.grip) == ("under", "neutral")
    assert variant.has("arms", "spread")
    assert not variant.has("arms", "width")
    assert {k: v for k, v in variant.tracks.items() if k[0] != "arms"} == {
        k: v for k, v in motion.tracks.items() if k[0] != "arms"
    }
    assert variant.exercise == motion.exercise
    assert variant.variants == ()


def test_what_is_said_of_one_arm_is_added_on_that_side() -> None:
    motion = parse_motion("barbell_biceps_curl", {**CURL, "right_arm": {"bend": [0, 100]}})
    body = random_body(np.random.default_rng(0))
    start, turn = (
        {name: float(angle[at]) for name, angle in joint_angles(joints).items()}
        for joints in [body.keypoints(pose_motion(body, motion, [0.0, 1.0]))]
        for at in (0, 1)
    )
    assert start["right_elbow"] == pytest.approx(start["left_elbow"], abs=1)
    assert turn["right_elbow"] == pytest.approx(turn["left_elbow"] + 100, abs=2)


def test_sides_come_in_the_same_order_in_every_process() -> None:
    # Chance habits are drawn in the order of the tracks.
    sides = {"right_leg": {"bend": 1}, "left_arm": {"bend": 1}, "right_arm": {"bend": 1}}
    motion = parse_motion("barbell_biceps_curl", {**CURL, **sides})
    own = [part for part, _ in motion.tracks if part in sides]
    assert own == ["left_arm", "right_arm", "right_leg"]


def test_another_lifter_still_curls_with_one_arm() -> None:
    motion = parse_motion("barbell_biceps_curl", {**CURL, "right_arm": {"bend": [0, 100]}})
    own = random_motion(motion, np.random.default_rng(1))
    start, turn = own.tracks["right_arm", "bend"].values
    assert turn - start == pytest.approx(100, abs=15)


@pytest.mark.parametrize("name", motions())
def test_every_way_moves_unless_the_exercise_is_held(name: str) -> None:
    body = random_body(np.random.default_rng(0))
    for way in (motions()[name], *motions()[name].variants):
        joints = body.keypoints(pose_motion(body, way, np.linspace(0, 1, 5)))
        assert np.isfinite(joints).all()
        moved = np.linalg.norm(joints - joints[0], axis=2).max()
        assert (moved < 0.02) if motions()[name].is_held() else (moved > 0.15)


def test_what_looks_like_a_commoner_exercise_says_how_much_commoner_that_is() -> None:
    told = {name: m.commoner > 1 for name, m in motions().items()}
    assert told == {name: bool(m.looks_like) for name, m in motions().items()}


def test_only_the_plank_is_held_and_its_expert_keeps_still() -> None:
    held = {name for name in motions() if is_held(name)}
    assert held == {"plank"}
    assert not is_held(None)
    for name in motions():
        moved = [np.ptp(view.salient(), axis=0).max() for view in expert_views(name)]
        assert (max(moved) < 0.05) == (name in held), name
