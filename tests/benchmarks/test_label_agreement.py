"""Two labellings of the same frames are compared joint by joint, in torso lengths."""

import numpy as np

from benchmarks.label_agreement import AGAIN, apart, summary
from benchmarks.real_frames import frame_labels
from references.skeleton import KEYPOINT_INDEX


def test_every_second_label_is_of_another_clip_and_near_the_first() -> None:
    again = frame_labels(AGAIN)
    distances = apart()

    assert len({label.file for label in again}) == len(again) == len(distances)
    assert np.nanmax(distances) < 0.5


def test_joints_that_only_one_labelling_has_do_not_count() -> None:
    again = frame_labels(AGAIN)
    distances = apart()

    placed = np.stack([label.visible for label in again])
    assert np.isnan(distances[~placed]).all()
    assert np.isnan(distances[:, KEYPOINT_INDEX["nose"]]).all()


def test_shares_within_a_tenth_and_a_fifth() -> None:
    told = summary(np.array([0.05, 0.1, 0.15, 0.3]))

    assert told == {"joints": 4, "median": 0.125, "within_0.1": 0.5, "within_0.2": 0.75}
