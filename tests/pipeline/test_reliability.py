"""What a confidence is worth."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.pose.reliability import (
    CONFIDENCES,
    Reliability,
    confidence_bin,
    load_reliability,
)
from pipeline.pose.track import PoseTrack
from references.geometry import lies
from references.skeleton import KEYPOINT_INDEX, KEYPOINT_KINDS

UPRIGHT = np.zeros((17, 2), np.float32)
UPRIGHT[:, 1] = np.linspace(0, 160, 17)
UPRIGHT[[5, 6], 1] = 50
UPRIGHT[[11, 12], 1] = 100


NO_MORE = np.ones((len(KEYPOINT_KINDS), 2))


def track(xy: np.ndarray, conf: float = 0.95) -> PoseTrack:
    frames = np.stack([xy, xy]).astype(np.float32)
    confidence = np.full((2, 17), conf, np.float32)
    return PoseTrack(np.array([0.0, 0.1]), frames, confidence, 200, 200)


@pytest.mark.parametrize(
    ("confidence", "which"),
    [(0.0, 0), (0.05, 0), (0.1, 1), (0.5, 3), (0.96, 5), (1.0, len(CONFIDENCES) - 2)],
)
def test_a_confidence_falls_into_its_range(confidence: float, which: int) -> None:
    assert confidence_bin(np.array([confidence])) == [which]


def test_a_torso_flat_in_the_picture_lies() -> None:
    assert lies(np.stack([UPRIGHT, UPRIGHT[:, ::-1]])).tolist() == [False, True]


def test_an_error_grows_with_the_torso_and_shrinks_with_confidence() -> None:
    off = np.linspace(0.7, 0.1, 7) * np.ones((len(KEYPOINT_KINDS), 2, 1))
    reliability = Reliability(off, NO_MORE)
    assert reliability.error_px(track(UPRIGHT, 1.0)) == pytest.approx(0.1 * 50)
    assert reliability.error_px(track(2 * UPRIGHT, 1.0)) == pytest.approx(0.1 * 100)
    assert reliability.error_px(track(UPRIGHT, 0.0)) == pytest.approx(0.7 * 50)


def test_lying_keypoints_have_errors_of_their_own() -> None:
    off = np.stack([np.full((9, 7), 0.1), np.full((9, 7), 0.3)], axis=1)
    assert Reliability(off, NO_MORE).error_px(track(UPRIGHT[:, ::-1])) == pytest.approx(0.3 * 50)


def test_keypoints_of_real_frames_are_further_off(tmp_path: Path) -> None:
    real = NO_MORE.copy()
    real[KEYPOINT_KINDS.index("hip"), 0] = 1.5
    file = tmp_path / "reliability.npz"
    Reliability(np.full((len(KEYPOINT_KINDS), 2, 7), 0.1), real).save(file)
    with np.load(file) as arrays:
        reliability = Reliability(arrays["off"], arrays["real"])
    error = reliability.error_px(track(UPRIGHT))
    assert error[:, KEYPOINT_INDEX["left_hip"]] == pytest.approx(7.5)
    assert error[:, KEYPOINT_INDEX["left_knee"]] == pytest.approx(5.0)


def test_a_keypoint_that_is_not_known_has_no_error() -> None:
    unknown = UPRIGHT.copy()
    unknown[KEYPOINT_INDEX["nose"]] = np.nan
    error = load_reliability().error_px(track(unknown))
    assert np.isnan(error[:, 0]).all()
    assert np.isfinite(error[:, 1:]).all()


def test_measured_errors_are_small_and_fall_with_confidence() -> None:
    off = load_reliability().off
    assert (np.diff(off, axis=2) <= 0).all()
    assert 0.005 < np.median(off[..., -1]) < 0.2
