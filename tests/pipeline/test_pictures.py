"""What is drawn into the lifter's picture."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.clip import Frame, Stills
from pipeline.judge import judge
from pipeline.pictures import draw_pictures
from pipeline.pose.smooth import smooth
from pipeline.pose.track import PoseTrack
from references.skeleton import KEYPOINT_INDEX
from tests.tracks import expert_track

CURL = "barbell_biceps_curl"
TRACK = smooth(expert_track(CURL, 80.0))


def drawn(track: PoseTrack, out: Path) -> npt.NDArray[np.uint8]:
    """Return the picture of the start, drawn onto grey frames."""
    draw_pictures(track, judge(track, exercise=CURL), object.__new__(Stills), out)
    with Image.open(out / "start.png") as picture:
        return np.asarray(picture, np.uint8)


@pytest.mark.parametrize(("name", "measured"), [("left_ankle", False), ("left_wrist", True)])
def test_hidden_limbs_are_drawn_only_where_they_were_measured(
    name: str, measured: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey = Frame(0.0, np.full((TRACK.height, TRACK.width, 3), 90, np.uint8), 1.0)
    monkeypatch.setattr(Stills, "at", lambda _self, _t, _long_side: grey)
    keypoint = KEYPOINT_INDEX[name]
    # Hidden where the set is shown, and seen in the other repetitions.
    swings = judge(TRACK, exercise=CURL).swings
    shown = slice(swings[1].start - 2, swings[1].start + 3)
    conf, elsewhere, nowhere = TRACK.conf.copy(), TRACK.xy.copy(), TRACK.xy.copy()
    conf[shown, keypoint] = 0.02
    elsewhere[shown, keypoint] += np.float32(30)
    nowhere[shown, keypoint] = np.nan
    there, none = (drawn(replace(TRACK, xy=xy, conf=conf), tmp_path) for xy in (elsewhere, nowhere))
    assert np.array_equal(there, none) is not measured
