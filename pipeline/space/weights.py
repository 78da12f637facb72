"""The trained network on disk: half-precision arrays and what they mean, in one NumPy archive."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import torch

from pipeline.errors import SettingError
from pipeline.space.features import FEATURES
from pipeline.space.model import ModelConfig, SpaceNetwork
from pipeline.space.teller import SIZES, Teller, Widths

SHIPPED: Final = Path(__file__).parent / "weights" / "angles.npz"
"""The weights that install with the project; their card lies beside them."""

_META: Final = "meta"
_WIDTHS: Final = "widths."
_CHANCE: Final = "chance_deg"


def save(teller: Teller, path: Path) -> None:
    """Write the weights; float16 halves them."""
    meta = {"config": asdict(teller.network.config), "faults": dict(teller.faults)}
    arrays: dict[str, Any] = {_META: np.array(json.dumps(meta))}
    for name, tensor in teller.network.state_dict().items():
        arrays[name] = tensor.cpu().numpy().astype(np.float16)
    for name, values in asdict(teller.widths).items():
        arrays[_WIDTHS + name] = values.astype(np.float32)
    arrays[_CHANCE] = teller.chance_deg.astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


@cache
def load(path: Path = SHIPPED) -> Teller:
    """Read weights written by ``save``, once per process; never unpickles.

    Raises SettingError for a file that holds none.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            meta = json.loads(str(data[_META]))
            arrays = {name: data[name] for name in data.files if name != _META}
        widths = {name: arrays.pop(_WIDTHS + name) for name in ("below", "above", "view")}
        chance_deg = arrays.pop(_CHANCE).astype(np.float64)
        config = ModelConfig(**meta["config"])
        if (config.features, config.sizes) != (FEATURES, SIZES):
            raise ValueError(f"weights of {config} for {FEATURES} features and {SIZES} sizes")
        network = SpaceNetwork(config)
        network.load_state_dict(
            {name: torch.from_numpy(a.astype(np.float32)) for name, a in arrays.items()}
        )
        faults = {exercise: tuple(names) for exercise, names in meta["faults"].items()}
    except (OSError, EOFError, BadZipFile, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise SettingError("train_angles.no_weights", path=path) from error
    return Teller(
        network.eval(),
        faults,
        Widths(**{name: values.astype(np.float64) for name, values in widths.items()}),
        chance_deg,
    )
