"""Writing networks that torch taught as ONNX files, which run without torch."""

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import onnx
import torch
from torch import nn

from pipeline.pose.runtime import META

# The first version in which layer normalisation is one operation.
_OPSET: Final = 17


def as_onnx(
    network: nn.Module,
    inputs: Mapping[str, torch.Tensor],
    outputs: Sequence[str],
    how_many: Mapping[str, str] | None = None,
) -> onnx.ModelProto:
    """Return a network that reads ``inputs``, of which examples are given, and says ``outputs``.

    Of those in ``how_many`` there may be more or fewer; what has the same name there goes together.
    """
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # torch's newer exporter needs a package more; the older one warns of that and of shapes
        # that it takes for constants, which the tests show to vary.
        warnings.simplefilter("ignore")
        file = Path(folder) / "network.onnx"
        torch.onnx.export(
            network.cpu().eval(),
            tuple(inputs.values()),
            str(file),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: {0: what} for name, what in (how_many or {}).items()},
            opset_version=_OPSET,
            dynamo=False,
        )
        return onnx.load_model(file)


def read(path: Path) -> tuple[onnx.ModelProto, Any]:
    """Return a network that `write` wrote, and what its answers mean."""
    model = onnx.load_model(path)
    [meaning] = [entry.value for entry in model.metadata_props if entry.key == META]
    return model, json.loads(meaning)


def write(model: onnx.ModelProto, meaning: Mapping[str, Any], path: Path) -> None:
    """Write a network and what its answers mean; a file appears whole or not at all."""
    onnx.helper.set_model_props(model, {META: json.dumps(meaning)})
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(model.SerializeToString())
    unfinished.replace(path)
