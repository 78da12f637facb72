import numpy as np
import pytest

from pipeline.pose.follow import Follower, follow
from pipeline.pose.lifting import choose_lifter, walks_about
from pipeline.pose.people import People
from references.skeleton import MIRROR
from tests.pipeline.test_follow import Floats, people, person
from tests.tracks import curl_pose, curl_track

WIDTH = 720.0
TRACK = curl_track(3, fps=3.0)
LIFTER = TRACK.xy.astype(float)
MIDDLE = LIFTER.mean(axis=(0, 1))
NOISE = np.random.default_rng(0).normal(0, 3, (len(LIFTER), 17, 2))
SWINGING = np.sin(2 * np.pi * 0.7 * TRACK.t)[:, None] * 60.0


def scaled(poses: Floats, size: float | tuple[float, float], shift: float) -> Floats:
    return np.asarray((poses - MIDDLE) * size + MIDDLE + (shift, 0))


def walker(size: float) -> Floats:
    """Return somebody who walks through the picture, arms and legs swinging."""
    poses = np.repeat(scaled(LIFTER[:1], size, 0.0), len(LIFTER), axis=0)
    poses[:, [9, 16], 0] += SWINGING
    poses[:, [10, 15], 0] -= SWINGING
    poses[..., 0] += np.linspace(-500, 500, len(LIFTER))[:, None]
    return poses


COMPANY = {
    "somebody larger who stands": scaled(np.repeat(LIFTER[:1], len(LIFTER), 0), 1.4, 300) + NOISE,
    "somebody who passes by in front": walker(1.3),
    "a reflection": scaled(LIFTER, 0.8, 250)[:, list(MIRROR)],
    "a reflection in a mirror beside, as large": scaled(LIFTER, 1.05, 300)[:, list(MIRROR)],
    "somebody at the back who does the same at another time": scaled(
        np.roll(LIFTER, 4, axis=0), 0.5, 250
    ),
    "a neighbour who does the same at another time": scaled(np.roll(LIFTER, 4, axis=0), 1.0, 330),
}


def chosen(frames: list[People], t: Floats) -> Floats | None:
    lifter = choose_lifter(follow(frames, t), frames, WIDTH)
    if lifter is None:
        return None
    return np.stack([frames[f].xy[r] for f, r in zip(lifter.frames, lifter.rows, strict=True)])


@pytest.mark.parametrize("company", COMPANY)
def test_the_lifter_is_chosen_among_others(company: str) -> None:
    other = COMPANY[company]
    # The network sorts by how sure it is, which changes from frame to frame.
    frames = [
        people(*(person(pose) for pose in (both if i % 2 else both[::-1])))
        for i, both in enumerate(zip(LIFTER, other, strict=True))
    ]
    poses = chosen(frames, TRACK.t)
    assert poses is not None
    assert len(poses) == len(LIFTER)
    assert np.allclose(poses, LIFTER, atol=0.01)


def test_whom_the_phone_is_aimed_at_lifts_though_a_neighbour_moves_further() -> None:
    lifter = LIFTER[:1] + 0.12 * (LIFTER - LIFTER[:1])
    neighbour = scaled(np.roll(LIFTER, 4, axis=0), 1.0, 330)
    frames = [
        people(person(mine), person(theirs)) for mine, theirs in zip(lifter, neighbour, strict=True)
    ]
    poses = chosen(frames, TRACK.t)
    assert poses is not None
    assert np.allclose(poses, lifter, atol=0.01)


def test_furniture_that_is_taken_for_somebody_is_not_chosen() -> None:
    small = (LIFTER - LIFTER[:1]) * 0.6 + LIFTER[:1]
    furniture = scaled(np.roll(LIFTER, 4, axis=0), 1.3, 0.0)
    frames = []
    for lifting, other in zip(small, furniture, strict=True):
        both = people(person(lifting), person(other))
        both.conf[1] = np.where(np.isin(np.arange(17), [9, 10]), 0.9, 0.1)
        frames.append(both)
    poses = chosen(frames, TRACK.t)
    assert poses is not None
    assert np.allclose(poses, small, atol=0.01)


