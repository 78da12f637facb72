"""The trained network as it is shipped: an ONNX file that says what its answers mean.

Running it needs ONNX Runtime alone, not torch, which takes seconds to import.
"""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.classify.features import FEATURES
from pipeline.classify.recognise import Recogniser
from pipeline.errors import SettingError
from pipeline.pose.runtime import meaning_of, one_thread

SHIPPED: Final = Path(__file__).parent / "weights" / "exercise.onnx"
"""The weights that install with the project; their card lies beside them."""


@cache
def load(path: Path = SHIPPED) -> Recogniser:
    """Read weights written by ``pipeline.classify.export.save``, once per process.

    Raises SettingError for a file that holds none.
    """
    try:
        session = one_thread(path.read_bytes())
        meaning = meaning_of(session)
        [entry] = session.get_inputs()
        if entry.shape[-1] != FEATURES:
            raise ValueError(f"weights read {entry.shape[-1]} features of {FEATURES}")
        classes, temperature = tuple(meaning["classes"]), float(meaning["temperature"])
    except Exception as error:
        # ONNX Runtime raises a class of its own for every kind of damage, with no common base.
        raise SettingError("train.no_weights", path=path) from error

    def network(steps: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        [shares] = session.run(None, {entry.name: steps})
        return np.asarray(shares, np.float32)

    return Recogniser(network, classes, temperature)
