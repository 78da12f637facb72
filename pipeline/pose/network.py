"""Step 3, pose: the border to Ultralytics. Images go in, people's keypoints come out."""

import os
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from pipeline.clip import Image
from pipeline.errors import SettingError
from pipeline.pose.weights import DEFAULT_WEIGHTS, locate_weights

# Read by Ultralytics on import: it neither reports usage nor installs packages by itself here.
os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_VERBOSE", "false")

# A lifter half hidden by a machine scores low; following them through the clip sorts out the rest.
_MIN_PERSON_SCORE: Final = 0.25


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in one frame.

    ``boxes`` (N, 4) as left, top, right, bottom and ``xy`` (N, 17, 2), both float32 pixels of the
    image; ``scores`` (N,) and ``conf`` (N, 17) float32, 0 to 1.
    """

    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    xy: npt.NDArray[np.float32]
    conf: npt.NDArray[np.float32]


class PoseNetwork:
    """An Ultralytics pose model, loaded once and called frame by frame.

    ``image_size`` is the longer side in pixels at which the network looks; ``device`` is torch's
    name for one, or None for a GPU when there is one. Raises SettingError for weights that are
    missing, changed, or no 17-keypoint pose model.
    """

    def __init__(
        self,
        weights: str = DEFAULT_WEIGHTS,
        *,
        sha256: str | None = None,
        image_size: int = 640,
        device: str | None = None,
    ) -> None:
        path = locate_weights(weights, sha256)
        _complete_torchvision()
        from ultralytics import YOLO  # noqa: PLC0415 (needs the environment and torchvision above)

        try:
            self._model = YOLO(path)
            shape = self._model.model.kpt_shape  # a detection model has none
        except (AttributeError, FileNotFoundError, ConnectionError, RuntimeError) as error:
            raise SettingError("pose.weights_unusable", path=weights) from error
        if tuple(shape) != (17, 3):
            raise SettingError("pose.weights_unusable", path=weights)
        self.image_size = image_size
        self._device = device or ("cuda:0" if torch.cuda.is_available() else "cpu")

    def people(self, image: Image) -> People:
        """Return everybody seen in ``image`` (H, W, 3) uint8 BGR, surest first."""
        [result] = self._model.predict(
            image,
            imgsz=self.image_size,
            conf=_MIN_PERSON_SCORE,
            device=self._device,
            verbose=False,
        )
        keypoints = result.keypoints.data.cpu().numpy().astype(np.float32)
        boxes = result.boxes.data.cpu().numpy().astype(np.float32)
        if not len(boxes):
            keypoints = np.zeros((0, 17, 3), np.float32)
        return People(boxes[:, :4], boxes[:, 4], keypoints[..., :2], keypoints[..., 2])


def _complete_torchvision() -> None:
    """Make ``import torchvision`` work where its compiled operators do not match torch.

    Package indexes carry CPU builds of torch without a matching torchvision; its import then fails
    for want of operator schemas, although Ultralytics needs nothing compiled from it: its own
    non-maximum suppression takes the operator's place. Where the pair matches, nothing is done.
    """
    try:
        import torchvision  # noqa: PLC0415
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    else:
        return
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for name in ("nms", "qnms"):
        schema = f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        library.define(schema)  # type: ignore[no-untyped-call]
    _KEPT_ALIVE.append(library)
    import torchvision.ops  # noqa: PLC0415
    from ultralytics.utils.nms import TorchNMS  # noqa: PLC0415

    torchvision.ops.nms = TorchNMS.nms


# torch forgets an operator when the library object that defined it is collected.
_KEPT_ALIVE: Final[list[Any]] = []
