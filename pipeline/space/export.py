"""Writing a trained network as the ONNX file that ``pipeline.space.weights`` reads, and back."""

from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from pipeline.errors import SettingError
from pipeline.onnx_files import as_onnx, read, write
from pipeline.space.model import ModelConfig, SpaceNetwork
from pipeline.space.teller import Teller
from pipeline.space.weights import ANSWERS, QUESTIONS, load

# What is appended to the name of weights that are stored in half precision.
_HALF: Final = ".half"


def save(network: SpaceNetwork, teller: Teller, path: Path) -> None:
    """Write the network that the teller asks, its faults and widths; float16 halves the weights."""
    one = torch.zeros(1, dtype=torch.int64)
    examples = (torch.zeros(1, network.config.features), one, one)
    inputs = dict(zip(QUESTIONS, examples, strict=True))
    model = as_onnx(network, inputs, list(ANSWERS), QUESTIONS | ANSWERS)
    _halve(model)
    meaning = {
        "config": asdict(network.config),
        "faults": dict(teller.faults),
        "widths": {name: values.tolist() for name, values in asdict(teller.widths).items()},
        "chance_deg": teller.chance_deg.tolist(),
    }
    write(model, meaning, path)


def taught(path: Path) -> tuple[SpaceNetwork, Teller]:
    """Return the network in a file to teach it further, and the teller that asks it.

    Raises SettingError for a file that holds none.
    """
    teller = load(path)
    model, meaning = read(path)
    weights = {
        entry.name.removesuffix(_HALF): torch.from_numpy(
            numpy_helper.to_array(entry).astype(np.float32)
        )
        for entry in model.graph.initializer
    }
    try:
        network = SpaceNetwork(ModelConfig(**meaning["config"]))
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise SettingError("train_angles.no_weights", path=path) from error
    return network, teller


def _halve(model: onnx.ModelProto) -> None:
    """Store the weights in half precision; they are cast back when the file is read."""
    casts = []
    for entry in model.graph.initializer:
        half = numpy_helper.to_array(entry).astype(np.float16)
        name = entry.name
        entry.CopyFrom(numpy_helper.from_array(half, name + _HALF))
        casts.append(onnx.helper.make_node("Cast", [entry.name], [name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
