"""Frames that wait, compressed, until it is known who lifts and where to look."""

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clip import Frame, Image

# Keypoints found in frames of this quality lie where they lay before (benchmarks/README.md).
_QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 95)


class Spool:
    """The sampled frames of one clip, as JPEGs in memory.

    A frame of 360x640 takes about 45 kB, so three minutes at 15 frames a second take 120 MB, where
    decoding the clip a second time would take as long as looking at it.
    """

    def __init__(self) -> None:
        self._t: list[float] = []
        self._pictures: list[npt.NDArray[np.uint8]] = []
        self.scale = 1.0
        self.size = (0, 0)

    def __len__(self) -> int:
        return len(self._t)

    @property
    def t(self) -> npt.NDArray[np.float64]:
        """Return the frames' times (T,) in seconds from the first frame of the clip."""
        return np.array(self._t, np.float64)

    def append(self, frame: Frame) -> None:
        """Keep a frame; all must be of one size."""
        _, picture = cv2.imencode(".jpg", frame.image, _QUALITY)
        self._t.append(frame.t)
        self._pictures.append(np.asarray(picture, np.uint8))
        self.scale = frame.scale
        self.size = (frame.image.shape[1], frame.image.shape[0])

    def image(self, index: int) -> Image:
        """Return the frame ``index``, (H, W, 3) uint8 BGR."""
        return np.asarray(cv2.imdecode(self._pictures[index], cv2.IMREAD_COLOR), np.uint8)
