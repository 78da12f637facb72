"""Which frames of a repetition the network looks at."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.repetitions import Swing
from references.exercises import Stage

_STEPS_EACH_WAY: Final = 6

MOMENTS: Final = 2 * _STEPS_EACH_WAY + 1
"""Frames of a repetition, evenly spread from the start to the turn and on to the end."""

START: Final = 0
TURN: Final = _STEPS_EACH_WAY

STAGE_MOMENTS: Final[Mapping[Stage, int]] = {
    "start": START,
    "out": (START + TURN) // 2,
    "turn": TURN,
    "back": (TURN + MOMENTS - 1) // 2,
}
"""Which of these frames each stage of a repetition is; halfway is halfway in time."""


def frames_of(swings: Sequence[Swing]) -> npt.NDArray[np.intp]:
    """Return the frames (R, MOMENTS) of repetitions; a quick one's neighbours may coincide."""
    bounds = np.array([(s.start, s.turn, s.end) for s in swings]).reshape(-1, 3)
    out = np.linspace(bounds[:, 0], bounds[:, 1], _STEPS_EACH_WAY + 1, axis=1)
    back = np.linspace(bounds[:, 1], bounds[:, 2], _STEPS_EACH_WAY + 1, axis=1)
    return np.asarray(np.rint(np.concatenate([out, back[:, 1:]], axis=1)), np.intp)
