"""Rendered clips that are kept from one run of a benchmark to the next."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from references.synthetic.film import Shot, film, write_take
from references.synthetic.performance import Performance


def filmed(
    path: Path, take: Callable[[], tuple[Performance, Shot]], fps: float, *, seed: int
) -> Path:
    """Return a clip, filmed as ``take`` says unless it is there; ``seed`` is its noise's.

    The JSON file of what is true of it lies beside it, is written last and marks it whole.
    """
    if not path.with_suffix(".json").exists():
        performance, shot = take()
        frames = film(performance, shot, np.random.default_rng(seed))
        write_take(frames, performance, shot, fps, path)
    return path
