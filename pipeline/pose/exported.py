"""A pose network exported to ONNX, run on the CPU by ONNX Runtime without torch."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Image
from pipeline.pose.closeup import CloseUp
from pipeline.pose.people import People, Region, without_duplicates
from pipeline.pose.runtime import GREY, one_thread

# As Ultralytics' predict() does: these are its defaults.
_MIN_PERSON_SCORE: Final = 0.25
_MAX_OVERLAP: Final = 0.7
_STRIDE: Final = 32

# A row of a network that leaves no duplicates: box, score, class and 17 keypoints.
_FINAL_ROW: Final = 6 + 17 * 3


class ExportedNetwork:
    """Finds people with an exported network, ``model`` being the content of its ONNX file.

    Pictures are fitted and answers read as Ultralytics' ``predict()`` does. One call computes on
    one thread and any number of threads may call: two pictures side by side take two cores less
    time than two cores share over each.
    """

    def __init__(
        self, model: bytes, *, image_size: int = 640, closeup: CloseUp | None = None
    ) -> None:
        self.closeup = closeup
        self._session = one_thread(model)
        self._input = self._session.get_inputs()[0].name
        self.image_size = image_size

    def people(
        self, image: Image, region: Region | None = None, image_size: int | None = None
    ) -> People:
        """Return everybody seen in ``image`` (H, W, 3) uint8 BGR, or in a part of it."""
        height, width = image.shape[:2]
        part = region or Region(0, 0, width, height)
        looked_at = image[part.top : part.bottom, part.left : part.right]
        fit = _Fit.of(looked_at, image_size or self.image_size)
        [[answer]] = self._session.run(None, {self._input: fit.blob(looked_at)})
        return without_duplicates(fit.back(_rows(np.asarray(answer)), part))


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a picture was brought to the network's size: scaled by ``gain``, then padded.

    ``size`` is width and height after scaling, ``gain`` and ``padding`` (2,) are along x and y;
    padding fills up to multiples of the network's stride.
    """

    size: tuple[int, int]
    gain: npt.NDArray[np.float32]
    padding: npt.NDArray[np.float32]

    @classmethod
    def of(cls, picture: Image, image_size: int) -> "_Fit":
        height, width = picture.shape[:2]
        scale = image_size / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        gain = np.array([size[0] / width, size[1] / height], np.float32)
        padding = np.array([round(-side % _STRIDE / 2 - 0.1) for side in size], np.float32)
        return cls(size, gain, padding)

    def blob(self, picture: Image) -> npt.NDArray[np.float32]:
        """Return the picture as the network wants it, (1, 3, H, W) RGB from 0 to 1."""
        if picture.shape[1::-1] != self.size:
            picture = np.asarray(cv2.resize(picture, self.size), np.uint8)
        left, top = (int(before) for before in self.padding)
        right, bottom = -self.size[0] % _STRIDE - left, -self.size[1] % _STRIDE - top
        padded = cv2.copyMakeBorder(
            picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=GREY
        )
        return np.asarray(cv2.dnn.blobFromImage(padded, 1 / 255, swapRB=True), np.float32)

    def back(self, rows: npt.NDArray[np.float32], part: Region) -> People:
        """Return rows (N, 56) of box, score and keypoints in pixels of the whole image."""
        offset = np.array([part.left, part.top], np.float32)
        extent = np.array([part.right - part.left, part.bottom - part.top], np.float32)
        corners = rows[:, :4].reshape(-1, 2, 2)
        keypoints = rows[:, 5:].reshape(-1, 17, 3)
        boxes, xy = (
            np.clip((points - self.padding) / self.gain, 0, extent) + offset
            for points in (corners, keypoints[..., :2])
        )
        return People(boxes.reshape(-1, 4), rows[:, 4], xy, keypoints[..., 2])


def _rows(answer: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return one row a person, (N, 56): corners of the box, score, keypoints; surest first."""
    if answer.shape[1] == _FINAL_ROW:
        # YOLO26 and later choose among duplicates themselves.
        rows = np.delete(answer, 5, axis=1)
        return rows[rows[:, 4] > _MIN_PERSON_SCORE]
    rows = answer.T  # (anchors, 56), boxes as centre and size
    rows = rows[rows[:, 4] > _MIN_PERSON_SCORE]
    half = rows[:, 2:4] / 2
    boxes = np.concatenate([rows[:, :2] - half, 2 * half], axis=1)  # left, top, width, height
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), rows[:, 4].tolist(), _MIN_PERSON_SCORE, _MAX_OVERLAP)
    chosen = rows[np.asarray(kept, int)]
    half = chosen[:, 2:4] / 2
    return np.concatenate([chosen[:, :2] - half, chosen[:, :2] + half, chosen[:, 4:]], axis=1)
