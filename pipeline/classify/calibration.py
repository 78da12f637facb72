"""Honest probabilities: of the answers given at 90 %, nine in ten should be right."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from pipeline.classify.recognise import tempered

Floats = npt.NDArray[np.float64]

_COLDEST, _HOTTEST = 0.2, 5.0
_BINS: Final = 10


def fit_temperature(shares: Floats, truth: npt.NDArray[np.int64]) -> float:
    """Return the temperature that makes ``shares`` (N, C) say most surely what was true (N,).

    It minimises the cross-entropy (Guo et al., "On calibration of modern neural networks", 2017);
    the shares must come from clips that the network was not taught with.
    """

    def loss(log_temperature: float) -> float:
        right = tempered(shares, float(np.exp(log_temperature)))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(right, 1e-12)).mean())

    bounds = (float(np.log(_COLDEST)), float(np.log(_HOTTEST)))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))


def calibration_error(shares: Floats, truth: npt.NDArray[np.int64]) -> float:
    """Return the expected calibration error: how far surety is from being right, on average.

    Answers are sorted into ten bins of equal width by the probability (N, C) of what was answered;
    each bin's gap between mean probability and share of right answers weighs as its answers do
    (Guo et al., 2017).
    """
    sure = shares.max(axis=1)
    right = shares.argmax(axis=1) == truth
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(np.sum(gaps))


def separation(inside: npt.ArrayLike, outside: npt.ArrayLike) -> float:
    """Return how probably a score from ``inside`` is higher than one from ``outside``: the AUROC.

    1 when every one is, 0.5 when chance decides; ties count half.
    """
    first, second = np.asarray(inside, float)[:, None], np.asarray(outside, float)[None]
    return float(((first > second) + 0.5 * (first == second)).mean())


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share (Wilson, "Probable inference", 1927)."""
    z = 1.959964
    share = right / total
    middle = share + z**2 / (2 * total)
    half = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    scale = 1 + z**2 / total
    return float((middle - half) / scale), float((middle + half) / scale)
