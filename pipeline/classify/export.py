"""Writing a trained network as the ONNX file that ``pipeline.classify.weights`` reads."""

from pathlib import Path

import torch

from pipeline.classify.features import FEATURES, STEPS
from pipeline.classify.model import Committee
from pipeline.onnx_files import as_onnx, write


def save(committee: Committee, classes: tuple[str, ...], temperature: float, path: Path) -> None:
    """Write the networks, the classes of their answers and the temperature."""
    model = as_onnx(
        committee,
        {"steps": torch.zeros(1, STEPS, FEATURES)},
        ["shares"],
        {"steps": "clips", "shares": "clips"},
    )
    write(model, {"classes": classes, "temperature": temperature}, path)
