import numpy as np
import pytest

from references.exercises import PHASES, Phase, exercises
from references.experts import expert_picture
from references.experts.pictures import AZIMUTHS, SIZE
from references.skeleton import KEYPOINT_INDEX


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("exercise", exercises())
def test_the_keypoints_lie_on_the_expert(exercise: str, phase: Phase) -> None:
    for azimuth in AZIMUTHS:
        picture = expert_picture(exercise, phase, azimuth)
        assert picture is not None
        assert picture.image.shape == (SIZE[1], SIZE[0], 3)
        column, row = picture.xy.round().astype(int).T
        assert column.min() >= 0
        assert row.min() >= 0
        # Paper and shadows are bluer than skin and clothes; eyes, steel and socks are pale too.
        blue = picture.image[row, column, 0]
        assert (blue[KEYPOINT_INDEX["left_shoulder"] :][:-2] < 175).mean() > 0.75


def test_the_nearest_side_is_shown() -> None:
    asked = expert_picture("barbell_biceps_curl", "start", -20)
    there = expert_picture("barbell_biceps_curl", "start", 330)
    assert asked is not None
    assert there is not None
    assert np.array_equal(asked.image, there.image)


def test_the_curl_raises_the_wrist_in_the_picture() -> None:
    heights = {}
    for phase in PHASES:
        picture = expert_picture("barbell_biceps_curl", phase, 90)
        assert picture is not None
        heights[phase] = picture.xy[KEYPOINT_INDEX["left_wrist"], 1]
    assert heights["turn"] < heights["start"] - 100


def test_an_exercise_without_an_expert_has_no_picture() -> None:
    assert expert_picture("underwater_hockey", "start", 0) is None
