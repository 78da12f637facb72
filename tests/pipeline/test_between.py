"""The frames between three looks that are told without looking."""

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.pose.between import Course
from tests.pipeline.test_attend import sightings
from tests.tracks import curl_pose

LEFT_WRIST = 9


def course(*elbows_deg: float) -> Course:
    """Return five frames of which the first, middle and last are known."""
    known = sightings(*elbows_deg, every_s=0.2)
    return Course.beginning(np.linspace(0.0, 0.4, 5), known)


def test_what_was_sighted_is_known_and_nothing_else() -> None:
    begun = course(170, 150, 130)
    assert np.isfinite(begun.xy[:, 0, 0]).tolist() == [True, False, True, False, True]
    assert begun.tall == pytest.approx(np.ptp(curl_pose(170)[:, 1]), rel=0.2)


@pytest.mark.parametrize(
    ("elbows_deg", "even"),
    [
        ((170, 170, 170), True),
        ((170, 165, 160), True),
        ((170, 140, 170), False),  # there and back
        ((170, 170, 130), False),  # begins to move
    ],
)
def test_evenness(elbows_deg: tuple[float, ...], even: bool) -> None:
    assert course(*elbows_deg).is_even(0, 2, 4) is even


@pytest.mark.parametrize("unsure", [0, 2, 4])
def test_who_was_not_seen_in_a_frame_does_not_move_evenly(unsure: int) -> None:
    unknown = course(170, 170, 170)
    unknown.xy[unsure], unknown.conf[unsure] = np.nan, 0.0
    assert not unknown.is_even(0, 2, 4)


def test_a_keypoint_nobody_sees_does_not_count_and_stays_unsure() -> None:
    hidden = course(170, 170, 170)
    hidden.xy[2, LEFT_WRIST] += 500
    hidden.conf[2, LEFT_WRIST] = 0.2
    assert hidden.is_even(0, 2, 4)
    hidden.fill(0, 2, 4)
    assert hidden.conf[1, LEFT_WRIST] == pytest.approx(0.2)


def test_frames_between_lie_on_the_quadratic_through_the_three() -> None:
    def thrown(t: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return 40 + 300 * t - 490 * t**2

    begun = course(170, 170, 170)
    begun.xy[[0, 2, 4], :, 1] = thrown(begun.t[[0, 2, 4]])[:, None]
    begun.fill(0, 2, 4)
    assert np.allclose(begun.xy[..., 1], thrown(begun.t)[:, None], atol=0.01)
