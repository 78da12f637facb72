import numpy as np
import pytest

from benchmarks.expert_photos import LABELS, elbow_of, measure, read_labels
from references.experts import expert_motions
from references.skeleton import KEYPOINT_INDEX
from references.viewpoint import Viewpoint


@pytest.mark.parametrize(
    ("photo", "azimuth", "elevation"),
    [
        ("barbell_biceps_curl/Barbell_Curl_1.jpg", 8, 6),
        ("bench_press/Barbell_Bench_Press_-_Medium_Grip_1.jpg", 40, 16),
        ("tricep_pushdown/Triceps_Pushdown_0.jpg", 310, 6),
    ],
)
def test_the_fit_finds_the_angle_in_a_picture_of_the_expert(
    photo: str, azimuth: float, elevation: float
) -> None:
    phases = dict(read_labels(LABELS))
    ((phase, marked),) = ((p, marks) for (name, p), marks in phases.items() if name == photo)
    (expert,) = expert_motions(photo.partition("/")[0])
    joints = expert.joints[0 if phase == "start" else -1].astype(np.float64)
    x, y, z = joints.mean(axis=0)
    seen = 600 * Viewpoint(azimuth, elevation, 4.0, (x, y, z)).project(joints)
    marks = {
        name: (seen[KEYPOINT_INDEX[name], 0], seen[KEYPOINT_INDEX[name], 1]) for name in marked
    }
    measured = measure(expert, phase, marks)
    assert measured.elbow_deg == pytest.approx(elbow_of(expert, phase), abs=4)
    assert measured.error < 0.01


def test_every_mark_is_a_keypoint_inside_its_photo() -> None:
    for marks in read_labels(LABELS).values():
        for name, (x, y) in marks.items():
            assert name in KEYPOINT_INDEX
            assert 0 <= x < 850
            assert 0 <= y < 567
