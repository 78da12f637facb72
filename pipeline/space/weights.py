"""The trained network as it is shipped: an ONNX file that says what its answers mean.

Running it needs ONNX Runtime alone, not torch, which takes seconds to import.
"""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.errors import SettingError
from pipeline.pose.runtime import meaning_of, one_thread
from pipeline.space.features import FEATURES, Indices
from pipeline.space.teller import SIZES, Singles, Teller, Widths

SHIPPED: Final = Path(__file__).parent / "weights" / "angles.onnx"
"""The weights that install with the project; their card lies beside them."""

QUESTIONS: Final = {"seen": "repetitions", "of": "repetitions", "exercise": "sets"}
ANSWERS: Final = {"sizes": "repetitions", "view": "sets"}
"""What the network in the file reads and says, and of how many each is."""


@cache
def load(path: Path = SHIPPED) -> Teller:
    """Read weights written by ``pipeline.space.export.save``, once per process.

    Raises SettingError for a file that holds none.
    """
    try:
        session = one_thread(path.read_bytes())
        meaning = meaning_of(session)
        config = meaning["config"]
        if (config["features"], config["sizes"]) != (FEATURES, SIZES):
            raise ValueError(f"weights of {config} for {FEATURES} features and {SIZES} sizes")
        faults = {exercise: tuple(names) for exercise, names in meaning["faults"].items()}
        widths = Widths(**{name: np.array(values) for name, values in meaning["widths"].items()})
        chance_deg = np.array(meaning["chance_deg"])
    except Exception as error:
        # ONNX Runtime raises a class of its own for every kind of damage, with no common base.
        raise SettingError("train_angles.no_weights", path=path) from error

    def network(seen: Singles, of: Indices, exercise: Indices) -> tuple[Singles, Singles]:
        sizes, view = session.run(
            list(ANSWERS), dict(zip(QUESTIONS, (seen, of, exercise), strict=True))
        )
        return np.asarray(sizes), np.asarray(view)

    return Teller(network, faults, widths, chance_deg)
