"""Which network looks: on a GPU in torch, on the CPU an exported one."""

import ctypes
from pathlib import Path

from pipeline.pose.closeup import CLOSEUP_FILE, load_closeup
from pipeline.pose.export import exported_model
from pipeline.pose.exported import ExportedNetwork
from pipeline.pose.people import Network
from pipeline.pose.weights import DEFAULT_WEIGHTS, locate_weights


def load_network(
    weights: str = DEFAULT_WEIGHTS,
    *,
    sha256: str | None = None,
    image_size: int = 640,
    device: str | None = None,
    closeup: Path | None = CLOSEUP_FILE,
) -> Network:
    """Return the pose network for these weights, ready to look.

    ``image_size`` is the longer side in pixels at which it looks at whole frames; ``device`` is
    torch's name for one, or None for a GPU when there is one. With the weights that come with the
    project the network in the file ``closeup`` looks closely, if one is given. Raises SettingError
    for weights that are missing, changed, or no 17-keypoint pose model.
    """
    found = locate_weights(weights, sha256)
    close = load_closeup(closeup) if closeup and weights == DEFAULT_WEIGHTS else None
    if device is None:
        device = "cuda:0" if _has_gpu() else "cpu"
    if device == "cpu":
        return ExportedNetwork(exported_model(_file(found)), image_size=image_size, closeup=close)
    from pipeline.pose.network import PoseNetwork  # noqa: PLC0415 (brings torch along)

    return PoseNetwork(found, image_size=image_size, device=device, closeup=close)


def _file(found: str) -> Path:
    """Return the weights on disk; a model known only by its name is fetched by Ultralytics."""
    path = Path(found)
    if path.is_file():
        return path
    from pipeline.pose.network import PoseNetwork  # noqa: PLC0415

    return PoseNetwork(found, device="cpu").weights


def _has_gpu() -> bool:
    """Return whether torch can compute on an NVIDIA card, asking torch only if there is a driver.

    Importing torch takes seconds, which a machine without a card need not spend.
    """
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    import torch  # noqa: PLC0415

    return bool(torch.cuda.is_available())
