"""Which frames of a repetition the network looks at."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.repetitions import Swing

_STEPS_EACH_WAY: Final = 6

MOMENTS: Final = 2 * _STEPS_EACH_WAY + 1
"""Frames of a repetition, evenly spread from the start to the turn and on to the end."""

START: Final = 0
TURN: Final = _STEPS_EACH_WAY


def frames_of(swings: Sequence[Swing]) -> npt.NDArray[np.intp]:
    """Return the frames (R, MOMENTS) of repetitions; a quick one's neighbours may coincide."""
    bounds = np.array([(s.start, s.turn, s.end) for s in swings])
    out = np.linspace(bounds[:, 0], bounds[:, 1], _STEPS_EACH_WAY + 1, axis=1)
    back = np.linspace(bounds[:, 1], bounds[:, 2], _STEPS_EACH_WAY + 1, axis=1)
    return np.asarray(np.rint(np.concatenate([out, back[:, 1:]], axis=1)), np.intp)
