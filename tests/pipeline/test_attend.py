"""Where the lifter is looked for between two looks at whole frames."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.pose.attend import Sightings, is_cut_off
from pipeline.pose.people import Region
from references.skeleton import KEYPOINT_INDEX, SIDES
from tests.pipeline.test_follow import people, person
from tests.tracks import curl_pose

SIZE = (1000, 1300)
BOX = np.array([300, 200, 500, 900], np.float32)


def sightings(*elbows_deg: float, every_s: float = 0.3) -> Sightings:
    poses = np.stack([curl_pose(elbow) for elbow in elbows_deg]).astype(np.float32)
    boxes = np.concatenate([poses.min(axis=1), poses.max(axis=1)], axis=1)
    times = np.arange(len(poses), dtype=np.float64) * every_s
    return Sightings(times, boxes, poses, np.full(poses.shape[:2], 0.9, np.float32))


@pytest.mark.parametrize("t", [-0.2, 0.0, 0.1, 0.3, 0.45, 0.6, 1.0])
def test_a_region_holds_the_body_with_room_inside_the_frame(t: float) -> None:
    lifter = sightings(170, 60, 170)
    region = lifter.region(t, SIZE)
    assert region is not None
    pose, _ = lifter.pose(t)
    assert (pose > region[:2]).all()
    assert (pose < region[2:]).all()
    assert 0 <= region.left < region.right <= SIZE[0]
    assert 0 <= region.top < region.bottom <= SIZE[1]


@pytest.mark.parametrize("t", [-0.6, 1.2])
def test_nobody_is_looked_for_long_before_or_after_they_were_seen(t: float) -> None:
    assert sightings(170, 60, 170).region(t, SIZE) is None


def test_whoever_is_where_the_lifter_was_is_the_lifter_for_as_long_as_they_are_there() -> None:
    lifter = sightings(170, 60)
    beside = person(curl_pose(170, origin=(700, 300)))
    here = person(curl_pose(100))
    times = np.array([-0.8, -0.4, 0.0, 0.15, 0.3, 0.7, 1.1, 1.5, 1.8])
    nobody = people()
    seen = [nobody, people(here), *[nobody] * 3, people(beside, here), people(here), nobody]
    found = lifter.found_again([*seen, people(here)], times)
    assert found.t.tolist() == [-0.4, 0.0, 0.3, 0.7, 1.1]
    assert found.xy[3] == pytest.approx(curl_pose(100), abs=1e-3)
    assert np.array_equal(found.xy[1:3], lifter.xy)
    assert found.boxes.shape == (5, 4)


def test_a_lifter_who_goes_on_is_not_taken_for_who_stands_where_they_were() -> None:
    step = np.float32(60)
    lifter = sightings(170, 170)
    moving = lifter.xy + np.array([0, step], np.float32)[:, None, None] * [0, -1]
    lifter = replace(lifter, xy=moving.astype(np.float32))
    assert lifter.going_on(0.15) == pytest.approx(lifter.pose(0.15)[0])
    assert lifter.going_on(0.6) == pytest.approx(lifter.xy[1] - (0, step), abs=1e-3)
    assert lifter.going_on(-0.3) == pytest.approx(lifter.xy[0] + (0, step), abs=1e-3)
    passing = person(lifter.xy[1].astype(float) + (25, 0))
    higher = person(lifter.xy[1].astype(float) - (0, step + 5))
    found = lifter.found_again([people(passing, higher)], np.array([0.6]))
    assert found.xy[2] == pytest.approx(lifter.xy[1] - (0, step + 5), abs=1e-3)
    assert np.array_equal(sightings(170).going_on(1.0), sightings(170).xy[0])


def test_half_a_body_is_made_whole_by_what_was_seen_before_and_after() -> None:
    lifter = sightings(170, 170, 170)
    legs = [KEYPOINT_INDEX[f"{side}_{name}"] for side in SIDES for name in ("knee", "ankle")]
    hip_y = lifter.xy[1, KEYPOINT_INDEX["left_hip"], 1]
    xy, boxes, conf = lifter.xy.copy(), lifter.boxes.copy(), lifter.conf.copy()
    xy[1, legs, 1], boxes[1, 3], conf[1, legs] = hip_y, hip_y, 0.1
    halved = replace(lifter, xy=xy, boxes=boxes, conf=conf)
    assert halved.made_whole().xy == pytest.approx(lifter.xy, abs=1e-3)
    # A body of its usual size is left as it is, and so is what was seen too long ago.
    whole = replace(halved, boxes=lifter.boxes)
    assert np.array_equal(whole.made_whole().xy, xy)
    long_ago = replace(halved, t=20 * lifter.t)
    assert np.array_equal(long_ago.made_whole().xy, xy)


def test_half_a_body_may_be_found_whole_again() -> None:
    lifter = sightings(170, 170, 170)
    halved = lifter.boxes.copy()
    halved[2, 3] = lifter.xy[2, KEYPOINT_INDEX["left_hip"], 1]
    height = np.ptp(lifter.xy[2, :, 1])
    for share, own in ((0.2, True), (0.3, False)):
        lower = lifter.xy[2].astype(float) + (0, share * height)
        assert (replace(lifter, boxes=halved).row(people(person(lower)), 0.7) == 0) is own


def test_a_pose_between_two_sightings_lies_between_them() -> None:
    lifter = sightings(170, 60)
    xy, conf = lifter.pose(0.1)
    assert np.allclose(xy, (2 * lifter.xy[0] + lifter.xy[1]) / 3, atol=0.01)
    assert np.allclose(conf, 0.9)


@pytest.mark.parametrize(
    ("elbows_deg", "still"),
    [
        ((170, 170, 170, 170), True),
        ((170, 171, 170, 171), True),
        ((170, 60, 170, 60), False),
        ((60, 170, 170, 170), False),  # moved until a moment ago
        ((170, 170, 170, 60), False),  # about to move
    ],
)
def test_stillness(elbows_deg: tuple[float, ...], still: bool) -> None:
    assert sightings(*elbows_deg).is_still(0.45) is still


def test_a_lifter_seen_once_is_not_known_to_be_still() -> None:
    assert not sightings(170).is_still(0.0)


def test_the_lifter_is_the_one_where_the_lifter_is_expected() -> None:
    lifter = sightings(170, 60)
    expected, _ = lifter.pose(0.15)
    beside = curl_pose(170, origin=(700, 300))
    assert lifter.row(people(person(beside), person(expected.astype(float) + 10)), 0.15) == 1
    assert lifter.row(people(person(beside)), 0.15) is None
    assert lifter.row(people(), 0.15) is None


@pytest.mark.parametrize(
    ("region", "cut_off"),
    [
        (Region(200, 100, 600, 1000), False),
        (Region(200, 100, 505, 1000), True),
        (Region(200, 199, 600, 1000), True),
    ],
)
def test_a_body_at_the_edge_of_its_region_is_cut_off(region: Region, cut_off: bool) -> None:
    assert is_cut_off(BOX, region, SIZE) is cut_off


def test_a_body_at_the_edge_of_the_frame_is_not() -> None:
    assert not is_cut_off(BOX, Region(200, 100, 500, 900), (500, 900))


@pytest.mark.parametrize(("t", "near"), [(0.3, True), (0.6, False), (1.0, False), (2.5, True)])
def test_a_sighting_is_near_for_a_third_of_a_second(t: float, near: bool) -> None:
    lifter = sightings(170, 60, every_s=2.4)
    assert lifter.is_near(t) is near
