import numpy as np
import numpy.typing as npt

from pipeline.pose.follow import follow
from pipeline.pose.people import People
from tests.tracks import curl_pose, curl_track

FPS = 15.0

Floats = npt.NDArray[np.float64]
Person = tuple[Floats, Floats, Floats]
"""Box (4,), keypoints (17, 2), confidences (17,)."""


def person(pose: Floats, conf: float = 0.9) -> Person:
    box = np.concatenate([pose.min(axis=0), pose.max(axis=0)])
    return box, pose, np.full(17, conf)


def people(*persons: Person) -> People:
    if not persons:
        return People(*(np.zeros(s, np.float32) for s in ((0, 4), 0, (0, 17, 2), (0, 17))))
    boxes, poses, confs = (np.stack(x).astype(np.float32) for x in zip(*persons, strict=True))
    return People(boxes, np.full(len(boxes), 0.9, np.float32), poses, confs)


def lifting(turns: int = 3) -> tuple[Floats, list[Floats]]:
    track = curl_track(turns, fps=FPS)
    return track.t, [pose.astype(float) for pose in track.xy]


def test_one_person_is_followed_throughout() -> None:
    t, poses = lifting()
    [follower] = follow([people(person(p)) for p in poses], t)
    assert follower.frames == list(range(len(poses)))


def test_people_who_cross_are_not_mixed_up() -> None:
    t, poses = lifting()
    frames = []
    for i, pose in enumerate(poses):
        here = [person(pose)]
        if 10 <= i < 25:
            here.append(person(curl_pose(170, origin=(60 + 60 * (i - 10), 300))))
        # The network sorts by how sure it is, which changes from frame to frame.
        frames.append(people(*(here if i % 2 else here[::-1])))
    first = follow(frames, t)[0]
    seen = np.stack([frames[f].xy[r] for f, r in zip(first.frames, first.rows, strict=True)])
    assert len(seen) == len(poses)
    assert np.allclose(seen, np.stack(poses), atol=0.01)


def test_somebody_walking_is_expected_further_on() -> None:
    t = np.arange(9) / 3
    there, back = (curl_pose(170, origin=(x, 300)) for x in (0, 640))
    frames = [people(person(there + (80 * i, 0)), person(back - (80 * i, 0))) for i in range(9)]
    followers = follow(frames, t)
    assert [f.rows for f in followers] == [[0] * 9, [1] * 9]


def test_raised_arms_change_the_box_and_not_who_it_is() -> None:
    down = curl_pose(170)
    up = down.copy()
    up[[7, 8], 1] -= 120
    up[[9, 10], 1] -= 330
    up[[9, 10], 0] += (-250, 250)
    frames = [people(person(up if i % 2 else down)) for i in range(6)]
    assert len(follow(frames, np.arange(6) / 3)) == 1


def test_a_short_absence_is_bridged_and_a_long_one_is_not() -> None:
    t, poses = lifting(8)
    for gap, followers in ((10, 1), (60, 1), (90, 2)):
        frames = [
            people() if 20 <= i < 20 + gap else people(person(p)) for i, p in enumerate(poses)
        ]
        assert len(follow(frames, t)) == followers


def test_who_passes_before_the_lifter_and_hides_them_is_somebody_else() -> None:
    t = np.arange(12) / 3
    lifter = curl_pose(170)
    frames = []
    for i in range(12):
        # Twice as near to the phone, and right before the lifter for two looks.
        passer = 3 * curl_pose(170, origin=(90 + 50 * (i - 5), -100))
        frames.append(
            people(person(passer)) if i in (5, 6) else people(person(lifter), person(passer))
        )
    first = follow(frames, t)[0]
    assert first.frames == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    assert set(first.rows) == {0}
