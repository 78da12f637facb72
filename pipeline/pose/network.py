"""Step 3, pose: the border to Ultralytics. Images go in, people's keypoints come out."""

import os
import pickle
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import PIL.Image
import torch

from pipeline.clip import Image
from pipeline.errors import SettingError
from pipeline.pose.closeup import CloseUp
from pipeline.pose.people import People, Region, without_duplicates
from pipeline.pose.weights import DEFAULT_WEIGHTS, locate_weights

# Read by Ultralytics on import: it neither reports usage nor installs packages by itself here.
os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_VERBOSE", "false")

# A lifter half hidden by a machine scores low; following them through the clip sorts out the rest.
_MIN_PERSON_SCORE: Final = 0.25

# What Ultralytics raises, by the kind of damage, for a file that holds no network of its own.
_UNLOADABLE: Final = (
    *(
        AttributeError,
        EOFError,
        ImportError,
        KeyError,
        OSError,
        RuntimeError,
        TypeError,
        ValueError,
    ),
    pickle.UnpicklingError,
)


class PoseNetwork:
    """An Ultralytics pose model in torch, loaded once and called frame by frame.

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
        closeup: CloseUp | None = None,
    ) -> None:
        self.closeup = closeup
        path = locate_weights(weights, sha256)
        yolo = import_yolo()
        try:
            self._model = yolo(path)
            shape = self._model.model.kpt_shape  # a detection model has none
        except _UNLOADABLE as error:
            raise SettingError("pose.weights_unusable", path=Path(weights).name) from error
        if tuple(shape) != (17, 3):
            raise SettingError("pose.weights_unusable", path=Path(weights).name)
        self.image_size = image_size
        self._device = device or ("cuda:0" if torch.cuda.is_available() else "cpu")

    def people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        """Return everybody seen in ``image`` (H, W, 3) uint8 BGR, or in a part of it."""
        part = region or Region(0, 0, image.shape[1], image.shape[0])
        [result] = self._model.predict(
            image[part.top : part.bottom, part.left : part.right],
            imgsz=image_size or self.image_size,
            conf=_MIN_PERSON_SCORE,
            device=self._device,
            verbose=False,
        )
        keypoints = result.keypoints.data.cpu().numpy().astype(np.float32)
        boxes = result.boxes.data.cpu().numpy().astype(np.float32)
        if not len(boxes):
            keypoints = np.zeros((0, 17, 3), np.float32)
        offset = np.array([part.left, part.top], np.float32)
        return without_duplicates(
            People(
                boxes[:, :4] + np.tile(offset, 2),
                boxes[:, 4],
                keypoints[..., :2] + offset,
                keypoints[..., 2],
            )
        )

    @property
    def weights(self) -> Path:
        """Return where the weights lie, also those of a model that was fetched by its name."""
        return Path(self._model.ckpt_path)

    def export(self) -> Path:
        """Write the network beside its weights as ONNX for pictures of any size."""
        return Path(self._model.export(format="onnx", dynamic=True, simplify=False, verbose=False))


def import_yolo() -> Any:
    """Import Ultralytics and take back what it puts in place of other libraries' functions.

    Its ``PIL.Image.open`` tries to install a package when it meets a file that is no picture, and
    its ``cv2.imread`` and ``torch.save`` behave otherwise than documented: everything else here
    relies on the originals.
    """
    _complete_torchvision()
    from ultralytics import YOLO  # noqa: PLC0415 (reads the environment set above)

    for module, name, original in _ORIGINALS:
        setattr(module, name, original)
    return YOLO


_ORIGINALS: Final = tuple(
    (module, name, getattr(module, name))
    for module, name in (
        (PIL.Image, "open"),
        (cv2, "imread"),
        (cv2, "imwrite"),
        (cv2, "imshow"),
        (torch, "save"),
    )
)


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
