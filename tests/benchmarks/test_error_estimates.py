"""Error estimates against labels."""

import numpy as np
import pytest

from benchmarks.error_estimates import Estimates
from pipeline.pose.reliability import SHARE_WITHIN, Reliability
from references.skeleton import KEYPOINT_INDEX, KEYPOINT_KINDS

HIP = KEYPOINT_INDEX["left_hip"]


def estimates(hips_off: float) -> Estimates:
    """Return those of 60 upright frames of six people: an error of 1, hips off by up to some."""
    rng = np.random.default_rng(0)
    all_of_them = Estimates()
    for frame in range(60):
        off = rng.uniform(0, 1 / SHARE_WITHIN, 17)
        off[[HIP, HIP + 1]] *= hips_off
        all_of_them.add(off, np.ones(17), np.ones(17, np.bool_), lying=False, group=str(frame % 6))
    return all_of_them


def test_keypoints_without_error_or_label_do_not_count() -> None:
    seen = Estimates()
    off = np.array([0.5, np.nan, 2.0, 0.1] + [0.0] * 13)
    error = np.array([1.0, 1.0, 1.0, np.nan] + [1.0] * 13)
    seen.add(off, error, np.arange(17) < 4, lying=True, group="a")
    assert seen.ratio == [0.5, 2.0]
    assert seen.within() == 0.5


def test_fitted_estimates_hold_what_they_promise() -> None:
    seen = estimates(2.0)
    before = Reliability(np.ones((len(KEYPOINT_KINDS), 2, 7)), np.ones((len(KEYPOINT_KINDS), 2)))
    real = seen.fitted(before).real
    assert real[KEYPOINT_KINDS.index("hip"), 0] == pytest.approx(2.0, rel=0.15)
    assert real[KEYPOINT_KINDS.index("knee"), 0] == pytest.approx(1.0, rel=0.15)
    assert seen.within_held_out() == pytest.approx(SHARE_WITHIN, abs=0.03)
    assert seen.within() < SHARE_WITHIN


def test_what_was_fitted_before_counts() -> None:
    twice = Reliability(np.ones((len(KEYPOINT_KINDS), 2, 7)), 2 * np.ones((len(KEYPOINT_KINDS), 2)))
    real = estimates(2.0).fitted(twice).real
    assert real[KEYPOINT_KINDS.index("hip"), 0] == pytest.approx(4.0, rel=0.15)
