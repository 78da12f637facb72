import numpy as np
import pytest

from pipeline.classify.working_set import working_set
from tests.tracks import curl_track


def test_set_up_and_walk_away_are_cut_off() -> None:
    lifted = working_set(curl_track(8, rest_s=4.0))
    assert lifted.t[0] == pytest.approx(4 - 1.5, abs=0.6)
    assert lifted.t[-1] == pytest.approx(20 + 1.5, abs=0.6)


@pytest.mark.parametrize("turns", [0, 1])
def test_without_repetitions_the_whole_clip_is_the_set(turns: int) -> None:
    track = curl_track(turns, rest_s=3.0)
    assert working_set(track) is track


def test_nobody_has_no_set() -> None:
    track = curl_track(10)
    track.xy[:] = np.nan
    assert working_set(track) is track
