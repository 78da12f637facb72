from collections.abc import Iterator

import numpy as np
import pytest

from pipeline.analysis import Settings, load_network
from pipeline.space import filmed
from pipeline.space.filmed import filmed_clips
from pipeline.space.lessons import WatchedClip, make_lessons
from tests.references.synthetic.drawing import renderer_or_skip

NAMES = ("barbell_biceps_curl",)


@pytest.fixture(scope="module")
def watched() -> Iterator[WatchedClip]:
    with renderer_or_skip(32, 32), pytest.MonkeyPatch.context() as patch:
        patch.setattr(filmed, "_FPS", 6.0)
        patch.setattr(filmed, "_REPETITIONS", 1)
        patch.setattr(filmed, "_LONG_SIDE_PX", 320)
        [one] = filmed_clips(NAMES, 1, 3, load_network(Settings()))
        yield one


def test_the_pose_step_watches_a_set_and_its_truth_is_kept(watched: WatchedClip) -> None:
    clip, track, swings = watched
    assert len(track) == len(clip.joints) == len(clip.true_xy)
    assert len(swings) == 1
    off = np.linalg.norm(track.xy - clip.true_xy, axis=-1)
    # It is the network's own keypoints that were kept: near the truth, and not on it.
    assert 0.2 < np.nanmedian(off) < 20


def test_its_lessons_are_marked_as_filmed(watched: WatchedClip) -> None:
    lessons = make_lessons(NAMES, [watched], filmed=True)
    assert lessons.filmed.tolist() == [True]
    assert 0 < np.nanmedian(np.abs(lessons.error[0, :1].astype(np.float32))) < 0.1
