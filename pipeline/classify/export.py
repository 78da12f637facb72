"""Writing a trained network as the ONNX file that ``pipeline.classify.weights`` reads."""

import json
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch

from pipeline.classify.features import FEATURES, STEPS
from pipeline.classify.model import Committee
from pipeline.classify.weights import META


def save(committee: Committee, classes: tuple[str, ...], temperature: float, path: Path) -> None:
    """Write the networks, the classes of their answers and the temperature."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # torch's newer exporter needs a package more; the older one warns of that and of shapes
        # that it takes for constants, which the tests show to vary.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            committee.cpu().eval(),
            (torch.zeros(1, STEPS, FEATURES),),
            Path(folder) / "network.onnx",
            input_names=["steps"],
            output_names=["shares"],
            dynamic_axes={"steps": {0: "clips"}, "shares": {0: "clips"}},
            dynamo=False,
        )
        model = onnx.load_model(Path(folder) / "network.onnx")
    meta = json.dumps({"classes": classes, "temperature": temperature})
    onnx.helper.set_model_props(model, {META: meta})
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(model.SerializeToString())
    unfinished.replace(path)