def test_a_lifter_in_the_mirror_is_chosen_where_nobody_is_before_it() -> None:
    reflection = COMPANY["a reflection"]
    poses = chosen([people(person(pose)) for pose in reflection], TRACK.t)
    assert poses is not None
    assert np.allclose(poses, reflection, atol=0.01)


@pytest.mark.parametrize(
    "frames",
    [[people(), people()], [people(person(curl_pose(90), conf=0.1))] * 9],
    ids=["nobody", "nobody sure"],
)
def test_nobody_lifts_where_nobody_is_seen(frames: list[People]) -> None:
    assert chosen(frames, np.arange(len(frames)) / 3) is None


def lain_down(poses: Floats) -> Floats:
    """Return the poses turned by a right angle, the head to the right."""
    turned = (poses - MIDDLE)[..., ::-1] * (-1, 1)
    return np.asarray(turned + MIDDLE)


@pytest.mark.parametrize(("shift", "spotted"), [(30.0, True), (300.0, False)])
def test_who_lies_under_somebody_else_lifts(shift: float, spotted: bool) -> None:
    # From the feet a lying body is short, and from there or the head a spotter is wide.
    bench = scaled(lain_down((LIFTER - LIFTER[:1]) * 0.6 + LIFTER[:1]), (0.5, 2.0), 0.0)
    other = scaled(np.roll(LIFTER, 4, axis=0), (1.6, 0.5), shift)
    frames = [people(person(a), person(b)) for a, b in zip(bench, other, strict=True)]
    lifter = choose_lifter(follow(frames, TRACK.t), frames, 2 * (MIDDLE[0] + shift))
    assert lifter is not None
    xy = np.stack([frames[f].xy[r] for f, r in zip(lifter.frames, lifter.rows, strict=True)])
    assert np.allclose(xy, bench if spotted else other, atol=0.01)


def test_who_trains_on_the_floor_behind_the_lifter_is_not_spotted_by_them() -> None:
    behind = scaled(lain_down(np.roll(LIFTER, 4, axis=0)), 0.4, 0.0)
    frames = [people(person(a), person(b)) for a, b in zip(LIFTER, behind, strict=True)]
    poses = chosen(frames, TRACK.t)
    assert poses is not None
    assert np.allclose(poses, LIFTER, atol=0.01)


def test_who_holds_a_plank_lifts_while_others_stand_and_talk() -> None:
    plank = np.repeat(lain_down(LIFTER[:1]), len(LIFTER), axis=0) + 0.3 * NOISE
    talking = scaled((LIFTER - LIFTER[:1]) * 0.25 + LIFTER[:1], 1.1, 300.0)
    frames = [people(person(a), person(b)) for a, b in zip(plank, talking, strict=True)]
    poses = chosen(frames, TRACK.t)
    assert poses is not None
    assert np.allclose(poses, plank, atol=0.01)


def test_a_glimpse_says_nothing() -> None:
    frames = [people(person(curl_pose(90)))] * 2
    assert choose_lifter([Follower([0, 1], [0, 0])], frames, WIDTH) is None


def walk_alone(poses: Floats, t: Floats) -> bool:
    frames = [people(person(pose)) for pose in poses]
    [follower] = follow(frames, t)
    return walks_about(follower, frames, t)


def test_who_crosses_the_picture_walks_about_and_who_lifts_does_not() -> None:
    assert walk_alone(walker(0.5), TRACK.t)
    assert not walk_alone(LIFTER, TRACK.t)


def test_who_walks_to_the_bar_and_lifts_does_not_walk_about() -> None:
    arrival = walker(0.5)[: len(LIFTER) // 2]
    there = scaled(LIFTER, 0.5, 0.0) - scaled(LIFTER, 0.5, 0.0)[0] + arrival[-1]
    poses = np.concatenate([arrival, there])
    assert not walk_alone(poses, np.arange(len(poses)) / 3)
