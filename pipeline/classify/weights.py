"""The trained network on disk: half-precision arrays and what they mean, in one NumPy archive."""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import torch

from pipeline.classify.features import FEATURES
from pipeline.classify.model import ExerciseNetwork, ModelConfig
from pipeline.errors import SettingError

SHIPPED: Final = Path(__file__).parent / "weights" / "exercise.npz"
"""The weights that install with the project; their card lies beside them."""

_META: Final = "meta"


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A trained network and the class that each of its logits stands for."""

    network: ExerciseNetwork
    classes: tuple[str, ...]


def save(recogniser: Recogniser, path: Path) -> None:
    """Write the weights; float16 halves them and moves no probability by as much as 0.01."""
    config = asdict(recogniser.network.config)
    meta = json.dumps({"config": config, "classes": recogniser.classes})
    arrays: dict[str, Any] = {_META: np.array(meta)}
    for name, tensor in recogniser.network.state_dict().items():
        arrays[name] = tensor.cpu().numpy().astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


@cache
def load(path: Path = SHIPPED) -> Recogniser:
    """Read weights written by ``save``, once per process; never unpickles.

    Raises SettingError for a file that holds none.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            meta = json.loads(str(data[_META]))
            arrays = {name: data[name] for name in data.files if name != _META}
        config = ModelConfig(**meta["config"])
        if config.features != FEATURES:
            raise ValueError(f"weights read {config.features} features of {FEATURES}")
        network = ExerciseNetwork(config)
        network.load_state_dict(
            {name: torch.from_numpy(a.astype(np.float32)) for name, a in arrays.items()}
        )
    except (OSError, EOFError, BadZipFile, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise SettingError("train.no_weights", path=path) from error
    return Recogniser(network.eval(), tuple(meta["classes"]))
