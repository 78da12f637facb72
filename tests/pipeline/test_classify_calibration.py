import numpy as np
import pytest

from pipeline.classify.calibration import (
    calibration_error,
    fit_temperature,
    separation,
    wilson,
)
from pipeline.classify.recognise import tempered


def answers(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Return honest probabilities (N, 3) and classes (N,) drawn from them."""
    rng = np.random.default_rng(0)
    shares = rng.dirichlet((0.5, 0.5, 0.5), count)
    truth = (rng.random(count)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    return shares, np.minimum(truth, 2)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_that_was_applied_is_found(temperature: float) -> None:
    shares, truth = answers()
    distorted = tempered(shares, 1 / temperature)
    assert fit_temperature(distorted, truth) == pytest.approx(temperature, rel=0.1)


def test_honest_answers_have_no_calibration_error_and_sure_ones_have() -> None:
    shares, truth = answers()
    assert calibration_error(shares, truth) < 0.03
    assert calibration_error(tempered(shares, 0.3), truth) > 0.1
    always_wrong = np.eye(3)[(truth + 1) % 3]
    assert calibration_error(always_wrong, truth) == pytest.approx(1)


def test_tempering_keeps_the_order_and_the_sum() -> None:
    shares = np.array([[0.7, 0.2, 0.1], [0.0, 0.5, 0.5]])
    flat = tempered(shares, 3.0)
    np.testing.assert_allclose(flat.sum(axis=1), 1)
    assert flat[0, 0] < 0.7
    assert (np.diff(flat[0]) < 0).all()


@pytest.mark.parametrize(
    ("inside", "outside", "expected"),
    [([0.9, 0.8], [0.1, 0.2], 1.0), ([0.5], [0.5], 0.5), ([0.1, 0.9], [0.5, 0.95], 0.25)],
)
def test_separation_is_the_share_of_pairs_in_order(
    inside: list[float], outside: list[float], expected: float
) -> None:
    assert separation(inside, outside) == pytest.approx(expected)


def test_the_interval_is_that_of_the_textbook() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson(20, 20)[1] == pytest.approx(1)
